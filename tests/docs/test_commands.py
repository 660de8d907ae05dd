"""Every command in the README and in the pages exists, with the options it is given."""

import re
import subprocess
import sys

import pytest

from docs.tools.cli_reference import gatewise, help_of
from docs.tools.examples import examples, pages
from docs.tools.figures import ROOT
from gatewise.cli.app import COMMANDS

SHELL = [
    command
    for page in pages()
    for example in examples(page)
    if example.language == "sh"
    for command in example.commands
]
# Commands of other programs, which are not tested here.
OTHERS = {"curl", "docker", "export", "kubectl", "pip"}
_OPTION = re.compile(r"--[a-z][a-z.-]+")


def without_settings(command: list[str]) -> list[str]:
    """Drop leading `NAME=value` words."""
    while command and re.match(r"^[A-Z_]+=", command[0]):
        command = command[1:]
    return command


def program(command: list[str]) -> str:
    """Name what a command runs."""
    return without_settings(command)[0].rpartition("/")[2]


def options_in(words: list[str]) -> set[str]:
    """List the long options among words, also those inside of `ARGS="…"`."""
    return set(_OPTION.findall(" ".join(words)))


def commands_of(name: str) -> list[list[str]]:
    """List the commands of one program, each once."""
    found = [without_settings(command) for command in SHELL if program(command) == name]
    return [list(words) for words in dict.fromkeys(map(tuple, found))]


def test_every_command_is_of_a_program_that_is_tested() -> None:
    assert {program(command) for command in SHELL} - OTHERS == {"gatewise", "make", "python"}


@pytest.mark.parametrize("command", commands_of("gatewise"), ids=" ".join)
def test_a_gatewise_command_has_its_options(command: list[str]) -> None:
    name = command[1]
    assert name in COMMANDS
    assert options_in(command) <= set(_OPTION.findall(help_of(name)))


@pytest.mark.parametrize("command", commands_of("make"), ids=" ".join)
def test_a_make_target_exists(command: list[str]) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{command[1]}:", makefile, re.MULTILINE)


@pytest.mark.parametrize(
    "command", [c for c in commands_of("make") if c[1] in COMMANDS], ids=" ".join
)
def test_options_passed_through_make_exist(command: list[str]) -> None:
    arguments = [word for word in command if word.startswith("ARGS=")]
    assert options_in(arguments) <= set(_OPTION.findall(help_of(command[1])))


@pytest.mark.slow
@pytest.mark.parametrize("command", commands_of("python"), ids=" ".join)
def test_a_module_that_is_run_has_its_options(command: list[str]) -> None:
    module, *words = command[command.index("-m") + 1 :]
    shown = subprocess.run(
        [sys.executable, "-m", module, "--help"], capture_output=True, check=True, text=True
    ).stdout
    assert options_in(words) <= set(_OPTION.findall(shown))


def test_gatewise_has_a_version() -> None:
    assert gatewise("--version").split()[0] == "gatewise"
