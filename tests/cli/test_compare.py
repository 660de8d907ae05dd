"""`gatewise compare`: a table, the averages as JSON, and a file of all figures."""

import json
from pathlib import Path

import pytest

from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.predictor import Predictor
from gatewise.training.analysis.explainers import explainers
from gatewise.training.pipeline import train
from tests.cli.command import run_here
from tests.training.reviews import small_config, write_reviews

pytestmark = pytest.mark.filterwarnings("ignore")  # of the other packages, about each other

OURS = {"decomposition", "attribution"}


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Options of a comparison of our own explanations, on two reviews of a small model."""
    folder = tmp_path_factory.mktemp("trained")
    source, model = write_reviews(folder / "films.csv", count=60), folder / "run"
    train(small_config(source), model)
    installed, _ = explainers(Recurrence(Predictor.load(model).artifact.weights), seed=0)
    skipped = [f"--skip={name}" for name in installed if name not in OURS]
    return ["compare", f"--model={model}", "--reviews=2", "--snippets=0", *skipped]


def test_the_table_has_a_row_for_each_explainer(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = run_here(capsys, *options)
    assert outcome.status == 0
    assert outcome.output.startswith("| 2 reviews |")
    assert all(f"| {name} |" in outcome.output for name in (*OURS, "random"))


def test_a_comparison_is_resumed_from_its_file(
    options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "figures.json"
    printed = json.loads(run_here(capsys, *options, f"--out={out}", "--json").output)
    stored = json.loads(out.read_text())
    assert printed == {name: stored[name] for name in ("model", "missing", "summary")}
    assert len(stored["texts"]) == 2
    again = json.loads(run_here(capsys, *options, f"--out={out}", "--json").output)
    assert again == printed  # with its times, so that nothing was measured again


def test_another_comparison_is_not_overwritten(
    options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "figures.json"
    assert run_here(capsys, *options, f"--out={out}").status == 0
    before = out.read_bytes()
    outcome = run_here(capsys, *options, f"--out={out}", "--seed=1")
    assert (outcome.status, outcome.output) == (1, "")
    assert out.read_bytes() == before


def test_an_unknown_explainer_lists_the_known_ones(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = run_here(capsys, *options, "--skip=nobody")
    assert outcome.status == 1
    assert "There is no explainer 'nobody'; there are decomposition" in outcome.errors


def test_no_texts_are_refused(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    outcome = run_here(capsys, *options, "--reviews=0")
    assert outcome.status == 1
    assert "nothing to compare on" in outcome.errors
