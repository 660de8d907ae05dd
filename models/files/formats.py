"""The file formats that can be read, by the end of the file's name."""

from pathlib import Path

from gatewise.models.errors import DataError
from gatewise.models.files.delimited import delimited_table
from gatewise.models.files.json_files import json_lines_table, json_table
from gatewise.models.files.raw_table import RawTable
from gatewise.models.files.read_options import ReadOptions
from gatewise.models.files.table_files import arrow_table, excel_table, parquet_table
from gatewise.models.files.text_files import read_text_file

_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_JSON = {".jsonl": json_lines_table, ".ndjson": json_lines_table, ".json": json_table}
_TABLES = {
    ".parquet": parquet_table,
    ".arrow": arrow_table,
    ".feather": arrow_table,
    ".xlsx": excel_table,
}
_TEXT = (*_DELIMITERS, *_JSON)
FORMATS = (*_TEXT, *_TABLES)
# What `datasets` writes beside the data of `save_to_disk`.
_NOT_DATA = {"dataset_info.json", "state.json", "dataset_dict.json"}


def is_data_file(path: Path) -> bool:
    """Return whether the name of a file is that of a known format, compressed or not."""
    return _format_of(path) is not None and path.name not in _NOT_DATA


def plain_stem(path: Path) -> str:
    """Return the name of a file without the end that names its format: `films` of films.csv.gz."""
    return Path(path.stem).stem if path.suffix.lower() == ".gz" else path.stem


def open_table(path: Path, options: ReadOptions) -> RawTable:
    """Open a file as columns and rows.

    Args:
        path: The file.
        options: Its delimiter and encoding, if they are not the usual ones.

    Raises:
        DataError: There is no such file, its format is unknown, or it cannot be read.
    """
    kind = _format_of(path)
    if kind is None:
        raise DataError(
            f"{path.name}: expected one of {', '.join(FORMATS)}; of those, "
            f"{', '.join(_TEXT)} may end in .gz."
        )
    if not path.is_file():
        raise DataError(f"There is no file {path}.")
    if kind in _TABLES:
        return _TABLES[kind](path)
    text = read_text_file(path, encoding=options.encoding)
    if kind in _JSON:
        return _JSON[kind](text, name=path.name)
    delimiter = options.delimiter or _DELIMITERS[kind]
    return delimited_table(text, name=path.name, delimiter=delimiter)


def _format_of(path: Path) -> str | None:
    suffix = path.suffix.lower()
    if suffix == ".gz":
        inner = Path(path.stem).suffix.lower()
        return inner if inner in _TEXT else None
    return suffix if suffix in FORMATS else None
