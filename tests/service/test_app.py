"""The OpenAPI document, and the application as a whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gatewise.models.errors import ArtifactMissingError
from gatewise.service.api.examples import EXAMPLES
from gatewise.service.app import create_app
from gatewise.service.http.problems import TYPE_PREFIX
from gatewise.service.settings import Settings
from tests.service.problems import problem


@pytest.fixture(scope="module")
def document(client: httpx.Client) -> dict[str, Any]:
    """The OpenAPI document of the server."""
    document: dict[str, Any] = client.get("/openapi.json").json()
    return document


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def test_every_error_is_documented_as_a_problem(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        is_v2 = path.startswith("/v2")
        media = "application/json" if is_v2 else "application/problem+json"
        schema = f"#/components/schemas/{'InferenceError' if is_v2 else 'Problem'}"
        for operation in methods.values():
            for status, response in operation["responses"].items():
                if status >= "4":
                    assert response["content"] == {media: {"schema": {"$ref": schema}}}


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("get", "/explain", {"params": {"text": " "}}),
        ("get", "/explain", {"params": {"text": "a" * 40_000}}),
        ("post", "/predict", {"content": b"{"}),
        ("post", "/predict", {"content": b"a" * 3_000_000}),
        ("post", "/admin/reload", {}),
    ],
)
def test_the_type_of_a_problem_is_documented(
    client: httpx.Client,
    document: dict[str, Any],
    method: str,
    path: str,
    options: dict[str, Any],
) -> None:
    response = client.request(method, path, **options)
    members = problem(response, response.status_code)
    kind = members["type"].removeprefix(TYPE_PREFIX)
    documented = document["paths"][path][method]["responses"][str(response.status_code)]
    assert f"`{kind}`" in documented["description"]


def test_bounds_are_valid_json_schema(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    step = schemas["StepBody"]["properties"]["step"]
    assert (step["type"], step["minimum"]) == ("integer", 0)
    unknown = {"ge", "gt", "le", "lt", "multiple_of", "min_length", "max_length"}
    assert not unknown & set(keywords(schemas))


def keywords(schema: Any) -> Iterator[str]:
    """Return every key, at any depth, except the names of properties."""
    inner = schema if isinstance(schema, list) else []
    if isinstance(schema, dict):
        yield from schema
        inner = [value for key, value in schema.items() if key != "properties"]
        inner += schema.get("properties", {}).values()
    for value in inner:
        yield from keywords(value)


def test_every_operation_has_a_summary_and_a_description(document: dict[str, Any]) -> None:
    for operation in operations(document):
        assert operation["summary"]
        assert operation["description"]


def test_every_field_is_described_or_self_explanatory(document: dict[str, Any]) -> None:
    plain = {"name", "version", "model", "text", "convention", "title", "status", "label", "score"}
    plain |= {"bias", "min", "max", "mean", "reset", "update", "candidate", "hidden", "tokens"}
    plain |= {
        "decomposition",
        "units",
        "embedding",
        "vocabulary",
        "sizes",
        "limits",
    }
    plain |= {"labels", "conventions", "defaults", "top_units", "notation", "unusual", "token"}
    for schema in document["components"]["schemas"].values():
        for name, field in schema.get("properties", {}).items():
            assert "description" in field or name in plain, name


@pytest.mark.parametrize("path", ["/", "/predict", "/explain"])
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


def test_an_invalid_model_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactMissingError, match=r"config\.json"):
        create_app(Settings(model=str(tmp_path)))
