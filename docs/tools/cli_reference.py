"""The reference of the command `gatewise`, from its own `--help`."""

import os
import subprocess
import sys
from functools import cache

from gatewise.cli.app import COMMANDS

_WIDTH = "96"


@cache
def gatewise(*arguments: str) -> str:
    """Run `gatewise` with plain output of a fixed width.

    Returns:
        Its standard output.

    Raises:
        RuntimeError: It fails; the message is what it wrote to standard error.
    """
    plain = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": _WIDTH}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "gatewise", *arguments],
        env={**os.environ, **plain},
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise RuntimeError(f"gatewise {' '.join(arguments)}: {done.stderr or done.stdout}")
    return done.stdout


def help_of(command: str = "") -> str:
    """Return the full help of one command, or the overview of `gatewise`."""
    return gatewise(*([command, "--help-all"] if command else ["--help"]))


def cli_reference() -> str:
    """Render the help of `gatewise` and of each of its commands."""
    commands = [f"## gatewise {name}\n\n{_fenced(help_of(name))}" for name in COMMANDS]
    return "\n\n".join([_fenced(help_of()), *commands])


def _fenced(text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.strip("\n").splitlines())
    return f"```text\n{lines}\n```"
