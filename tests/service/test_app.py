"""The OpenAPI document, and the application as a whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from models.errors import ArtifactMissingError
from service.app import create_app
from service.examples import EXAMPLES
from service.settings import Settings


@pytest.fixture(scope="module")
def document(client: httpx.Client) -> dict[str, Any]:
    """The OpenAPI document as it is served."""
    document: dict[str, Any] = client.get("/openapi.json").json()
    return document


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def test_every_error_is_documented_as_a_problem(document: dict[str, Any]) -> None:
    for operation in operations(document):
        for status, response in operation["responses"].items():
            if status >= "4":
                problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
                assert response["content"] == {"application/problem+json": problem}


def test_bounds_are_written_as_json_schema_knows_them(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    step = schemas["StepRequest"]["properties"]["step"]
    assert (step["type"], step["minimum"]) == ("integer", 0)
    unknown = {"ge", "gt", "le", "lt", "multiple_of", "min_length", "max_length"}
    assert not unknown & set(keywords(schemas))


def keywords(schema: Any) -> Iterator[str]:
    """Yield every key, at any depth."""
    inner = schema if isinstance(schema, list) else []
    if isinstance(schema, dict):
        yield from schema
        inner = list(schema.values())
    for value in inner:
        yield from keywords(value)


def test_every_operation_has_a_summary_and_a_description(document: dict[str, Any]) -> None:
    for operation in operations(document):
        assert operation["summary"]
        assert operation["description"]


def test_every_field_is_described_or_speaks_for_itself(document: dict[str, Any]) -> None:
    plain = {"name", "version", "model", "text", "convention", "title", "status", "label", "score"}
    plain |= {"bias", "min", "max", "mean", "reset", "update", "candidate", "hidden", "tokens"}
    plain |= {"ledger", "units", "contribution", "embedding", "vocabulary", "sizes", "limits"}
    plain |= {"labels", "conventions", "defaults", "top_units", "notation", "unusual", "token"}
    for schema in document["components"]["schemas"].values():
        for name, field in schema.get("properties", {}).items():
            assert "description" in field or name in plain, name


@pytest.mark.parametrize("path", ["/predict", "/explain"])
def test_the_examples_of_a_body_work(
    client: httpx.Client, document: dict[str, Any], path: str
) -> None:
    body = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    assert EXAMPLES[0].text in [
        example["value"].get("text") for example in body["examples"].values()
    ]
    for example in body["examples"].values():
        assert client.post(path, json=example["value"]).status_code == 200


def test_the_example_of_a_url_works(client: httpx.Client, document: dict[str, Any]) -> None:
    text, *_ = document["paths"]["/explain"]["get"]["parameters"]
    (example,) = text["schema"]["examples"]
    assert client.get("/explain", params={"text": example}).status_code == 200


def test_a_bad_model_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactMissingError, match=r"config\.json"):
        create_app(Settings(model=tmp_path))
