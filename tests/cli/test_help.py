"""The help fits one screen, and showing it imports no heavy package."""

import inspect
from importlib import import_module
from importlib.metadata import version

import pytest

from gatewise.cli.app import COMMANDS
from gatewise.cli.training_options import parameters_of
from gatewise.training.config import COMMON_OPTIONS, TrainingConfig
from tests.cli.command import run_here, run_python

HEAVY = ("numpy", "numba", "torch", "datasets", "fastapi", "tokenizers", "scipy", "uvicorn")
# Run every command line and print the heavy packages that are imported after it.
IMPORTED = f"""
import sys
from gatewise.cli.app import build_app, main
for arguments in sys.argv[1:]:
    assert main(arguments.split()) == 0
    imported = [name for name in {HEAVY} if name in sys.modules]
    print(arguments, imported, file=sys.stderr)
print(build_app().generate_completion(shell="bash"))
print("completion", [name for name in {HEAVY} if name in sys.modules], file=sys.stderr)
"""


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_fits_one_screen(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = run_here(capsys, *command.split(), "--help")
    lines = outcome.output.splitlines()
    assert outcome.status == 0
    assert len(lines) <= 45
    assert max(map(len, lines)) <= 100
    assert lines[0].startswith(f"Usage: gatewise {command}".rstrip())


def test_help_version_and_completion_import_no_heavy_package() -> None:
    helps = ["--help", "--version", *(f"{command} --help" for command in COMMANDS)]
    outcome = run_python(IMPORTED, *helps)
    assert outcome.errors.splitlines() == [f"{line} []" for line in (*helps, "completion")]
    assert all(word in outcome.output for word in (*COMMANDS, "--learning-rate", "--workers"))


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_here(capsys, "--version").output == f"gatewise {version('gatewise')}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_the_list_of_commands_and_their_own_help_begin_alike(command: str) -> None:
    function = getattr(import_module(f"gatewise.cli.{command}"), command)
    assert (inspect.getdoc(function) or "").startswith(COMMANDS[command])


def test_common_options_of_train_come_first(capsys: pytest.CaptureFixture[str]) -> None:
    common, _, advanced = run_here(capsys, "train", "--help").output.partition("Advanced")
    for field in COMMON_OPTIONS:
        option = f"--{field.replace('_', '-')} "
        assert option in common
        assert option not in advanced


def test_every_option_of_train_is_named_in_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    words = run_here(capsys, "train", "--help").output.replace("_", "-").split()
    for parameter in parameters_of(TrainingConfig, COMMON_OPTIONS):
        option = parameter.name.removesuffix("__off").replace("__", ".").replace("_", "-")
        assert {f"--{option}", f"--no-{option}"} & set(words), option


def test_help_all_describes_every_option_of_train(capsys: pytest.CaptureFixture[str]) -> None:
    shown = " ".join(run_here(capsys, "train", "--help-all").output.split())
    for name, field in TrainingConfig.model_fields.items():
        assert field.description, name
        if field.annotation in {int, float, str, bool}:
            description = " ".join(field.description.replace("`", "").split())
            assert description[:30] in shown, name
