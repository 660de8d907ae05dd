"""CSV and other delimited text: every row must have as many fields as the header."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from gatewise.models.errors import DataError
from gatewise.models.files.raw_table import BadRow, RawTable, Row
from gatewise.models.files.text_files import TextFile

# A review may be longer than the default limit. A quote that is never closed is read up to the
# limit, which bounds the memory that it takes.
_LONGEST_FIELD = 1 << 24  # characters
csv.field_size_limit(_LONGEST_FIELD)


def delimited_table(file: TextFile, *, delimiter: str) -> RawTable:
    """Return the table of a delimited text, whose first line has the names of the columns.

    All values are strings; an empty one is missing.

    Args:
        file: The file.
        delimiter: The separator of the fields.

    Raises:
        DataError: There is no header.
    """
    with file.open() as lines:
        try:
            header = next((row for row in _reader(lines, delimiter) if row), None)
        except csv.Error as error:
            raise DataError(
                f"{file.name}: the header cannot be read: {_quoting(error)}."
            ) from error
    if header is None:
        raise DataError(f"{file.name} is empty.")
    columns = tuple(column.strip() for column in header)

    def read(chosen: Sequence[str]) -> Iterator[Row | BadRow]:
        positions = [columns.index(column) for column in chosen]
        with file.open() as lines:
            rows = _rows(lines, delimiter, len(columns))
            next(rows)  # the header
            for number, fields in rows:
                if isinstance(fields, str):
                    yield BadRow(number, fields)
                else:
                    yield Row(number, tuple(fields[position] or None for position in positions))

    return RawTable(file.name, "line", columns, read)


def _reader(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=delimiter, strict=True)


class _Lines:
    """The lines of a file, of which those of the current row can be read again."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._rest = iter(lines)
        self._again: deque[str] = deque()
        self.row: list[str] = []  # lines of the current row that were read

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._rest)
        self.row.append(line)
        return line

    def back_to_second_line(self) -> None:
        """Leave out the first line of the current row, and read its other lines again."""
        self._again.extendleft(reversed(self.row[1:]))
        self.row = []


def _rows(
    source: Iterable[str], delimiter: str, width: int
) -> Iterator[tuple[int, list[str] | str]]:
    """Yield the first line of every row that is not blank, with its fields or why it has none.

    After a mistake in the quotes, reading starts again in the next line, because the parser has
    read on to the next quote, or to the end of the file. Rows with an odd number of quotes may
    then be the rest of that text, and are not used.
    """
    lines, first, recovering = _Lines(source), 0, False
    while True:
        try:
            for fields in _reader(lines, delimiter):
                if fields and recovering and sum(map(_quotes, lines.row)) % 2:
                    yield first + 1, "a quote is opened or closed here, but not both"
                elif fields and len(fields) != width:
                    yield first + 1, _field_count(len(fields), width)
                elif fields:
                    yield first + 1, fields
                first += len(lines.row)
                lines.row = []
            return
        except csv.Error as error:
            yield first + 1, _quoting(error)
            lines.back_to_second_line()
            first, recovering = first + 1, True


def _quotes(line: str) -> int:
    return line.count('"')


def _field_count(found: int, expected: int) -> str:
    fields = f"{found} field" if found == 1 else f"{found} fields"
    advice = ": a text that contains the delimiter must be in quotes" if found > expected else ""
    return f"{fields}, where the header has {expected}{advice}"


def _quoting(error: csv.Error) -> str:
    if "unexpected end of data" in str(error):
        return "a quote is opened here and never closed"
    if "field limit" in str(error):
        return f"a quote is opened here and not closed within {_LONGEST_FIELD:,} characters"
    return f'a quote within a quoted text must be written twice (""): {error}'
