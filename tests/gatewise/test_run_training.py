"""`gatewise.train` trains on objects in memory as `gatewise train` does on files."""

import logging
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from datasets import Dataset

import gatewise
from gatewise.models.errors import DataError, ResumeError
from tests.training.reviews import SMALL, write_reviews

# Sixteen held-out reviews cannot show that a tiny network has learned something.
pytestmark = pytest.mark.filterwarnings("ignore:.*may be chance")


@pytest.fixture(scope="module")
def frame(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Real reviews, in columns that have other names than the usual ones."""
    file = write_reviews(tmp_path_factory.mktemp("data") / "films.csv", count=80)
    reviews = pd.read_csv(file)
    stars = reviews["label"].map({0: 1, 1: 5})
    return pd.DataFrame({"review": reviews["text"], "rating": stars})


OPTIONS: dict[str, Any] = {
    **SMALL,
    "text_column": "review",
    "label_column": "rating",
    "stars": 5,
    "name": "films",
}


@pytest.fixture(scope="module")
def out(frame: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a model that was trained on the data frame."""
    directory = tmp_path_factory.mktemp("runs") / "films"
    predictor = gatewise.train(frame, out=directory, **OPTIONS)
    assert predictor.artifact.name == "films"
    return directory


def test_the_directory_holds_the_model(out: Path) -> None:
    assert gatewise.Predictor.load(out).artifact.metrics["texts"]["train"] == 64


def test_the_texts_are_beside_the_model_in_the_usual_columns(
    out: Path, frame: pd.DataFrame
) -> None:
    stored = pd.read_parquet(out.with_name("films.parquet"))
    assert stored["text"].tolist() == frame["review"].tolist()
    assert stored["label"].tolist() == [int(stars == 5) for stars in frame["rating"]]


def test_a_data_set_gives_the_same_model_as_a_data_frame(
    out: Path, frame: pd.DataFrame, tmp_path: Path
) -> None:
    data = Dataset.from_pandas(frame)
    predictor = gatewise.train(data, out=tmp_path / "again", **OPTIONS)
    text = ["A fine film, but far too long."]
    assert predictor.predict(text) == gatewise.Predictor.load(out).predict(text)


def test_a_finished_run_is_resumed_only_with_its_texts(out: Path, frame: pd.DataFrame) -> None:
    before = out.with_name("films.parquet").read_bytes()
    with pytest.raises(ResumeError, match="texts are not those"):
        gatewise.train(frame[::-1], out=out, resume=True, **OPTIONS)
    assert out.with_name("films.parquet").read_bytes() == before


def test_the_log_of_a_run_is_shown_unless_it_is_switched_off(
    out: Path, frame: pd.DataFrame, caplog: pytest.LogCaptureFixture
) -> None:
    gatewise.train(frame, out=out, resume=True, progress=False, **OPTIONS)
    assert not caplog.records
    gatewise.train(frame, out=out, resume=True, **OPTIONS)
    assert "is finished" in caplog.text
    assert logging.getLogger("gatewise.training").level == logging.NOTSET


def test_a_model_that_may_have_learned_nothing_is_returned_with_a_warning(
    out: Path, frame: pd.DataFrame
) -> None:
    with pytest.warns(UserWarning, match="may be chance"):
        gatewise.train(frame, out=out, resume=True, **OPTIONS)


def test_a_missing_column_is_an_error_that_leaves_nothing_behind(
    frame: pd.DataFrame, tmp_path: Path
) -> None:
    options: dict[str, Any] = {**SMALL}
    with pytest.raises(DataError, match="review"):
        gatewise.train(frame, out=tmp_path / "run", **options)
    assert list(tmp_path.iterdir()) == []
