"""An explanation in another format, made of its JSON: nothing is computed anew or rounded.

A token is a word, a number or a single character (see models/tokenizer.py), so no cell of the CSV
can hold a formula: `=cmd()` comes as `=`, `cmd`, `(` and `)`. Words are therefore written as they
are, without the apostrophe by which some exports spoil them.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.responses import Response

from service.explain_schemas import Format
from service.standalone import POLICY, standalone_html

# What a held run would only repeat of the plain one.
_SAME_WHEN_HELD = frozenset({"text", "start", "end", "known"})
_UNIT_ARRAYS = ("reset", "update", "candidate", "hidden")


def export(explanation: bytes, form: Format) -> Response:
    """Answer an explanation, given as JSON, in the format asked for."""
    if form == "csv":
        content = explanation_csv(json.loads(explanation))
        return Response(content, media_type="text/csv", headers=_named("attachment", form))
    if form == "html":
        content = standalone_html(json.loads(explanation))
        headers = {**_named("inline", form), "content-security-policy": POLICY}
        return Response(content, media_type="text/html", headers=headers)
    return Response(explanation, media_type="application/json")


def explanation_csv(explanation: Mapping[str, Any]) -> str:
    """Write one row a token. Columns are named by their path in the JSON, joined by dots."""
    rows = [dict(_row(explanation, place)) for place in range(len(explanation["tokens"]))]
    table = io.StringIO()
    writer = csv.DictWriter(table, rows[0], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return table.getvalue()


def _row(explanation: Mapping[str, Any], place: int) -> Iterator[tuple[str, Any]]:
    held = explanation["held"]
    yield "token", place
    yield from _cells(explanation["tokens"][place], "")
    yield from _unit_cells(explanation["units"], place, "")
    if held:
        changed = {n: v for n, v in held["tokens"][place].items() if n not in _SAME_WHEN_HELD}
        yield from _cells(changed, "held.")
        yield from _unit_cells(held["units"], place, "held.")


def _cells(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """Flatten nested members; what was not asked for is null, and has no column."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _cells(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            yield prefix + name, " ".join(value)
        elif value is not None:
            yield prefix + name, str(value).lower() if isinstance(value, bool) else value


def _unit_cells(
    units: Mapping[str, Any] | None, place: int, prefix: str
) -> Iterator[tuple[str, float]]:
    if units:
        for array in _UNIT_ARRAYS:
            for unit, value in zip(units["ids"], units[array][place], strict=True):
                yield f"{prefix}units.{unit}.{array}", value


def _named(disposition: str, form: Format) -> dict[str, str]:
    return {"content-disposition": f'{disposition}; filename="explanation.{form}"'}
