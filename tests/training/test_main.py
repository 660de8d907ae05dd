"""`python -m training` in a checkout runs the command `gatewise`."""

from pathlib import Path

import pytest

from tests.cli.command import run_module, run_script

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run commands in the top folder of the repository."""
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize(
    "arguments",
    [
        ("train", "--help"),
        pytest.param(("train", "--out", "x", "--epochs=0"), marks=pytest.mark.slow),
    ],
)
def test_the_module_runs_the_same_command(arguments: tuple[str, ...]) -> None:
    assert run_module("training", *arguments) == run_script(*arguments)
