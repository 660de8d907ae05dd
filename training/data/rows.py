"""Turns the rows of a source into a data set with the columns text, label and source."""

import logging
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa
from datasets import Dataset

from gatewise.models.errors import DataError, InvalidTextError
from gatewise.models.files.columns import ChosenColumns, choose_columns
from gatewise.models.files.raw_table import BadRow, RawTable
from gatewise.models.files.read_options import LEFT_OUT, ReadOptions
from gatewise.models.text.readable import check_readable
from gatewise.training.data.labels import LabelReader, UnknownLabelError, describe_labels

log = logging.getLogger(__name__)

# How Python decodes a byte that is not valid in the encoding of a file: U+DC00 plus the byte.
_FIRST_BYTE = 0xDC00
_DAMAGED = re.compile("[\udc80-\udcff]")
_SHOWN = 3  # bad rows in a message
_MOST_SOURCES = 50  # a column `source` with more values does not name sources
# An unknown label in at least so many rows, and in this share, is a class and not a mistake.
_CLASS_ROWS, _CLASS_SHARE = 5, 0.02


class _Rows:
    """The rows of a source that were read so far."""

    def __init__(self, labels: LabelReader, *, numbers_are_texts: bool) -> None:
        """Start without rows.

        Args:
            labels: Reads the labels.
            numbers_are_texts: Whether a number may stand for a text.
        """
        self.texts: list[str] = []
        self.labels: list[int] = []
        self.sources: list[str] = []
        self.bad: list[BadRow] = []
        self.known: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self.left_out = 0
        self._reader = labels
        self._numbers_are_texts = numbers_are_texts

    def add(self, number: int, *, text: object, label: object, source: object) -> None:
        """Add one row, to the bad ones if it cannot be read."""
        written = self._reader.written(label)
        try:
            target = self._reader.read(label)
        except UnknownLabelError as error:
            self.unknown[written] += 1
            self.bad.append(BadRow(number, str(error)))
            return
        self.known[written] += 1
        if target == LEFT_OUT:
            self.left_out += 1
            return
        try:
            readable = _readable(text, numbers_are_texts=self._numbers_are_texts)
        except (InvalidTextError, TypeError) as error:
            self.bad.append(BadRow(number, str(error)))
            return
        self.texts.append(readable)
        self.labels.append(target)
        self.sources.append("" if source is None else str(source))


def build_dataset(
    table: RawTable,
    options: ReadOptions,
    *,
    source: str,
    labelled: bool = True,
    by: str | None = None,
) -> Dataset:
    """Read all rows of a source.

    Args:
        table: The source.
        options: Its columns and labels, and what to do with rows that cannot be read.
        source: The source of rows that name none.
        labelled: Whether a column of labels is required.
        by: Name of the column whose values are the sources. By default `source`, if there is one.

    Returns:
        Texts, labels (0, 1 or -1 for none) and sources, in order. Rows whose label is left out by
        the options are not among them.

    Raises:
        DataError: A column is missing, its labels are not the two known ones, a row cannot be read
            and the options do not skip it, or no row remains.
    """
    columns = choose_columns(table, options, labelled=labelled)
    if by is not None:
        if by not in table.columns:
            raise DataError(f"{table.name} has no column {by}; it has {', '.join(table.columns)}.")
        columns = replace(columns, source=by)
    rows = _read(table, columns, options)
    _check_labels(rows, table, columns, options)
    _report_bad_rows(rows, table, options)
    if not rows.texts:
        raise DataError(f"{table.name} has no text that can be used.")
    if rows.left_out:
        log.info("%s: %s rows are left out by their label", table.name, f"{rows.left_out:,}")
    data = pa.table(
        {
            "text": pa.array(rows.texts, pa.string()),
            "label": pa.array(rows.labels, pa.int64()),
            "source": pa.array(
                _sources(
                    rows.sources, source, table.name, most=_MOST_SOURCES if by is None else None
                ),
                pa.string(),
            ),
        }
    )
    return Dataset(data)


