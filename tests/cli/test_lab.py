"""`gatewise lab`: a line for each claim."""

import shutil
from pathlib import Path

import pytest

from gatewise.training.lab.experiments import CLAIMS
from tests.cli.command import run_here

FIGURES = Path(__file__).parents[2] / "docs" / "figures" / "lab.json"


def test_an_unknown_claim_lists_the_known_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = run_here(capsys, "lab", f"--out={tmp_path}", "--only=C99")
    assert (outcome.status, outcome.output) == (2, "")
    assert all(claim in outcome.errors for claim in CLAIMS)


def test_a_directory_is_required_to_run(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = run_here(capsys, "lab", "--fast")
    assert outcome.status == 2
    assert outcome.errors == "Error: --out: is required, unless --page-only is given\n"


@pytest.mark.slow
def test_the_page_is_written_again_from_committed_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "figures").mkdir()
    shutil.copy(FIGURES, tmp_path / "figures")
    outcome = run_here(capsys, "lab", "--page-only", f"--docs={tmp_path}")
    assert outcome.status == 0
    assert [line.partition(":")[0] for line in outcome.output.splitlines()] == list(CLAIMS)
    assert (tmp_path / "background" / "gates.md").exists()
