"""`gatewise evaluate`: figures on a file, or on the validation split of the model."""

import json
from pathlib import Path

import pytest

from tests.cli.command import run_here
from tests.training.reviews import SMALL_RUN, write_reviews


def test_figures_on_a_file_are_printed_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_reviews(tmp_path / "films.csv", count=20)
    outcome = run_here(capsys, "evaluate", "--data", str(data), "--json")
    figures = json.loads(outcome.output)
    assert outcome.status == 0
    assert figures["n"] == 20
    assert {"accuracy", "log_loss", "ece", "seconds", "by_source"} <= figures.keys()
    assert "gates" not in figures


def test_figures_are_a_line_for_each_source_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_reviews(tmp_path / "films.csv", count=20)
    outcome = run_here(capsys, "evaluate", "--data", str(data), "--gates")
    everything, source, gates = outcome.output.splitlines()
    assert everything.startswith("all: accuracy ")
    assert "on 20 texts" in everything
    assert source.partition(": ")[2] == everything.partition(": ")[2]
    assert gates.endswith("are below 0.1 or above 0.9, in 20 texts")


def test_without_data_the_validation_split_is_measured_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = write_reviews(tmp_path / "films.csv", count=60), tmp_path / "run"
    trained = run_here(capsys, "train", *SMALL_RUN, f"--source={source}", f"--out={out}", "--json")
    outcome = run_here(capsys, "evaluate", f"--model={out}", "--json")
    figures = json.loads(outcome.output)["by_source"]["imdb"]
    expected = json.loads(trained.output)["validation"]["imdb"]
    for name in ("n", "accuracy", "log_loss"):
        assert figures[name] == pytest.approx(expected[name])


def test_a_file_that_does_not_exist_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = run_here(capsys, "evaluate", "--data", "nowhere.csv")
    assert (outcome.status, outcome.output) == (1, "")
    assert "nowhere.csv" in outcome.errors