def _read(table: RawTable, columns: ChosenColumns, options: ReadOptions) -> _Rows:
    names = columns.names
    class_names = table.class_names.get(columns.label) if columns.label is not None else None
    labels = LabelReader(options, class_names)
    rows = _Rows(labels, numbers_are_texts=table.numbers_are_texts)
    for row in table.read(names):
        if isinstance(row, BadRow):
            rows.bad.append(row)
            continue
        values: dict[str | None, object] = dict(zip(names, row.values, strict=True))
        rows.add(
            row.number,
            text=values[columns.text],
            label=values.get(columns.label),
            source=values.get(columns.source),
        )
    return rows


def _readable(text: object, *, numbers_are_texts: bool) -> str:
    """Return a text that can be tokenized.

    Raises:
        InvalidTextError: It is empty, or has characters that are not valid.
        TypeError: It is not a string.
    """
    if numbers_are_texts and isinstance(text, int | float) and not isinstance(text, bool):
        text = str(text)
    if text is not None and not isinstance(text, str):
        raise TypeError(f"{text!r} is not a string. Put it in quotes.")
    written = str(text or "")
    try:
        check_readable(written)
    except InvalidTextError as error:
        if damaged := _DAMAGED.search(written):
            raise InvalidTextError(
                f"the byte 0x{ord(damaged[0]) - _FIRST_BYTE:02X} is not valid in the encoding of "
                "the file. Pass its --encoding."
            ) from error
        raise
    return written


def _check_labels(
    rows: _Rows, table: RawTable, columns: ChosenColumns, options: ReadOptions
) -> None:
    """Raise an error if the labels are not the two known ones.

    A label that is wrong in a few rows only is a bad row instead.
    """
    counts = rows.known + rows.unknown
    counts.pop("", None)
    total = counts.total()
    classes = [
        label
        for label, count in rows.unknown.items()
        if count >= max(_CLASS_ROWS, _CLASS_SHARE * total)
    ]
    # Many different values, each of them rare, are no labels at all.
    if classes or rows.unknown.total() > max(_CLASS_ROWS, total / 2):
        raise DataError(describe_labels(counts, table.name, str(columns.label)))
    plain = options.label_map is None and options.stars is None
    if plain and {"-1", "1"} <= counts.keys() and 0 not in rows.labels:
        raise DataError(
            f"{table.name}: the column {columns.label} has the labels 1 and -1 and no 0, and -1 "
            'means unlabelled. If it is negative, pass --label-map "-1=0,1=1"; if not, pass '
            '--label-map "1=1,0=0,-1=-1".'
        )


def _report_bad_rows(rows: _Rows, table: RawTable, options: ReadOptions) -> None:
    """Log the rows that cannot be read if the options skip them.

    Raises:
        DataError: There are such rows, and the options do not skip them.
    """
    if not rows.bad:
        return
    total = len(rows.bad) + len(rows.texts) + rows.left_out
    if options.on_bad_row == "skip":
        for row in rows.bad[:_SHOWN]:
            log.warning("%s, %s %d is skipped: %s", table.name, table.unit, row.number, row.reason)
        log.warning("%s: %d of %d rows are skipped", table.name, len(rows.bad), total)
        return
    first, *others = rows.bad
    message = f"{table.name}, {table.unit} {first.number:,}: {first.reason.removesuffix('.')}."
    if others:
        places = ", ".join(f"{row.number:,}" for row in others[:_SHOWN])
        more = "…" if len(others) > _SHOWN else ""
        message += f" {len(others):,} more cannot be read: {table.unit} {places}{more}."
    raise DataError(f"{message} --on-bad-row skip leaves out {len(rows.bad):,} of {total:,} rows.")


def _sources(given: Sequence[str], default: str, name: str, *, most: int | None) -> list[str]:
    """Return the source of every row: the one that is given, or the default.

    More than `most` different values do not name sources.
    """
    if most is not None and len(set(given)) > most:
        log.info("%s: the column source has too many values to name sources; not used", name)
        return [default] * len(given)
    return [source or default for source in given]
