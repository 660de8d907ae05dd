"""JSON Lines and JSON, parsed without guessing types: a later row may have other keys."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gatewise.models.errors import DataError
from gatewise.models.files.raw_table import BadRow, RawTable, Row
from gatewise.models.files.text_files import TextFile


def json_lines_table(file: TextFile) -> RawTable:
    """Return the table of a file with one JSON object a line.

    The file is read twice: once for the keys, which any line may add, and once for the rows.

    Args:
        file: The file.

    Raises:
        DataError: The file is empty.
    """
    columns: dict[str, None] = {}
    empty = True
    for entry in _parsed_lines(file):
        empty = False
        if not isinstance(entry, BadRow):
            columns.update(dict.fromkeys(entry[1]))
    if empty:
        raise DataError(f"{file.name} is empty.")

    def read(chosen: Sequence[str]) -> Iterator[Row | BadRow]:
        return _rows(_parsed_lines(file), chosen)

    return RawTable(file.name, "line", tuple(columns), read)


def json_table(file: TextFile) -> RawTable:
    """Return the table of a JSON file: a list of objects, or an object of columns.

    It is read as a whole. A file with one object a line is read as JSON Lines.

    Args:
        file: The file.

    Raises:
        DataError: The file is not JSON, or has neither form.
    """
    name = file.name
    try:
        content = json.loads(file.read().lstrip("\ufeff"))
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return json_lines_table(file)
        raise DataError(f"{name}, line {error.lineno}: not valid JSON: {error.msg}.") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{name}: not valid JSON: {_reason(error)}.") from error
    records = _records(content)
    if records is None:
        raise DataError(
            f"{name} has neither a list of objects nor an object of columns. Write one object "
            'for each review: [{"text": "…", "label": 1}, …].'
        )
    numbered = list(_numbered(records))
    if not numbered:
        raise DataError(f"{name} is empty.")
    columns = dict.fromkeys(
        key for entry in numbered if not isinstance(entry, BadRow) for key in entry[1]
    )

    def read(chosen: Sequence[str]) -> Iterator[Row | BadRow]:
        return _rows(numbered, chosen)

    return RawTable(name, "row", tuple(columns), read)


def _parsed_lines(file: TextFile) -> Iterator[tuple[int, Mapping[str, object]] | BadRow]:
    with file.open() as lines:
        for number, line in enumerate(_split(lines), start=1):
            if line.strip():
                yield _parse_line(number, line.strip("\r\n\ufeff"))


def _split(characters: Iterable[str]) -> Iterator[str]:
    """Yield the lines, which end in a line feed alone: a carriage return may be within one."""
    begun = ""
    for line in characters:
        begun += line
        if line.endswith("\n"):
            yield begun
            begun = ""
    yield begun


def _parse_line(number: int, line: str) -> tuple[int, Mapping[str, object]] | BadRow:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return BadRow(number, f"not valid JSON: {_reason(error)}")
    if not isinstance(value, dict):
        return BadRow(number, "not a JSON object")
    return number, value


def _reason(error: ValueError | RecursionError) -> str:
    """Return why `json.loads` raised an error. Python limits the digits of an integer."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.colno}"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return "an integer has too many digits"


def _records(content: object) -> Iterable[object] | None:
    """Return the rows of parsed JSON: of a list, of columns, or of the only list in an object."""
    if isinstance(content, list):
        return content
    if not isinstance(content, dict) or not content:
        return None
    columns = list(content.values())
    if all(isinstance(column, dict) for column in columns):  # pandas: {"text": {"0": …}, …}
        keys = list(columns[0])
        return [{name: column.get(key) for name, column in content.items()} for key in keys]
    lists = [column for column in columns if isinstance(column, list)]
    if len(lists) == 1 and lists[0] and all(isinstance(entry, dict) for entry in lists[0]):
        return lists[0]
    if len(lists) == len(columns) and len({len(column) for column in lists}) == 1:
        return [dict(zip(content, values, strict=True)) for values in zip(*lists, strict=True)]
    return None


def _numbered(records: Iterable[object]) -> Iterator[tuple[int, Mapping[str, object]] | BadRow]:
    for number, record in enumerate(records, start=1):
        yield (number, record) if isinstance(record, dict) else BadRow(number, "not a JSON object")


def _rows(
    records: Iterable[tuple[int, Mapping[str, object]] | BadRow], chosen: Sequence[str]
) -> Iterator[Row | BadRow]:
    for entry in records:
        if isinstance(entry, BadRow):
            yield entry
        else:
            number, record = entry
            yield Row(number, tuple(record.get(column) for column in chosen))
