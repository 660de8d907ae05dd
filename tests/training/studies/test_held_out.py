"""Figures of models on held-out texts are put side by side, and old columns are kept."""

import json
from pathlib import Path

import pytest

from gatewise.models.predictor import Predictor
from gatewise.training.evaluation.evaluate import evaluate_model
from gatewise.training.pipeline import train
from gatewise.training.studies.held_out import main, merge_columns
from tests.training.reviews import small_config, write_reviews

STORED = {"columns": ["held out", "a 1", "b 1"], "rows": [["x", "1 %", "2 %"], ["y", "3 %", "–"]]}
SHORT = "text,label,phenomenon\nA great film.,positive,praise\nA boring film.,negative,blame\n"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Directory of a small trained model."""
    directory = tmp_path_factory.mktemp("held_out")
    train(small_config(write_reviews(directory / "films.csv", count=100)), directory / "run")
    return directory / "run"


def test_a_column_that_is_measured_again_is_replaced_and_comes_first() -> None:
    table = merge_columns(STORED, {"b 1": {"x": "5 %", "y": "6 %"}}, first="held out")
    assert table["columns"] == ["held out", "b 1", "a 1"]
    assert table["rows"] == [["x", "5 %", "1 %"], ["y", "6 %", "3 %"]]


def test_a_cell_that_nobody_measured_is_a_dash() -> None:
    table = merge_columns(STORED, {"c 1": {"z": "7 %"}}, first="held out")
    assert table["rows"] == [
        ["z", "7 %", "–", "–"],
        ["x", "–", "1 %", "2 %"],
        ["y", "–", "3 %", "–"],
    ]


def test_the_first_column_of_an_empty_table_is_named() -> None:
    assert merge_columns({}, {"a 1": {"x": "1 %"}}, first="held out") == {
        "columns": ["held out", "a 1"],
        "rows": [["x", "1 %"]],
    }


@pytest.mark.slow
def test_the_command_writes_the_accuracy_of_its_models(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "short.csv").write_text(SHORT, encoding="utf-8")
    main(str(model), short_texts=tmp_path / "short.csv", out=tmp_path)
    artifact = Predictor.load(model).artifact
    written = json.loads((tmp_path / "release.json").read_text(encoding="utf-8"))
    assert written["figures"]["columns"] == ["held out", f"{artifact.name} {artifact.version}"]
    accuracy = evaluate_model(model).by_source["imdb"].accuracy
    assert written["figures"]["rows"][0] == ["IMDb, whole reviews", f"{100 * accuracy:.1f} %"]
    gates = json.loads((tmp_path / "gate_saturation.json").read_text(encoding="utf-8"))["figures"]
    assert set(gates[f"{artifact.name} {artifact.version}"]) == {"reset", "update"}
    assert "IMDb, whole reviews" in capsys.readouterr().out


@pytest.mark.slow
def test_short_texts_are_counted_by_phenomenon(model: Path, tmp_path: Path) -> None:
    (tmp_path / "short.csv").write_text(SHORT, encoding="utf-8")
    main(str(model), short_texts=tmp_path / "short.csv", out=tmp_path)
    rows = dict(json.loads((tmp_path / "short_texts.json").read_text())["figures"]["rows"])
    assert set(rows) == {"short texts of all phenomena", "praise", "blame"}
    verdicts = Predictor.load(model).predict(["A great film.", "A boring film."])
    right = [verdicts[0].label == "positive", verdicts[1].label == "negative"]
    assert rows["praise"] == f"{int(right[0])} of 1"
    assert rows["short texts of all phenomena"] == f"{sum(right)} of 2"
