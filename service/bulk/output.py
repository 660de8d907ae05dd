"""The output of a part: its rows as Parquet, CSV or JSON Lines, written whole or not at all."""

import csv
import json
import math
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from gatewise.service.bulk.job import EXPLAIN_COLUMNS, SCORE_COLUMNS, KeptColumn, OutputFormat
from gatewise.service.bulk.scoring import ScoredText


def column_names(kept: Sequence[KeptColumn], *, explain: bool) -> list[str]:
    """Return the names of the columns of the output, in order."""
    names = [column.written for column in kept]
    return [*names, *SCORE_COLUMNS, *(EXPLAIN_COLUMNS if explain else ())]


def score_values(scored: ScoredText, *, explain: bool) -> tuple[object, ...]:
    """Return the values of a scored text in the order of the output's columns."""
    prediction, words = scored.prediction, scored.words
    if prediction is None:
        values: tuple[object, ...] = (*(None,) * (len(SCORE_COLUMNS) - 1), scored.error)
    else:
        values = (
            prediction.label,
            prediction.score,
            prediction.probabilities["positive"],
            prediction.undecided,
            prediction.coverage,
            " ".join(prediction.warnings) or None,
            None,
        )
    if not explain:
        return values
    if words is None:
        return (*values, None, None)
    top = [{"word": word, "attribution": value} for word, value in words.top()]
    return (*values, top, words.turning_word)


def encode_rows(
    rows: Sequence[tuple[object, ...]],
    kept: Sequence[KeptColumn],
    *,
    format: OutputFormat,  # noqa: A002  # the name of the option
    explain: bool,
) -> bytes:
    """Return the bytes of an output file.

    Args:
        rows: The values of each row: those of the kept columns, then `score_values`.
        kept: The kept columns.
        format: Format of the file.
        explain: Whether the columns of explanations are there.
    """
    names = column_names(kept, explain=explain)
    if format == "parquet":
        return _parquet(rows, kept, names, explain=explain)
    if format == "csv":
        return _csv(rows, names)
    return "".join(json_line(names, row) for row in rows).encode()


def json_line(names: Sequence[str], values: Sequence[object]) -> str:
    """Return a row as one line of JSON. NaN and infinity, which JSON does not have, are null."""
    record = dict(zip(names, values, strict=True))
    return _valid(_json(record)) + "\n"


def csv_lines(rows: Sequence[Sequence[object]]) -> str:
    """Return rows as lines of CSV. A missing value is empty, a list is JSON."""
    lines = _Lines()
    csv.writer(lines).writerows([_as_text(value) for value in row] for row in rows)
    return _valid("".join(lines.written))


class _Lines:
    """Receives the lines of a CSV writer, and ends them in a line feed alone.

    The writer itself ends them in a carriage return and a line feed: in Python 3.11 it quotes a
    cell with either of these only if its line terminator has it.
    """

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, line: str) -> None:
        """Receive one line."""
        self.written.append(line.removesuffix("\r\n") + "\n")


def write_whole(content: bytes, path: Path, staging: Path) -> None:
    """Write a file such that it is complete or does not exist, even after a power failure.

    Args:
        content: Its bytes.
        path: The file. If it exists, it is replaced.
        staging: Directory on the same file system for the unfinished file.

    Raises:
        OSError: It cannot be written; the error names the file.
    """
    # The name has the process: a worker of a driver that was killed may still be writing.
    unfinished = staging / f"{path.name}.{os.getpid()}.partial"
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        _sync_directory(path.parent)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error


def _sync_directory(directory: Path) -> None:
    """Write the names in a directory to the disk; Windows cannot and need not."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _parquet(
    rows: Sequence[tuple[object, ...]],
    kept: Sequence[KeptColumn],
    names: Sequence[str],
    *,
    explain: bool,
) -> bytes:
    import pyarrow as pa  # noqa: PLC0415  # the other formats do not need it
    import pyarrow.parquet as pq  # noqa: PLC0415

    fields = [pa.field(column.written, column.type or pa.string()) for column in kept]
    schema = pa.schema([*fields, *score_fields(explain=explain)])
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    arrays = [
        pa.array([_as_text(v) for v in values] if place < len(kept) and kept[place].type is None
                 else values, field.type)
        for place, (values, field) in enumerate(zip(columns, schema, strict=True))
    ]  # fmt: skip
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(arrays, schema=schema), sink)
    return sink.getvalue().to_pybytes()


def score_fields(*, explain: bool) -> Iterator[Any]:
    """Yield the Arrow fields of the columns after the kept ones."""
    import pyarrow as pa  # noqa: PLC0415

    types = {"score": pa.float64(), "probability_positive": pa.float64(), "coverage": pa.float64()}
    types |= {"undecided": pa.bool_()}
    for name in SCORE_COLUMNS:
        yield pa.field(name, types.get(name, pa.string()))
    if explain:
        word = pa.struct([("word", pa.string()), ("attribution", pa.float64())])
        yield pa.field(EXPLAIN_COLUMNS[0], pa.list_(word))
        yield pa.field(EXPLAIN_COLUMNS[1], pa.string())


def _csv(rows: Sequence[tuple[object, ...]], names: Sequence[str]) -> bytes:
    return csv_lines([names, *rows]).encode()


def _as_text(value: object) -> str | None:
    """Return a value as a string: numbers and dates as usual, lists and objects as JSON."""
    if value is None:
        return None
    if isinstance(value, str):
        return _valid(value)
    if isinstance(value, bool | list | dict):
        return _json(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


def _json(value: object) -> str:
    """Return a value as JSON, with null for NaN and infinity."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_as_text)
    except ValueError:
        return json.dumps(_finite(value), ensure_ascii=False, allow_nan=False, default=_as_text)


def _finite(value: object) -> object:
    """Return a value with None for each NaN and infinity in it."""
    if isinstance(value, dict):
        return {name: _finite(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _valid(text: str) -> str:
    """Replace lone surrogates, which are the bytes that were invalid in the input's encoding."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
