"""Finds the columns of a source; where one is missing, proposes those that were probably meant."""

from collections.abc import Sequence
from dataclasses import dataclass

from gatewise.models.errors import DataError
from gatewise.models.files.raw_table import RawTable
from gatewise.models.files.read_options import ReadOptions

_TEXT_NAMES = (
    "text", "review", "reviewtext", "reviewbody", "content", "comment", "comments", "sentence",
    "body", "message", "tweet", "feedback", "document", "phrase", "description",
)  # fmt: skip
_LABEL_NAMES = ("label", "labels", "sentiment", "polarity", "class", "target", "category", "y")
_RATING_NAMES = ("stars", "star", "rating", "ratings", "starrating", "score", "overall")
_DELIMITERS = {";": '";"', "\t": "tab", "|": '"|"'}
_LONGEST_NAME = 40  # a file without a header has texts in their place


@dataclass(frozen=True)
class ChosenColumns:
    """The names of the columns to read. Without labels or sources, their name is None."""

    text: str
    label: str | None
    source: str | None

    @property
    def names(self) -> list[str]:
        """The columns that exist, each once."""
        return list(dict.fromkeys(name for name in vars(self).values() if name is not None))


def choose_columns(table: RawTable, options: ReadOptions, *, labelled: bool) -> ChosenColumns:
    """Choose the columns of a source.

    Args:
        table: The source.
        options: The names of the columns of texts and labels.
        labelled: Whether a column of labels is required.

    Raises:
        DataError: A column is missing or exists twice. The message proposes options.
    """
    required = [options.text_column, *([options.label_column] if labelled else [])]
    missing = [name for name in required if name not in table.columns]
    if missing:
        raise DataError(_describe_missing(missing, table, options))
    has_source = "source" in table.columns and "source" not in required
    chosen = ChosenColumns(
        text=options.text_column,
        label=options.label_column if options.label_column in table.columns else None,
        source="source" if has_source else None,
    )
    for name in chosen.names:
        if table.columns.count(name) > 1:
            raise DataError(f"{table.name} has two columns {name}. Rename one of them.")
    return chosen


def _describe_missing(missing: Sequence[str], table: RawTable, options: ReadOptions) -> str:
    shown = ", ".join(_shortened(name) for name in table.columns)
    message = f"{table.name} has no column {' or '.join(missing)}; it has {shown}."
    if len(table.columns) == 1:
        for delimiter, written in _DELIMITERS.items():
            if delimiter in table.columns[0]:
                return f"{message} Its fields seem to be separated otherwise: --delimiter {written}"
    proposals = []
    if options.text_column in missing:
        proposals += _propose("--text-column", _TEXT_NAMES, table.columns)
    if options.label_column in missing:
        labels = _propose("--label-column", _LABEL_NAMES, table.columns)
        ratings = _propose("--label-column", _RATING_NAMES, table.columns)
        proposals += labels or [f"{option} --stars 5" for option in ratings]
    if proposals:
        return f"{message} Perhaps you mean {' '.join(proposals)}"
    return f"{message} Name yours with --{' and --'.join(_options(missing, options))}."


def _options(missing: Sequence[str], options: ReadOptions) -> list[str]:
    names = {options.text_column: "text-column", options.label_column: "label-column"}
    return [names[name] for name in missing]


def _propose(option: str, known: Sequence[str], columns: Sequence[str]) -> list[str]:
    """Return the option with the column whose name is the earliest of the known ones, if any."""
    plain = {_plain(column): column for column in reversed(columns)}
    return next(([f"{option} {_quoted(plain[name])}"] for name in known if name in plain), [])


def _plain(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
