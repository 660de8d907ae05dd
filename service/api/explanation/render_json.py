"""Renders the record of an explanation as JSON."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import numpy as np
from jaxtyping import Float64
from pydantic_core import to_json

from gatewise.service.api.schemas.explanation import (
    ExplanationRecord,
    IntervenedRecord,
    UnitValues,
)


def explanation_json(record: ExplanationRecord) -> bytes:
    """Return the JSON of a record. With many units it takes long: call it in a worker thread."""
    return _object(record)


def _object(record: ExplanationRecord | IntervenedRecord | UnitValues) -> bytes:
    return b"{" + b",".join(_members(record)) + b"}"


def _members(record: ExplanationRecord | IntervenedRecord | UnitValues) -> Iterator[bytes]:
    for field in fields(record):
        yield f'"{field.name}":'.encode() + _value(getattr(record, field.name))


def _value(value: Any) -> bytes:
    if isinstance(value, IntervenedRecord | UnitValues):
        return _object(value)
    return _matrix(value) if isinstance(value, np.ndarray) else to_json(value)


def _matrix(values: Float64[np.ndarray, "T U"]) -> bytes:
    """Render row by row.

    Rendered at once, millions of numbers would hold the lock of the interpreter, and thereby delay
    all other requests, for a third of a second.
    """
    return b"[" + b",".join(to_json(row.tolist()) for row in values) + b"]"
