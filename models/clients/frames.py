"""Predictions of the rows of a pandas data frame. pandas is only imported when this is used."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Any, TypeAlias

from gatewise.models.errors import DataError, InvalidTextError, TextTooLongError
from gatewise.models.prediction import Prediction
from gatewise.models.tokenizer import Encoding

# The types of pandas, which is no requirement of Gatewise and has no type information itself.
DataFrame: TypeAlias = Any
Index: TypeAlias = Any

# Names of columns that usually hold the text, in the order in which they are proposed.
_USUAL_NAMES = ("text", "review", "content", "comment", "body", "message", "sentence")


def column_of(frame: DataFrame, name: str) -> list[object]:
    """Return the values of a column, in the order of the rows.

    Args:
        frame: The data frame.
        name: Name of the column.

    Raises:
        DataError: There is no such column, or more than one.
        TypeError: `frame` is not a pandas data frame.
    """
    if not isinstance(frame, import_module("pandas").DataFrame):
        raise TypeError(
            f"predict_frame takes a pandas DataFrame, not a {type(frame).__name__}. Most other "
            "data frames have a method `to_pandas`."
        )
    count = list(frame.columns).count(name)
    if count == 1:
        return list(frame[name])
    if count:
        raise DataError(f"The data frame has {count} columns {name!r}. Rename all but one.")
    existing = ", ".join(map(repr, frame.columns)) or "none"
    raise DataError(
        f"The data frame has no column {name!r}. Its columns: {existing}.{_proposal(frame, name)}"
    )


def encode_rows(
    encode: Callable[[Sequence[object]], list[Encoding]], texts: Sequence[object]
) -> Sequence[Encoding | str]:
    """Tokenize the texts of rows, some of which may have none.

    Args:
        encode: Tokenizes a list of texts.
        texts: The texts.

    Returns:
        For each row its encoding, or the reason why its text cannot be tokenized.
    """
    try:
        return encode(texts)
    except (InvalidTextError, TextTooLongError):
        return [_encode_row(encode, text) for text in texts]


def _encode_row(
    encode: Callable[[Sequence[object]], list[Encoding]], text: object
) -> Encoding | str:
    try:
        return encode([text])[0]
    except (InvalidTextError, TextTooLongError) as error:
        return str(error)


def to_frame(outcomes: Sequence[Prediction | str], *, index: Index) -> DataFrame:
    """Make a data frame of predictions.

    Args:
        outcomes: For each row its prediction, or the reason why it has none.
        index: Index of the rows.

    Returns:
        A data frame with the columns that `Predictor.predict_frame` describes.
    """
    pandas = import_module("pandas")
    predictions = [None if isinstance(outcome, str) else outcome for outcome in outcomes]

    def column(values: list[object], dtype: str) -> object:
        return pandas.Series(values, index=index, dtype=dtype)

    return pandas.DataFrame(
        {
            "label": column([p and p.label for p in predictions], "object"),
            "score": column([p and p.score for p in predictions], "float64"),
            "probability_positive": column(
                [p and p.probabilities["positive"] for p in predictions], "float64"
            ),
            "coverage": column([p and p.coverage for p in predictions], "float64"),
            "undecided": column([p and p.undecided for p in predictions], "boolean"),
            "warnings": column([p and " ".join(p.warnings) for p in predictions], "object"),
            "error": column([o if isinstance(o, str) else None for o in outcomes], "object"),
        },
        index=index,
    )


def _proposal(frame: DataFrame, name: str) -> str:
    """Propose the column that was probably meant, as a sentence; empty if there is none."""
    by_lower = {str(column).lower(): str(column) for column in frame.columns}
    usual = [by_lower[usual] for usual in _USUAL_NAMES if usual in by_lower]
    close = [by_lower[match] for match in get_close_matches(name.lower(), by_lower, n=1)]
    proposals = close or usual
    return f" Pass text={proposals[0]!r}?" if proposals else ""
