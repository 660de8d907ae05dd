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
    assert {"accuracy", "log_loss", "ece", "f1", "seconds", "by_source"} <= figures.keys()
    assert sum(figures["confusion"].values()) == 20
    wrong = figures["confusion"]["false_positive"] + figures["confusion"]["false_negative"]
    assert len(figures["mistakes"]) == min(wrong, 10)
    assert "gates" not in figures


def test_figures_are_a_line_for_each_source_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_reviews(tmp_path / "films.csv", count=20)
    outcome = run_here(capsys, "evaluate", "--data", str(data), "--gates")
    everything, source, gates, *_ = outcome.output.splitlines()
    assert everything.startswith("all: accuracy ")
    assert "on 20 texts" in everything
    assert source.partition(": ")[2] == everything.partition(": ")[2]
    assert gates.endswith("are below 0.1 or above 0.9, in 20 texts")


def test_the_confusion_matrix_and_the_mistakes_are_tables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "films.csv"
    data.write_text("text,label\nA wonderful film!,0\nA dull film.,0\nA lovely film.,1\n")
    outcome = run_here(capsys, "evaluate", "--data", str(data))
    lines = [" ".join(line.split()) for line in outcome.output.splitlines()]
    start = lines.index("true label predicted negative predicted positive")
    assert lines[start + 1 : start + 3] == ["negative 1 1", "positive 0 1"]
    assert lines[start + 3] == "most confident mistakes:"
    assert lines[-1].startswith("negative positive ")
    assert lines[-1].endswith("% A wonderful film!")


def test_other_columns_labels_and_delimiters_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "hotels.csv"
    data.write_text("review;stars\nWonderful, really!;5\nBoring.;1\nFine.;3\n")
    options = ["--text-column=review", "--label-column=stars", "--stars=5", "--delimiter=;"]
    outcome = run_here(capsys, "evaluate", f"--data={data}", *options, "--json")
    assert json.loads(outcome.output)["n"] == 2


def test_options_of_a_file_need_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = run_here(capsys, "evaluate", "--text-column", "review")
    assert outcome.status == 2
    assert "--text-column: describes --data, which is missing" in outcome.errors


def test_an_invalid_label_map_is_a_usage_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = run_here(capsys, "evaluate", "--data=films.csv", "--label-map=pos")
    assert outcome.status == 2
    assert '--label-map: must be pairs such as "pos=1,neg=0"' in outcome.errors


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
