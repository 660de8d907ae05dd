"""The docstrings of fields are their descriptions."""

from dataclasses import dataclass
from typing import Annotated

import pytest
from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from gatewise.service.api.schemas.described import described


@dataclass(frozen=True)
@described
class Record:
    """A record."""

    count: Annotated[int, Field(ge=1)]
    """How many there are,
    at least one.
    """
    name: str
    other: str = ""
    """Another name."""


@described
class Row(TypedDict):
    """A row."""

    count: Annotated[int, Field(ge=1)]
    """How many there are,
    at least one.
    """
    name: str


@pytest.mark.parametrize("kind", [Record, Row])
def test_a_docstring_is_the_description_of_the_field_above(kind: type) -> None:
    fields = TypeAdapter(kind).json_schema()["properties"]
    assert fields["count"]["description"] == "How many there are,\nat least one."


@pytest.mark.parametrize("kind", [Record, Row])
def test_a_field_without_a_docstring_has_no_description(kind: type) -> None:
    assert "description" not in TypeAdapter(kind).json_schema()["properties"]["name"]


@pytest.mark.parametrize("kind", [Record, Row])
def test_constraints_of_a_field_remain(kind: type) -> None:
    assert TypeAdapter(kind).json_schema()["properties"]["count"]["minimum"] == 1


def test_a_default_of_a_field_remains() -> None:
    assert Record(1, "a").other == ""
