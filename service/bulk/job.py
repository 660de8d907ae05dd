"""What a run of `gatewise score` does, as its workers need to know it."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from gatewise.models.gru.precision import Precision

OutputFormat = Literal["parquet", "csv", "jsonl"]
OnBadRow = Literal["error", "stop"]

MAX_TOKENS = 20_000  # as the service
# Columns of every output, after those that are kept.
SCORE_COLUMNS = (
    "label", "score", "probability_positive", "undecided", "coverage", "warning", "error",
)  # fmt: skip
EXPLAIN_COLUMNS = ("top_words", "turning_word")


@dataclass(frozen=True)
class ScoreOptions:
    """The options that decide about the content of the output.

    Attributes:
        text_column: Name of the column of texts.
        keep: Names of the input columns that are copied to the output.
        delimiter: Separator of the fields of delimited text; by default that of the format.
        encoding: Encoding of text files; by default UTF-8, or detected.
        format: Format of the output.
        explain: Whether the words of largest absolute attribution are written, and the word at
            which the running prediction settled.
        summary: Whether the contributions of words are summed up.
        by: Name of the column by whose values the summary is divided.
        max_tokens: Largest number of tokens of a text. A longer one is an error in its row.
        part_rows: Rows of a part; by default they depend on the size of the input.
        precision: Arithmetic of the recurrence; by default that of the model.
    """

    text_column: str = "text"
    keep: tuple[str, ...] = ()
    delimiter: str | None = None
    encoding: str | None = None
    format: OutputFormat = "parquet"
    explain: bool = False
    summary: bool = False
    by: str | None = None
    max_tokens: int = MAX_TOKENS
    part_rows: int | None = None
    precision: Precision | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the options as JSON."""
        return {**asdict(self), "keep": list(self.keep)}


@dataclass(frozen=True)
class KeptColumn:
    """An input column that is copied to the output.

    Attributes:
        name: Its name in the input.
        written: Its name in the output.
        type: Its Arrow type if all input files have the same simple one; else None, and the
            values are written as strings to Parquet.
    """

    name: str
    written: str
    type: Any


@dataclass(frozen=True)
class Job:
    """Everything that a worker needs besides the parts. It can be pickled.

    Attributes:
        out: Directory of the output.
        model: Directory of the model.
        options: The options.
        kept: The input columns that are copied.
        on_bad_row: Whether a row that cannot be scored is written with its error, or ends the run.
    """

    out: Path
    model: Path
    options: ScoreOptions
    kept: tuple[KeptColumn, ...]
    on_bad_row: OnBadRow
