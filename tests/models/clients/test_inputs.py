"""Texts are read from whatever holds them, and what is no text is named by its index."""

from collections import UserDict
from collections.abc import Iterable

import datasets
import numpy as np
import pandas
import pyarrow
import pytest

from gatewise import Predictor
from gatewise.models.artifact.artifact import Artifact
from gatewise.models.clients.inputs import list_texts
from gatewise.models.errors import InvalidTextError, TextTooLongError

TEXTS = ["A great movie!", "The plot was boring.", "I love it"]


@pytest.fixture(scope="module")
def predictor(artifact: Artifact) -> Predictor:
    return Predictor(artifact)


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(tuple(TEXTS), id="tuple"),
        pytest.param((text for text in TEXTS), id="generator"),
        pytest.param(dict.fromkeys(TEXTS).keys(), id="keys"),
        pytest.param(np.array(TEXTS), id="fixed width array"),
        pytest.param(np.array(TEXTS, dtype=object), id="object array"),
        pytest.param(np.array(TEXTS, dtype=np.dtypes.StringDType()), id="StringDType array"),
        pytest.param(pandas.Series(TEXTS, index=[7, 7, 9]), id="series"),
        pytest.param(pandas.Series(TEXTS, dtype="category"), id="categorical series"),
        pytest.param(pandas.Series(TEXTS, dtype=object), id="object series"),
        pytest.param(
            pandas.Series(TEXTS, dtype=pandas.ArrowDtype(pyarrow.string())), id="pyarrow series"
        ),
        pytest.param(pandas.Index(TEXTS), id="index"),
        pytest.param(pyarrow.array(TEXTS), id="pyarrow array"),
        pytest.param(pyarrow.array(TEXTS, pyarrow.large_string()), id="large_string array"),
        pytest.param(pyarrow.array(TEXTS).dictionary_encode(), id="dictionary array"),
        pytest.param(pyarrow.chunked_array([TEXTS[:1], TEXTS[1:]]), id="chunked array"),
        pytest.param(datasets.Dataset.from_dict({"text": TEXTS})["text"], id="data set column"),
    ],
)
def test_texts_are_accepted_from(predictor: Predictor, texts: Iterable[str]) -> None:
    encodings = predictor.encode(texts)
    assert [encoding.text for encoding in encodings] == TEXTS
    assert {type(encoding.text) for encoding in encodings} == {str}
    assert predictor.predict_encoded(encodings) == predictor.predict(TEXTS)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, "is None: a missing value"),
        (float("nan"), "is NaN: a missing value"),
        (np.float64("nan"), "is NaN: a missing value"),
        (np.float32("nan"), "is NaN: a missing value"),
        (pandas.NA, "is <NA>: a missing value"),
        (pandas.NaT, "is NaT: a missing value"),
        (pyarrow.scalar(None, pyarrow.string()), "is None: a missing value"),
        (7, r"is 7 \(int\), not a string"),
        (np.int64(7), r"is 7 \(int64\), not a string"),
        (2.5, r"is 2.5 \(float\), not a string"),
        (True, r"is True \(bool\), not a string"),
        (b"A gem.", "is bytes: decode it first"),
        (["A gem."], "is of type list, not a string"),
    ],
)
def test_what_is_no_text_is_named_with_its_index(value: object, found: str) -> None:
    with pytest.raises(InvalidTextError, match=f"^Text 3 {found}"):
        list_texts([*TEXTS, value, None])


def test_a_missing_value_of_a_series_has_its_position() -> None:
    series = pandas.Series(["A gem.", None], index=[10, 11])
    with pytest.raises(InvalidTextError, match=r"^Text 1 is NaN"):
        list_texts(series)


def test_the_rows_of_a_matrix_are_no_texts() -> None:
    with pytest.raises(InvalidTextError, match=r"^The text is of type ndarray"):
        list_texts(np.array([TEXTS]))


@pytest.mark.parametrize(
    "texts",
    [
        {"text": TEXTS},
        UserDict({"text": TEXTS}),
        pandas.DataFrame({"text": TEXTS}),
        pyarrow.table({"text": TEXTS}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_columns_by_name_are_no_texts(texts: object) -> None:
    with pytest.raises(TypeError, match="select the column of texts"):
        list_texts(texts)


@pytest.mark.parametrize("text", ["Great!", np.str_("Great!"), b"Great!"])
def test_a_single_text_is_no_list(text: object) -> None:
    with pytest.raises(TypeError, match=r"predict\(\[text\]\)"):
        list_texts(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  ", "^Text 2 is empty or blank"),
        ("a\0b", "^Text 2 has a NUL character at position 1"),
        ("a\ud800", r"^Text 2 has a lone surrogate \(U\+D800\)"),
    ],
)
def test_an_invalid_text_of_several_is_named_by_its_index(
    predictor: Predictor, text: str, message: str
) -> None:
    with pytest.raises(InvalidTextError, match=message):
        predictor.predict(["a", "movie", text, ""])


def test_an_invalid_text_that_is_alone_has_no_index(predictor: Predictor) -> None:
    with pytest.raises(InvalidTextError, match=r"^The text is empty or blank"):
        predictor.predict([""])


def test_a_long_text_of_several_is_named_by_its_index(predictor: Predictor) -> None:
    with pytest.raises(TextTooLongError, match=r"^Text 1 has 4 tokens; the limit is 3") as caught:
        predictor.predict(["a", "a a a a", "a a a a a"], max_tokens=3)
    assert (caught.value.tokens, caught.value.limit) == (4, 3)


def test_a_long_text_that_is_alone_has_no_index(predictor: Predictor) -> None:
    with pytest.raises(TextTooLongError, match=r"^The text has 4 tokens"):
        predictor.predict(["a a a a"], max_tokens=3)
