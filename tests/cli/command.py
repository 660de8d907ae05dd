"""Runs the command `gatewise`, in this process or as the installed script."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from gatewise.cli.app import main

SCRIPT = Path(sys.executable).with_name("gatewise")
LONGEST = 300  # seconds


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    status: int
    output: str
    errors: str


def run_script(
    *arguments: str, stdin: str | bytes = "", environment: dict[str, str] | None = None
) -> Outcome:
    """Run the installed script in a process of its own."""
    return _run([str(SCRIPT), *arguments], stdin, environment)


def run_python(program: str, *arguments: str) -> Outcome:
    """Run a Python program in a process of its own."""
    return _run([sys.executable, "-c", program, *arguments], "", None)


def run_module(name: str, *arguments: str) -> Outcome:
    """Run a module, as `python -m` does, in a process of its own."""
    return _run([sys.executable, "-m", name, *arguments], "", None)


def run_here(capsys: pytest.CaptureFixture[str], *arguments: str) -> Outcome:
    """Run the command in this process."""
    capsys.readouterr()
    status = main(arguments)
    captured = capsys.readouterr()
    return Outcome(status, captured.out, captured.err)


def _run(command: Sequence[str], stdin: str | bytes, environment: dict[str, str] | None) -> Outcome:
    done = subprocess.run(
        command,
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        env=environment,
        timeout=LONGEST,
        check=False,
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())
