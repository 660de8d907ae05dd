"""The texts that a caller passes, in any iterable: lists, generators, arrays, columns."""

import re
from collections.abc import Mapping
from numbers import Number
from typing import Any

from gatewise.models.errors import InvalidTextError, TextTooLongError
from gatewise.models.tokenizer import Encoding, WordTokenizer

# pandas' own missing values, recognized by their types so that pandas need not be imported.
_MISSING_TYPES = {"NAType", "NaTType"}


def list_texts(texts: Any) -> list[str]:
    """Read all texts of an iterable: a list, generator, array, or column of a data frame.

    Args:
        texts: The texts. Their type is checked here. Elements of pyarrow arrays and strings of
            NumPy become Python strings.

    Returns:
        The texts in order, each as a `str`.

    Raises:
        InvalidTextError: An element is not a string. The message has its index, from 0, and what
            was found.
        TypeError: `texts` is a single string, bytes, a mapping or a data frame, whose elements
            are characters, numbers, keys or names of columns instead of texts.
    """
    if isinstance(texts, str | bytes):
        raise TypeError("Texts are passed as a list: for a single one, predict([text]).")
    if isinstance(texts, Mapping) or hasattr(texts, "columns"):
        raise TypeError(
            f"Texts are passed as a list or a column, not as a {type(texts).__name__}: select the "
            "column of texts, as in predict(frame['text'])."
        )
    found = [_to_python(text) for text in texts]
    for index, text in enumerate(found):
        if not isinstance(text, str):
            name = _name(index, len(found))
            raise InvalidTextError(f"{name} is {_describe(text)}. Pass strings only.")
    return [str(text) for text in found]


def encode_texts(tokenizer: WordTokenizer, texts: Any, *, max_tokens: int | None) -> list[Encoding]:
    """Tokenize all texts of an iterable; see `Predictor.encode`."""
    listed = list_texts(texts)
    try:
        return tokenizer.encode_batch(listed, max_tokens=max_tokens)
    except (InvalidTextError, TextTooLongError):
        if len(listed) == 1:
            raise
    return [
        _encode_at(index, tokenizer, text, max_tokens=max_tokens)
        for index, text in enumerate(listed)
    ]


def _encode_at(
    index: int, tokenizer: WordTokenizer, text: str, *, max_tokens: int | None
) -> Encoding:
    """Tokenize one of several texts, whose index is named in the message of an error."""
    try:
        return tokenizer.encode_batch([text], max_tokens=max_tokens)[0]
    except (InvalidTextError, TextTooLongError) as error:
        error.args = (re.sub(r"^The text\b", f"Text {index}", str(error)),)
        raise


def _name(index: int, count: int) -> str:
    """Name a text in a message; one that was passed alone needs no index."""
    return "The text" if count == 1 else f"Text {index}"


def _to_python(text: object) -> object:
    """Convert a pyarrow scalar, which is not a string itself, to a Python object."""
    if isinstance(text, str):
        return text
    convert = getattr(text, "as_py", None)
    return convert() if convert else text


def _describe(value: object) -> str:
    """Describe a value that is not a text."""
    if value is None:
        return "None: a missing value has no label"
    kind = type(value).__name__
    is_number = isinstance(value, Number)
    if is_number and value != value:  # noqa: PLR0124
        return "NaN: a missing value has no label"
    if kind in _MISSING_TYPES:
        return f"{value}: a missing value has no label"
    if isinstance(value, bytes):
        return "bytes: decode it first, as in text.decode('utf-8')"
    if is_number:
        return f"{value} ({kind}), not a string"
    return f"of type {kind}, not a string"
