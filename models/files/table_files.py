"""Parquet, Arrow and Excel files, and data frames in memory."""

import json
import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from gatewise.models.errors import DataError
from gatewise.models.files.data_file import DataFile
from gatewise.models.files.raw_table import BadRow, RawTable, Row, cannot_be_read

# The types of pandas and `datasets`, which reading a file does not need.
DataFrame: TypeAlias = Any
Dataset: TypeAlias = Any

log = logging.getLogger(__name__)

_BATCH = 1024  # rows of a Parquet file that are in memory at once


def parquet_table(file: DataFile) -> RawTable:
    """Return the table of a Parquet file. Only the requested columns are decoded.

    Raises:
        DataError: The file is not Parquet.
    """
    with _readable(file) as source:
        table = pq.ParquetFile(source)
        schema, rows = table.schema_arrow, table.metadata.num_rows

    def read(chosen: Sequence[str]) -> Iterator[Row | BadRow]:
        with _readable(file) as source:
            # Not pre-buffered: a whole row group would be held in memory.
            batches = pq.ParquetFile(source, pre_buffer=False).iter_batches(
                _BATCH, columns=list(chosen)
            )
            yield from _rows_of(batches, chosen)

    return RawTable(
        file.name, "row", tuple(schema.names), read, _class_names(schema), count=rows, types=schema
    )


def arrow_table(file: DataFile) -> RawTable:
    """Return the table of an Arrow file: the IPC file (Feather) or stream format.

    Raises:
        DataError: The file has neither format.
    """
    with _readable(file) as source:
        schema, _ = _open_ipc(source)

    def read(chosen: Sequence[str]) -> Iterator[Row | BadRow]:
        with _readable(file) as source:
            yield from _rows_of(_open_ipc(source)[1], chosen)

    return RawTable(file.name, "row", tuple(schema.names), read, _class_names(schema), types=schema)


def excel_table(file: DataFile) -> RawTable:
    """Return the table of the first sheet of an Excel file, whose first row names the columns.

    Raises:
        DataError: The file is not an Excel file, or its first sheet is empty.
    """
    from openpyxl import load_workbook  # noqa: PLC0415  # only these files need it

    try:
        with file.open() as source:
            book = load_workbook(source, read_only=True, data_only=True)
            sheet = book.worksheets[0]
            rows = list(sheet.iter_rows(values_only=True))
    except Exception as error:  # the errors of ZIP, of XML and of its own
        raise cannot_be_read(file.name, error) from error
    if len(book.worksheets) > 1:
        log.info("%s: the first of %d sheets is read", file.name, len(book.worksheets))
    book.close()
    if not rows:
        raise DataError(f"{file.name} is empty.")
    header = [str(cell).strip() if cell is not None else "" for cell in rows[0]]

    def read(chosen: Sequence[str]) -> Iterator[Row | BadRow]:
        positions = [header.index(column) for column in chosen]
        for number, row in enumerate(rows[1:], start=2):
            if any(cell is not None for cell in row):
                cells = [*row, *[None] * (len(header) - len(row))]  # a short row has no last cells
                yield Row(number, tuple(cells[position] for position in positions))

    columns = tuple(column for column in header if column)
    return RawTable(file.name, "row", columns, read, numbers_are_texts=True, count=len(rows) - 1)


def dataset_table(dataset: Dataset, name: str) -> RawTable:
    """Return the table of a data set of the library `datasets`."""

    def read(chosen: Sequence[str]) -> Iterator[Row | BadRow]:
        values = dataset.select_columns(list(chosen)).with_format(None)
        number = 0
        for batch in values.iter(1000):
            for row in zip(*(batch[column] for column in chosen), strict=True):
                number += 1
                yield Row(number, tuple(map(_present, row)))

    features = dataset.features.to_dict()
    return RawTable(name, "row", tuple(dataset.column_names), read, _names_of(features))


def frame_table(frame: DataFrame, name: str) -> RawTable:
    """Return the table of a pandas data frame."""
    columns = {str(column): column for column in frame.columns}

    def read(chosen: Sequence[str]) -> Iterator[Row | BadRow]:
        values = [frame[columns[column]].tolist() for column in chosen]
        for number, row in enumerate(zip(*values, strict=True), start=1):
            yield Row(number, tuple(map(_present, row)))

    return RawTable(name, "row", tuple(columns), read)


@contextmanager
def _readable(file: DataFile) -> Iterator[BinaryIO]:
    """Open a file for PyArrow.

    Raises:
        DataError: PyArrow cannot read it.
    """
    try:
        with file.open() as source:
            yield source
    except (pa.ArrowException, OSError) as error:
        raise cannot_be_read(file.name, error) from error


def _open_ipc(source: Any) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """Return the schema of an IPC file or stream, and its batches, which are read one by one."""
    try:
        file = pa.ipc.open_file(source)
    except pa.ArrowInvalid:
        source.seek(0)
        stream = pa.ipc.open_stream(source)
        return stream.schema, iter(stream)
    return file.schema, map(file.get_batch, range(file.num_record_batches))


def _rows_of(batches: Any, chosen: Sequence[str]) -> Iterator[Row | BadRow]:
    number = 0
    for batch in batches:
        columns = [batch.column(column).to_pylist() for column in chosen]
        for values in zip(*columns, strict=True):
            number += 1
            yield Row(number, tuple(map(_present, values)))


def _class_names(schema: pa.Schema) -> Mapping[str, Sequence[str]]:
    """Return the names of labels that `datasets` stored as numbers, from its metadata."""
    try:
        features = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
        return _names_of(features)
    except (KeyError, TypeError, AttributeError, ValueError):  # there is none, or of another kind
        return {}


def _names_of(features: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Sequence[str]]:
    """Return the names of the labels of every column that has such."""
    return {
        column: feature["names"] for column, feature in features.items() if feature.get("names")
    }


def _present(value: object) -> object:
    """Return None for the missing values of pandas and Arrow: NaN, NaT and NA."""
    if isinstance(value, float):
        return None if math.isnan(value) else value
    return None if type(value).__name__ in {"NAType", "NaTType"} else value
