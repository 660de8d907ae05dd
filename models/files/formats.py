"""The file formats that can be read, by the end of the file's name."""

from pathlib import Path, PurePath

from gatewise.models.errors import DataError
from gatewise.models.files.data_file import DataFile
from gatewise.models.files.delimited import delimited_table
from gatewise.models.files.json_files import json_lines_table, json_table
from gatewise.models.files.raw_table import RawTable
from gatewise.models.files.read_options import ReadOptions
from gatewise.models.files.table_files import arrow_table, excel_table, parquet_table
from gatewise.models.files.text_files import open_text_file

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


def is_data_file(path: PurePath) -> bool:
    """Return whether the name of a file is that of a known format, compressed or not."""
    return _format_of(path) is not None and path.name not in _NOT_DATA


def plain_stem(path: Path) -> str:
    """Return the name of a file without the end that names its format: `films` of films.csv.gz."""
    return Path(path.stem).stem if path.suffix.lower() == ".gz" else path.stem


def open_table(source: Path | DataFile, options: ReadOptions) -> RawTable:
    """Open a file as columns and rows. All formats but .json and .xlsx are read in pieces.

    Args:
        source: The file.
        options: Its delimiter and encoding, if they are not the usual ones.

    Raises:
        DataError: There is no such file, its format is unknown, or it cannot be read.
    """
    kind = _format_of(source)
    if kind is None:
        raise DataError(
            f"{source.name}: expected one of {', '.join(FORMATS)}; of those, "
            f"{', '.join(_TEXT)} may end in .gz."
        )
    file = DataFile.at(source) if isinstance(source, Path) else source
    if kind in _TABLES:
        return _TABLES[kind](file)
    text = open_text_file(file, encoding=options.encoding)
    if kind in _JSON:
        return _JSON[kind](text)
    return delimited_table(text, delimiter=options.delimiter or _DELIMITERS[kind])


def _format_of(source: PurePath | DataFile) -> str | None:
    suffix = source.suffix.lower()
    if suffix == ".gz":
        inner = PurePath(PurePath(source.name).stem).suffix.lower()
        return inner if inner in _TEXT else None
    return suffix if suffix in FORMATS else None
