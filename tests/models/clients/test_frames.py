"""The rows of a data frame are classified, and rows without a text stay in their places."""

import subprocess
import sys
from typing import Any

import pandas
import pytest

from gatewise import Predictor
from gatewise.models.artifact.artifact import Artifact
from gatewise.models.errors import DataError, InvalidTextError, TextTooLongError

TEXTS = ["A great movie!", "The plot was boring.", "zyzzyva qwxq"]
COLUMNS = ["label", "score", "probability_positive", "coverage", "undecided", "warnings", "error"]


@pytest.fixture(scope="module")
def predictor(artifact: Artifact) -> Predictor:
    return Predictor(artifact)


@pytest.fixture
def frame() -> pandas.DataFrame:
    return pandas.DataFrame({"stars": [5, 2, 1], "review": TEXTS}, index=[10, 10, 4])


def with_gaps() -> pandas.DataFrame:
    texts = ["A great movie!", None, float("nan"), " ", 5, "The plot was boring."]
    return pandas.DataFrame({"text": texts}, index=list("abcdef"), dtype=object)


def test_every_row_has_the_values_of_its_prediction(
    predictor: Predictor, frame: pandas.DataFrame
) -> None:
    found = predictor.predict_frame(frame, text="review")
    for row, prediction in zip(
        found.itertuples(index=False), predictor.predict(TEXTS), strict=True
    ):
        assert row.label == prediction.label
        assert row.score == prediction.score
        assert row.probability_positive == prediction.probabilities["positive"]
        assert row.coverage == prediction.coverage
        assert row.undecided == prediction.undecided
        assert row.warnings == " ".join(prediction.warnings)
        assert row.error is None


def test_the_result_has_the_index_of_the_frame_and_fixed_columns(
    predictor: Predictor, frame: pandas.DataFrame
) -> None:
    found = predictor.predict_frame(frame, text="review")
    pandas.testing.assert_index_equal(found.index, frame.index)
    assert list(found.columns) == COLUMNS


def test_the_frame_is_not_changed(predictor: Predictor, frame: pandas.DataFrame) -> None:
    before = frame.copy(deep=True)
    predictor.predict_frame(frame, text="review")
    pandas.testing.assert_frame_equal(frame, before)


def test_rows_without_a_text_have_a_reason_and_no_prediction(predictor: Predictor) -> None:
    found = predictor.predict_frame(with_gaps())
    assert found["error"].notna().tolist() == [False, True, True, True, True, False]
    for row, reason in {"b": "is None", "c": "is NaN", "d": "is empty", "e": "is 5 (int)"}.items():
        assert f"The text {reason}" in found.at[row, "error"]
        assert found.loc[row].drop("error").isna().all()


def test_rows_with_a_text_do_not_depend_on_rows_without_one(predictor: Predictor) -> None:
    found = predictor.predict_frame(with_gaps()).loc[["a", "f"]]
    pandas.testing.assert_frame_equal(found, predictor.predict_frame(with_gaps().loc[["a", "f"]]))


def test_rows_without_a_text_raise_if_requested(predictor: Predictor) -> None:
    with pytest.raises(InvalidTextError, match=r"^Text 1 is None"):
        predictor.predict_frame(with_gaps(), errors="raise")


def test_rows_that_are_too_long_have_a_reason(predictor: Predictor) -> None:
    frame = pandas.DataFrame({"text": ["a", "a a a"]})
    found = predictor.predict_frame(frame, max_tokens=2)
    assert found["error"].tolist()[0] is None
    assert "has 3 tokens; the limit is 2" in found["error"].tolist()[1]
    with pytest.raises(TextTooLongError, match=r"^Text 1 has 3 tokens"):
        predictor.predict_frame(frame, max_tokens=2, errors="raise")


@pytest.mark.parametrize("rows", [0, 1])
def test_the_columns_have_the_same_types_in_a_frame_without_predictions(
    predictor: Predictor, rows: int
) -> None:
    types = predictor.predict_frame(pandas.DataFrame({"text": TEXTS})).dtypes
    empty = pandas.DataFrame({"text": pandas.Series([None] * rows, dtype=object)})
    pandas.testing.assert_series_equal(predictor.predict_frame(empty).dtypes, types)


@pytest.mark.parametrize(
    ("columns", "name", "message"),
    [
        (["id", "review"], "text", r"no column 'text'. Its columns: 'id', 'review'. .*'review'"),
        (["id", "Review"], "reviews", r"no column 'reviews'. .* Pass text='Review'"),
        (["id", "stars"], "text", r"no column 'text'. Its columns: 'id', 'stars'.$"),
        ([], "text", r"no column 'text'. Its columns: none.$"),
        (["text", "text"], "text", "has 2 columns 'text'. Rename all but one."),
    ],
)
def test_a_missing_column_is_an_error_that_proposes_another(
    predictor: Predictor, columns: list[str], name: str, message: str
) -> None:
    frame = pandas.DataFrame([["a"] * len(columns)], columns=columns)
    with pytest.raises(DataError, match=message):
        predictor.predict_frame(frame, text=name)


def test_what_is_no_data_frame_is_a_type_error(predictor: Predictor) -> None:
    rows: Any = {"text": TEXTS}
    with pytest.raises(TypeError, match="takes a pandas DataFrame, not a dict"):
        predictor.predict_frame(rows)


def test_pandas_is_not_imported_before_it_is_used() -> None:
    program = "import gatewise, sys; gatewise.Predictor; print('pandas' in sys.modules)"
    completed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    assert completed.stdout == "False\n"
