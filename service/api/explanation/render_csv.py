"""Renders the record of an explanation as CSV: one row for each token.

A column is named after its field in the JSON, where nested names are joined by dots. Numbers have
all their digits.

Spreadsheets execute cells that begin with `=`, `+`, `-` or `@` as formulas. Hardly any token does
and has more than this character: the text `=cmd()` is `=`, `cmd`, `(` and `)`. Emoticons such as
`=D` do: they are written with an apostrophe in front, which spreadsheets do not show.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from gatewise.service.api.schemas.explanation import ExplanationRecord, UnitValues

# Fields of a token that are the same in the run with interventions.
_SAME_IN_BOTH_RUNS = frozenset({"text", "start", "end", "known", "read_as"})


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
        if name == "text":
            yield prefix + name, without_formula(value)
        elif name == "read_as":  # None where a token was read as it is spelled
            yield prefix + name, value or ""
        elif isinstance(value, dict):
            yield from _cells(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            yield prefix + name, " ".join(value)
        elif value is not None:
            yield prefix + name, str(value).lower() if isinstance(value, bool) else value


def without_formula(token: str) -> str:
    """Return a token as a cell that no spreadsheet executes."""
    return f"'{token}" if len(token) > 1 and token[0] in "=+-@\t\r" else token


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
