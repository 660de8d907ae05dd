"""`gatewise search`: places as Parquet, or the index of a model."""

import json
import shutil
from pathlib import Path

import pytest
from datasets import Dataset

from gatewise.models.artifact.artifact import load_artifact
from tests.cli.command import run_here
from tests.training.reviews import write_reviews


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    """A file of four reviews."""
    return write_reviews(tmp_path / "films.csv", count=4)


def test_places_are_written_as_parquet(
    reviews: Path, small_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "found"
    options = [f"--source={reviews}", f"--model={small_model}", f"--out={out}", "--units", "3"]
    outcome = run_here(capsys, "search", *options, "--where", "reset<0.5", "--json")
    found = Dataset.from_parquet(str(out / "part-000000.parquet"))
    assert json.loads(outcome.output) == {"texts": 4, "places": len(found), "out": str(out)}
    assert set(found["unit"]) == {3}
    assert max(found["reset"]) < 0.5


def test_the_result_is_a_sentence_without_json(
    reviews: Path, small_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = [f"--source={reviews}", f"--model={small_model}", f"--out={tmp_path / 'found'}"]
    outcome = run_here(capsys, "search", *options, "--flips")
    assert outcome.output.endswith(f"in 4 texts; Parquet files are in {tmp_path / 'found'}\n")


def test_the_index_is_written_into_the_model(
    reviews: Path, small_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = shutil.copytree(small_model, tmp_path / "model")
    options = [f"--source={reviews}", f"--model={model}", "--json"]
    outcome = run_here(capsys, "search", "--index", *options)
    stored = load_artifact(model).unit_index
    assert stored is not None
    assert json.loads(outcome.output)["units"] == len(stored.index.units) == 7


@pytest.mark.parametrize(
    ("options", "message"),
    [(["--flips", "--units=7"], "There is no unit 7"), (["--where=resets<1"], "resets")],
)
def test_what_cannot_be_searched_for_is_reported(
    reviews: Path,
    small_model: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    *,
    options: list[str],
    message: str,
) -> None:
    given = [f"--source={reviews}", f"--model={small_model}", f"--out={tmp_path / 'found'}"]
    outcome = run_here(capsys, "search", *given, *options)
    assert (outcome.status, outcome.output) == (1, "")
    assert message in outcome.errors
