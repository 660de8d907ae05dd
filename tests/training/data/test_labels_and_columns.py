"""Labels and columns of every name; what is plainly meant is proposed, never assumed."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from datasets import Dataset

from gatewise.models.errors import DataError
from gatewise.models.files.read_options import ReadOptions
from gatewise.training.data.sources import read_reviews


def labels_of(*written: object, **options: object) -> list[int]:
    rows = pd.DataFrame({"text": [f"film {n}" for n in range(len(written))], "label": written})
    return read_reviews(rows, ReadOptions.model_validate(options))["label"][:]


def columns(tmp_path: Path, **values: Any) -> Path:
    path = tmp_path / "films.parquet"
    Dataset.from_dict(values).to_parquet(path)
    return path


@pytest.mark.parametrize(
    ("written", "read"),
    [("neg", 0), ("Positive", 1), ("1", 1), (" pos ", 1), ("-1", -1), (1.0, 1), (True, 1)],
)
def test_labels_may_be_words_or_any_kind_of_number(written: object, read: int) -> None:
    assert labels_of(written, "neg") == [read, 0]


def test_a_label_map_decides_alone() -> None:
    assert labels_of("Good", "1", "?", "", label_map="good=1,1=0,?=-1") == [1, 0, -1, -1]


def test_a_label_map_can_leave_rows_out() -> None:
    read = labels_of("good", "mixed", "bad", label_map="good=1,bad=0,mixed=")
    assert read == [1, 0]


def test_a_label_that_a_map_lacks_is_a_bad_row() -> None:
    with pytest.raises(DataError, match="row 3: the label 'meh' is not in --label-map"):
        labels_of("good", "bad", "meh", label_map="good=1,bad=0")


@pytest.mark.parametrize(
    ("stars", "negative", "left_out", "positive"),
    [(5, [1, 2], [3], [4, 5]), (10, [1, 4], [5, 6], [7, 10]), (4, [1, 2], [], [3, 4])],
)
def test_the_middle_of_a_rating_is_left_out(
    stars: int, negative: list[int], left_out: list[int], positive: list[int]
) -> None:
    read = labels_of(*negative, *left_out, *positive, stars=stars)
    assert read == [0] * len(negative) + [1] * len(positive)


@pytest.mark.parametrize("written", ["4", "4.5", "4,5", "5 stars", "4/5", "★★★★☆"])
def test_ratings_are_read_as_they_are_written(written: str) -> None:
    assert labels_of(written, "1", stars=5) == [1, 0]


@pytest.mark.parametrize("written", ["6", "8/10", "great"])
def test_what_is_no_rating_is_a_bad_row(written: str) -> None:
    with pytest.raises(DataError, match=f"row 2: '{written}' is"):
        labels_of("1", written, stars=5)


def test_more_than_two_labels_are_refused() -> None:
    with pytest.raises(
        DataError,
        match=r"'neutral' \(10\)\. A model has two labels.*"
        r'--label-map "positive=1,negative=0,neutral="',
    ):
        labels_of(*["positive", "negative", "neutral"] * 10)


def test_more_than_two_labels_are_refused_even_if_bad_rows_are_skipped() -> None:
    with pytest.raises(DataError, match="A model has two labels"):
        labels_of(*["positive", "negative", "neutral"] * 10, on_bad_row="skip")


@pytest.mark.parametrize(
    ("written", "proposed"),
    [
        (["1", "2", "3", "4", "5"], "--stars 5"),
        (["2", "4", "8", "10"], "--stars 10"),
        (["1", "2"], '--label-map "1=0,2=1"'),
        (["bad", "good"], '--label-map "bad=0,good=1"'),
        (["__label__1", "__label__2"], '--label-map "__label__1=0,__label__2=1"'),
    ],
)
def test_labels_that_are_plainly_meant_are_proposed(written: list[str], proposed: str) -> None:
    with pytest.raises(DataError) as error:
        labels_of(*written * 10)
    assert proposed in str(error.value)


def test_minus_one_instead_of_zero_is_not_read_as_unlabelled() -> None:
    with pytest.raises(DataError, match='--label-map "-1=0,1=1"'):
        labels_of(1, -1, 1, -1)


@pytest.mark.parametrize(
    ("names", "proposed"),
    [
        (("review", "sentiment"), "--text-column review --label-column sentiment"),
        (("Content", "stars"), "--text-column Content --label-column stars --stars 5"),
        (("Review Text", "polarity"), '--text-column "Review Text" --label-column polarity'),
    ],
)
def test_columns_that_are_plainly_meant_are_proposed(
    tmp_path: Path, names: tuple[str, str], proposed: str
) -> None:
    path = columns(tmp_path, **{names[0]: ["A."], names[1]: [1]})
    with pytest.raises(DataError, match="has no column text or label; it has") as error:
        read_reviews(path)
    assert str(error.value).endswith(proposed)


def test_other_columns_are_read_if_passed(tmp_path: Path) -> None:
    path = columns(tmp_path, review=["A."], sentiment=["pos"], text=["not this"])
    options = ReadOptions(text_column="review", label_column="sentiment")
    assert read_reviews(path, options).to_dict() == {
        "text": ["A."],
        "label": [1],
        "source": ["films"],
    }


def test_another_delimiter_is_proposed(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_text("text;label\nA.;1\n")
    with pytest.raises(DataError, match='--delimiter ";"'):
        read_reviews(path)


def test_a_column_that_exists_twice_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_text("text,label,text\nA.,1,B.\n")
    with pytest.raises(DataError, match="two columns text"):
        read_reviews(path)
