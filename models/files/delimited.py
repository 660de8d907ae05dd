"""CSV and other delimited text: every row must have as many fields as the header."""

import csv
import io
import sys
from _csv import Reader  # the type; `csv` has only the function
from collections.abc import Iterator, Sequence

from gatewise.models.errors import DataError
from gatewise.models.files.raw_table import BadRow, RawTable, Row

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # a review may be longer than the default


def delimited_table(text: str, *, name: str, delimiter: str) -> RawTable:
    """Return the table of a delimited text, whose first line has the names of the columns.

    All values are strings; an empty one is missing.

    Args:
        text: The characters of the file.
        name: Its name, for messages.
        delimiter: The separator of the fields.

    Raises:
        DataError: There is no header.
    """
    lines = list(io.StringIO(text, newline=""))
    try:
        header = next((row for row in _reader(lines, delimiter) if row), None)
    except csv.Error as error:
        raise DataError(f"{name}: the header cannot be read: {_quoting(error)}.") from error
    if header is None:
        raise DataError(f"{name} is empty.")
    columns = tuple(column.strip() for column in header)

    def read(chosen: Sequence[str]) -> Iterator[Row | BadRow]:
        positions = [columns.index(column) for column in chosen]
        rows = _rows(lines, delimiter, len(columns))
        next(rows)  # the header
        for number, fields in rows:
            if isinstance(fields, str):
                yield BadRow(number, fields)
            else:
                yield Row(number, tuple(fields[position] or None for position in positions))

    return RawTable(name, "line", columns, read)


def _reader(lines: Sequence[str], delimiter: str, start: int = 0) -> Reader:
    rest = (lines[number] for number in range(start, len(lines)))
    return csv.reader(rest, delimiter=delimiter, strict=True)


def _rows(
    lines: Sequence[str], delimiter: str, width: int
) -> Iterator[tuple[int, list[str] | str]]:
    """Yield the first line of every row that is not blank, with its fields or why it has none.

    After a mistake in the quotes, reading starts again in the next line, because the parser has
    read on to the next quote, or to the end of the file. Rows with an odd number of quotes may
    then be the rest of that text, and are not used.
    """
    start, recovering = 0, False
    while start < len(lines):
        reader = _reader(lines, delimiter, start)
        first = start
        try:
            for fields in reader:
                end = start + reader.line_num
                if fields and recovering and sum(map(_quotes, lines[first:end])) % 2:
                    yield first + 1, "a quote is opened or closed here, but not both"
                elif fields and len(fields) != width:
                    yield first + 1, _field_count(len(fields), width)
                elif fields:
                    yield first + 1, fields
                first = end
            return
        except csv.Error as error:
            yield first + 1, _quoting(error)
            start, recovering = first + 1, True


def _quotes(line: str) -> int:
    return line.count('"')


def _field_count(found: int, expected: int) -> str:
    fields = f"{found} field" if found == 1 else f"{found} fields"
    advice = ": a text that contains the delimiter must be in quotes" if found > expected else ""
    return f"{fields}, where the header has {expected}{advice}"


def _quoting(error: csv.Error) -> str:
    if "unexpected end of data" in str(error):
        return "a quote is opened here and never closed"
    return f'a quote within a quoted text must be written twice (""): {error}'
