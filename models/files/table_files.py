"""Parquet, Arrow and Excel files, and data frames in memory."""

import json
import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from gatewise.models.errors import DataError
from gatewise.models.files.raw_table import BadRow, RawTable, Row, cannot_be_read

# The types of pandas and `datasets`, which reading a file does not need.
DataFrame: TypeAlias = Any
Dataset: TypeAlias = Any

log = logging.getLogger(__name__)


def parquet_table(path: Path) -> RawTable:
    """Return the table of a Parquet file. Only the requested columns are decoded.

    Raises:
        DataError: The file is not Parquet.
    """
    try:
        file = pq.ParquetFile(path)
        schema = file.schema_arrow
    except (pa.ArrowException, OSError) as error:
        raise cannot_be_read(path.name, error) from error

    def read(chosen: Sequence[str]) -> Iterator[Row | BadRow]:
        try:
            yield from _rows_of(file.iter_batches(columns=list(chosen)), chosen)
        except (pa.ArrowException, OSError) as error:
            raise cannot_be_read(path.name, error) from error

    return RawTable(path.name, "row", tuple(schema.names), read, _class_names(schema))


def arrow_table(path: Path) -> RawTable:
    """Return the table of an Arrow file: the IPC file (Feather) or stream format.

    Raises:
        DataError: The file has neither format.
    """
    try:
        with pa.memory_map(str(path)) as source:
            table = _read_ipc(source)
    except (pa.ArrowException, OSError) as error:
        raise cannot_be_read(path.name, error) from error
    return _in_memory(table, path.name)


def excel_table(path: Path) -> RawTable:
    """Return the table of the first sheet of an Excel file, whose first row names the columns.

    Raises:
        DataError: The file is not an Excel file, or its first sheet is empty.
    """
    from openpyxl import load_workbook  # noqa: PLC0415  # only these files need it

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = list(sheet.iter_rows(values_only=True))
    except Exception as error:  # the errors of ZIP, of XML and of its own
        raise cannot_be_read(path.name, error) from error
    if len(book.worksheets) > 1:
        log.info("%s: the first of %d sheets is read", path.name, len(book.worksheets))
    book.close()
    if not rows:
        raise DataError(f"{path.name} is empty.")
    header = [str(cell).strip() if cell is not None else "" for cell in rows[0]]

    def read(chosen: Sequence[str]) -> Iterator[Row | BadRow]:
        positions = [header.index(column) for column in chosen]
        for number, row in enumerate(rows[1:], start=2):
            if any(cell is not None for cell in row):
                cells = [*row, *[None] * (len(header) - len(row))]  # a short row has no last cells
                yield Row(number, tuple(cells[position] for position in positions))

    columns = tuple(column for column in header if column)
    return RawTable(path.name, "row", columns, read, numbers_are_texts=True)


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


def _read_ipc(source: pa.NativeFile) -> pa.Table:
    try:
        return pa.ipc.open_file(source).read_all()
    except pa.ArrowInvalid:
        source.seek(0)
        return pa.ipc.open_stream(source).read_all()


def _in_memory(table: pa.Table, name: str) -> RawTable:
    def read(chosen: Sequence[str]) -> Iterator[Row | BadRow]:
        return _rows_of(table.select(list(chosen)).to_batches(), chosen)

    return RawTable(name, "row", tuple(table.column_names), read, _class_names(table.schema))


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
