"""Fixtures of the command's tests."""

import os
from pathlib import Path

import pytest
from rich.console import Console

from gatewise.models.artifact.artifact import save_artifact
from tests.models.artifacts import small_artifact


@pytest.fixture(autouse=True)
def wide_plain_output(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print for a terminal of 100 columns without colour, whatever runs the tests."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm-256color")  # of a dumb terminal, no colour is shown
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    # Rich keeps the object that `os.environ` was when Rich was imported. `Dataset.map` with several
    # processes replaces `os.environ` by a copy, so after a test that prepares data in processes,
    # Rich would not see what is set here.
    monkeypatch.setattr(Console, "_environ", os.environ)


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Directory of a small untrained model."""
    directory = tmp_path_factory.mktemp("models") / "small"
    save_artifact(small_artifact(), directory)
    return directory
