"""Divides the rows of the input into parts, in the same way in every run over the same input."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gatewise.models.errors import DataError
from gatewise.models.files.columns import choose_columns
from gatewise.models.files.formats import open_table
from gatewise.models.files.raw_table import BadRow, RawTable
from gatewise.models.files.read_options import ReadOptions
from gatewise.service.bulk.inputs import InputFile
from gatewise.service.bulk.job import ScoreOptions

_MOST_CHARACTERS = 1 << 25  # of a part
_SIZES = (250, 500, 1000, 2500, 5000)  # rows of a part
# A review has about so many bytes, and a machine is busy to the end with so many parts.
_BYTES_PER_ROW, _PARTS = 1000, 128
_SHOWN = 60  # characters of a value in a message
# How Python decodes a byte that is not valid in the encoding of a file: U+DC00 plus the byte.
_FIRST_BYTE = 0xDC00
_DAMAGED = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True)
class Span:
    """The rows of a part that come from one file.

    Attributes:
        file: Path or URL of the file.
        unit: "line" or "row": what the rows are numbered by.
        first: Position in the part of the first of them.
    """

    file: str
    unit: str
    first: int


@dataclass
class Part:
    """Consecutive rows of the input. It can be pickled.

    Attributes:
        index: Number of the part, from 0.
        spans: The files that its rows come from.
        numbers: Number of each row in its file.
        texts: Text of each row; None where it has none.
        errors: Why a row has no text; None where it has one.
        kept: Values of the kept columns of each row.
        groups: Value of the column by which the summary is divided, of each row.
    """

    index: int
    spans: list[Span] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    texts: list[str | None] = field(default_factory=list)
    errors: list[str | None] = field(default_factory=list)
    kept: list[tuple[object, ...]] = field(default_factory=list)
    groups: list[str | None] = field(default_factory=list)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.numbers)

    def place(self, position: int) -> str:
        """Return where the row at a position of the part is in the input."""
        span = next(span for span in reversed(self.spans) if span.first <= position)
        return f"{span.file}, {span.unit} {self.numbers[position]:,}"


def rows_of_part(size: int) -> int:
    """Return the number of rows of a part for an input of `size` bytes.

    Parts of a small input are small, so that all workers have some.
    """
    rows = size / _BYTES_PER_ROW / _PARTS
    return next((number for number in _SIZES if number >= rows), _SIZES[-1])


def open_input(file: InputFile, options: ScoreOptions) -> RawTable:
    """Open a file of the input and check that it has the columns.

    Raises:
        DataError: It cannot be read, or a column is missing.
    """
    read = ReadOptions(
        text_column=options.text_column, delimiter=options.delimiter, encoding=options.encoding
    )
    table = open_table(file.as_data_file(), read)
    choose_columns(table, read, labelled=False)
    for option, names in {"--keep": options.keep, "--by": [options.by]}.items():
        for name in names:
            if name is not None and table.columns.count(name) != 1:
                count = "no column" if name not in table.columns else "several columns"
                raise DataError(
                    f"{table.name} has {count} {name} ({option}); it has "
                    f"{', '.join(table.columns)}."
                )
    return table


def cut(files: Sequence[InputFile], options: ScoreOptions, *, rows: int) -> Iterator[Part]:
    """Read the input and cut it into parts.

    Args:
        files: The files of the input.
        options: The columns to read.
        rows: Rows of a part. Its texts have at most 33,554,432 characters, or it is one row.

    Yields:
        The parts in order. Only one of them is in memory at a time.

    Raises:
        DataError: A file cannot be read.
    """
    part, characters = Part(0), 0
    for file in files:
        table = open_input(file, options)
        started = False
        for number, text, error, kept, group in _rows(table, options):
            size = len(text or "")
            if len(part) >= rows or (len(part) and characters + size > _MOST_CHARACTERS):
                yield part
                part, characters, started = Part(part.index + 1), 0, False
            if not started:
                part.spans.append(Span(file.path, table.unit, len(part)))
                started = True
            part.numbers.append(number)
            part.texts.append(text)
            part.errors.append(error)
            part.kept.append(kept)
            part.groups.append(group)
            characters += size
    if len(part):
        yield part


_Cells = tuple[int, str | None, str | None, tuple[object, ...], str | None]


def _rows(table: RawTable, options: ScoreOptions) -> Iterator[_Cells]:
    names = [options.text_column, *options.keep, *([options.by] if options.by else [])]
    kept = len(options.keep)
    for row in table.read(names):
        if isinstance(row, BadRow):
            yield row.number, None, row.reason, (None,) * kept, None
            continue
        text, error = read_text_value(row.values[0], numbers_are_texts=table.numbers_are_texts)
        value = row.values[kept + 1] if options.by else None
        group = None if value is None else str(value)
        yield row.number, text, error, row.values[1 : kept + 1], group


def read_text_value(
    value: object, *, numbers_are_texts: bool = False, has_encoding: bool = True
) -> tuple[str | None, str | None]:
    """Return the text of a cell, or None and the reason why it has none.

    Args:
        value: The value of the cell.
        numbers_are_texts: Whether a number may stand for a text, as in a spreadsheet.
        has_encoding: Whether the value is from a file, whose encoding is an option.
    """
    if value is None:
        return None, "The text is missing."
    if numbers_are_texts and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value), None
    if not isinstance(value, str):
        return None, f"{repr(value)[:_SHOWN]} is not a text."
    damaged = _DAMAGED.search(value)
    if damaged and not has_encoding:
        return None, f"The text has the lone surrogate U+{ord(damaged[0]):04X}."
    if damaged:
        byte = ord(damaged[0]) - _FIRST_BYTE
        return None, (
            f"The byte 0x{byte:02X} is not valid in the encoding of the file. Pass its --encoding."
        )
    return value, None
