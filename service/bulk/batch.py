"""Scores one Arrow batch; pandas, Polars and DuckDB can call it on each of theirs."""

from functools import lru_cache

import pyarrow as pa

from gatewise.models.errors import DataError
from gatewise.models.predictor import Predictor
from gatewise.service.bulk.job import MAX_TOKENS
from gatewise.service.bulk.output import score_fields, score_values
from gatewise.service.bulk.parts import read_text_value
from gatewise.service.bulk.scoring import Scorer


def score_batch(
    batch: pa.RecordBatch, *, text: str = "text", model: str | None = None
) -> pa.RecordBatch:
    """Score the texts of a record batch.

    The model is loaded at the first call in a process, and scores with one thread: the engine
    decides how many processes there are.

    Args:
        batch: The batch; it is not changed.
        text: Name of the column of texts.
        model: Directory, release name or Hub id of the model; by default the default release.

    Returns:
        The columns of the batch, then `label`, `score`, `probability_positive`, `undecided`,
        `coverage`, `warning` and `error`. A row without a text that can be scored has an error
        and no other score.

    Raises:
        DataError: There is not exactly one such column, or one of the names above is taken.
        ArtifactError: The model cannot be loaded.
    """
    fields = list(score_fields(explain=False))
    if (columns_of_text := batch.schema.names.count(text)) != 1:
        count = "several columns" if columns_of_text else "no column"
        raise DataError(
            f"The batch has {count} {text}; it has {', '.join(batch.schema.names)}. Pass text=…"
        )
    if taken := {field.name for field in fields} & set(batch.schema.names):
        raise DataError(
            f"The batch has a column {sorted(taken)[0]} already. Drop or rename it before."
        )
    cells = list(map(_read_cell, batch.column(text)))
    scored = _scorer(model).score([cell[0] for cell in cells], [cell[1] for cell in cells])
    rows = [score_values(outcome, explain=False) for outcome in scored]
    columns = zip(*rows, strict=True) if rows else [()] * len(fields)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, fields, strict=True)]
    schema = pa.schema([*batch.schema, *fields], metadata=batch.schema.metadata)
    return pa.RecordBatch.from_arrays([*batch.columns, *arrays], schema=schema)


def _read_cell(cell: pa.Scalar) -> tuple[str | None, str | None]:
    """Return the text of a cell, or None and the reason why it has none."""
    try:
        return read_text_value(cell.as_py(), has_encoding=False)
    except UnicodeDecodeError:
        return None, "The text is not valid UTF-8."


@lru_cache(maxsize=1)
def _scorer(model: str | None) -> Scorer:
    return Scorer(Predictor.load(model, threads=1), max_tokens=MAX_TOKENS)
