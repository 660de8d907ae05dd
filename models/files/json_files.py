"""JSON Lines and JSON, parsed without guessing types: a later row may have other keys."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gatewise.models.errors import DataError
from gatewise.models.files.raw_table import BadRow, RawTable, Row


def json_lines_table(text: str, *, name: str) -> RawTable:
    """Return the table of a file with one JSON object a line.

    Args:
        text: The characters of the file.
        name: Its name, for messages.
    """
    records: list[tuple[int, Mapping[str, object]] | BadRow] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            records.append(_parse_line(number, line.strip("\r\ufeff")))
    return _table(records, name, "line")


def json_table(text: str, *, name: str) -> RawTable:
    """Return the table of a JSON file: a list of objects, or an object of columns.

    A file with one object a line is read as JSON Lines.

    Args:
        text: The characters of the file.
        name: Its name, for messages.

    Raises:
        DataError: The file is not JSON, or has neither form.
    """
    try:
        content = json.loads(text.lstrip("\ufeff"))
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return json_lines_table(text, name=name)
        raise DataError(f"{name}, line {error.lineno}: not valid JSON: {error.msg}.") from error
    records = _records(content)
    if records is None:
        raise DataError(
            f"{name} has neither a list of objects nor an object of columns. Write one object "
            'for each review: [{"text": "…", "label": 1}, …].'
        )
    return _table(list(_numbered(records)), name, "row")


def _parse_line(number: int, line: str) -> tuple[int, Mapping[str, object]] | BadRow:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        return BadRow(number, f"not valid JSON: {error.msg} at character {error.colno}")
    if not isinstance(value, dict):
        return BadRow(number, "not a JSON object")
    return number, value


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


def _table(
    records: Sequence[tuple[int, Mapping[str, object]] | BadRow], name: str, unit: str
) -> RawTable:
    if not records:
        raise DataError(f"{name} is empty.")
    columns = dict.fromkeys(
        key for entry in records if not isinstance(entry, BadRow) for key in entry[1]
    )

    def read(chosen: Sequence[str]) -> Iterator[Row | BadRow]:
        for entry in records:
            if isinstance(entry, BadRow):
                yield entry
            else:
                number, record = entry
                yield Row(number, tuple(record.get(column) for column in chosen))

    return RawTable(name, unit, tuple(columns), read)
