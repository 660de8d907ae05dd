"""Renders the record of an explanation as CSV: one row for each token.

A column is named after its field in the JSON, where nested names are joined by dots. Numbers have
all their digits.

Spreadsheets execute cells that begin with `=`, `+`, `-` or `@` as formulas. No cell here can be a
formula, because a token is a word, a number or a single character (see models/tokenizer.py): the
text `=cmd()` is `=`, `cmd`, `(` and `)`. Tokens are therefore written unchanged, without a quote
in front.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from gatewise.service.api.schemas.explanation import ExplanationRecord, UnitValues

# Fields of a token that are the same in the run with interventions.
_SAME_IN_BOTH_RUNS = frozenset({"text", "start", "end", "known"})


def explanation_csv(record: ExplanationRecord) -> str:
    """Return the CSV of a record."""
    rows = [dict(_row(record, position)) for position in range(len(record.tokens))]
    table = io.StringIO()
    writer = csv.DictWriter(table, rows[0], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return table.getvalue()


def _row(record: ExplanationRecord, position: int) -> Iterator[tuple[str, Any]]:
    yield "token", position
    yield from _cells(record.tokens[position], "")
    yield from _unit_cells(record.units, position, "")
    if run := record.intervened:
        values = {k: v for k, v in run.tokens[position].items() if k not in _SAME_IN_BOTH_RUNS}
        yield from _cells(values, "intervened.")
        yield from _unit_cells(run.units, position, "intervened.")


def _cells(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """Flatten nested fields. A field that is None was not requested and has no column."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _cells(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            yield prefix + name, " ".join(value)
        elif value is not None:
            yield prefix + name, str(value).lower() if isinstance(value, bool) else value


def _unit_cells(
    units: UnitValues | None, position: int, prefix: str
) -> Iterator[tuple[str, float]]:
    if units is None:
        return
    arrays = {
        "reset": units.reset,
        "update": units.update,
        "candidate": units.candidate,
        "hidden": units.hidden,
    }
    for name, values in arrays.items():
        for unit, value in zip(units.ids, values[position].tolist(), strict=True):
            yield f"{prefix}units.{unit}.{name}", value
