"""A source as its format has it: named columns and numbered rows, before any of it is checked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gatewise.models.errors import DataError


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be read.

    Attributes:
        number: Number of the row, or of its first line.
        reason: Why it cannot be read.
    """

    number: int
    reason: str


@dataclass(frozen=True)
class Row:
    """The values of the requested columns of a row, in their order. A missing value is None."""

    number: int
    values: tuple[object, ...]


@dataclass(frozen=True)
class RawTable:
    """The columns and rows of one file, or of one object in memory.

    Attributes:
        name: Name of the source, for messages.
        unit: What the rows are numbered by: "line" of a text file, or "row".
        columns: Names of the columns.
        read: Yields the rows with the values of the given columns.
        class_names: By column, the names of labels that are stored as numbers.
        numbers_are_texts: Whether a number may stand for a text, as in a spreadsheet.
        count: Number of rows, if it is known without reading them.
        types: The Arrow schema, if the format has one.
    """

    name: str
    unit: str
    columns: tuple[str, ...]
    read: Callable[[Sequence[str]], Iterator[Row | BadRow]]
    class_names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    numbers_are_texts: bool = False
    count: int | None = None
    types: Any = None


def innermost_cause(error: BaseException) -> str:
    """Return the message of the error at the beginning of a chain of errors.

    Libraries wrap the errors of their parsers into general ones; only the first of them has the
    reason.
    """
    while error.__cause__ is not None:
        error = error.__cause__
    message = " ".join(str(error).split())
    return message or type(error).__name__


def cannot_be_read(name: str, error: BaseException) -> DataError:
    """Return the error of a file that its parser rejects as a whole."""
    return DataError(f"{name} cannot be read: {innermost_cause(error)}")
