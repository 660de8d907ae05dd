"""The evaluation of a model on a file or on its own validation split."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from datasets import Dataset

from gatewise.models.artifact.artifact import save_artifact
from gatewise.models.errors import DataError
from gatewise.models.files.read_options import ReadOptions
from gatewise.models.predictor import Predictor
from gatewise.training.data.repeated_split import repeat_split
from gatewise.training.evaluation.evaluate import evaluate_dataset, evaluate_model
from gatewise.training.evaluation.metrics import measure
from tests.models.artifacts import small_artifact
from tests.training.reviews import small_config, write_reviews

TEXTS = ["A great movie, I love it!", "The plot was boring.", "Boring.", "Great"]
LABELS = [1, 0, 1, -1]


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of three labelled texts and an unlabelled one, from two sources."""
    path = tmp_path_factory.mktemp("data") / "films.csv"
    sources = ["reviews", "reviews", "snippets", "snippets"]
    Dataset.from_dict({"text": TEXTS, "label": LABELS, "source": sources}).to_csv(path)
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of a small model."""
    directory = tmp_path_factory.mktemp("small") / "model"
    save_artifact(small_artifact(), directory)
    return directory


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a model and the reviews from which its validation split was held out."""
    directory = tmp_path_factory.mktemp("model")
    source = write_reviews(directory / "films.csv", count=60)
    training = small_config(source, validation_fraction=0.3).model_dump(mode="json")
    metrics = {**small_artifact().metrics, "texts": {"train": 42, "validation": 18}}
    artifact = replace(small_artifact(), training=training, metrics=metrics)
    save_artifact(artifact, directory / "model")
    return directory / "model", source


def test_only_labelled_texts_of_a_file_are_measured(small: Path, films: Path) -> None:
    assert evaluate_model(small, data=films).n == 3


def test_the_accuracy_is_that_of_the_predictions(small: Path, films: Path) -> None:
    predictor = Predictor.load(small)
    labels = [prediction.label == "positive" for prediction in predictor.predict(TEXTS[:3])]
    right = [label == bool(truth) for label, truth in zip(labels, LABELS, strict=False)]
    assert evaluate_model(small, data=films).accuracy == pytest.approx(sum(right) / 3)


def test_the_most_confident_mistakes_come_first(small: Path, films: Path) -> None:
    predictions = Predictor.load(small).predict(TEXTS[:3])
    wrong = [
        (prediction.score, text)
        for text, truth, prediction in zip(TEXTS, LABELS, predictions, strict=False)
        if prediction.label != ("positive" if truth else "negative")
    ]
    mistakes = evaluate_model(small, data=films).mistakes
    expected = sorted(wrong, reverse=True)
    assert [entry.text for entry in mistakes] == [text for _, text in expected]
    assert [entry.score for entry in mistakes] == pytest.approx([score for score, _ in expected])
    assert all(entry.label != entry.predicted for entry in mistakes)


def test_the_number_of_mistakes_is_limited(small: Path, films: Path) -> None:
    assert evaluate_model(small, data=films).mistakes
    assert evaluate_model(small, data=films, mistakes=0).mistakes == []


def test_a_data_frame_with_other_columns_is_measured(small: Path, films: Path) -> None:
    frame = pd.DataFrame({"review": TEXTS[:3], "stars": [5, 1, 4]})
    options = ReadOptions(text_column="review", label_column="stars", stars=5)
    expected = evaluate_model(small, data=films)
    assert evaluate_model(small, data=frame, options=options).log_loss == expected.log_loss


def test_every_source_has_its_figures(small: Path, films: Path) -> None:
    by_source = evaluate_model(small, data=films).by_source
    assert {source: figures.n for source, figures in by_source.items()} == {
        "reviews": 2,
        "snippets": 1,
    }


def test_gates_are_measured_if_requested(small: Path, films: Path) -> None:
    report = evaluate_model(small, data=films, gates=True)
    assert report.gates
    assert report.gates.texts == 3


def test_the_report_is_json_compatible(small: Path, films: Path) -> None:
    report = evaluate_model(small, data=films).to_json()
    assert json.loads(json.dumps(report))["by_source"]["reviews"]["n"] == 2
    assert "gates" not in report


def test_the_default_data_is_the_validation_split_of_the_model(model: tuple[Path, Path]) -> None:
    directory, source = model
    predictor = Predictor.load(directory)
    validation = repeat_split(predictor, str(source)).validation
    expected = evaluate_dataset(predictor, validation)
    assert evaluate_model(directory).by_source == expected.by_source
    assert expected.n == 18


def test_a_release_is_evaluated_by_its_name(films: Path) -> None:
    logits = [prediction.logit for prediction in Predictor.load("imdb-gru-256").predict(TEXTS[:3])]
    expected = measure(np.array(logits), np.array(LABELS[:3])).log_loss
    assert evaluate_model("imdb-gru-256", data=films).log_loss == pytest.approx(expected)


def test_missing_texts_of_a_model_are_reported_with_advice(
    model: tuple[Path, Path], tmp_path: Path
) -> None:
    directory, source = model
    moved = source.rename(tmp_path / source.name)
    try:
        with pytest.raises(DataError, match=r"where there are none now\. Pass a copy"):
            evaluate_model(directory)
        assert evaluate_model(directory, source=str(moved)).n == 18
    finally:
        moved.rename(source)


def test_other_texts_than_those_of_the_model_are_rejected(
    model: tuple[Path, Path], tmp_path: Path
) -> None:
    other = write_reviews(tmp_path / "films.csv", count=40)
    with pytest.raises(DataError, match="was trained on other texts"):
        evaluate_model(model[0], source=str(other))


def test_figures_are_given_by_any_column_of_a_file(small: Path, tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    rows = [
        {"text": text, "label": label, "phenomenon": f"case {number}"}
        for number, (text, label) in enumerate(zip(TEXTS * 20, [1, 0, 1, 0] * 20, strict=True))
    ]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    report = evaluate_model(small, data=path, by="phenomenon")
    assert set(report.by_source) == {f"case {number}" for number in range(80)}


def test_a_column_that_a_file_lacks_is_named(small: Path, films: Path) -> None:
    with pytest.raises(DataError, match="has no column phenomenon; it has text, label, source"):
        evaluate_model(small, data=films, by="phenomenon")


def test_a_file_and_a_source_exclude_each_other(small: Path, films: Path) -> None:
    with pytest.raises(DataError, match="leave out --source, or"):
        evaluate_model(small, data=films, source="hub")


def test_a_file_without_labelled_texts_is_rejected(small: Path, tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    Dataset.from_dict({"text": ["A film."], "label": [-1]}).to_csv(path)
    with pytest.raises(DataError, match="no labelled text"):
        evaluate_model(small, data=path)
