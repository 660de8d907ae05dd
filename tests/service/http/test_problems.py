"""Problems: one format for all errors, which discloses nothing that the client sent."""

import json

import httpx
import pytest

from gatewise.service.http.problems import MAX_ERRORS, ErrorItem, ProblemError, invalid_request
from tests.service.problems import problem


def test_an_unknown_path_is_a_problem(client: httpx.Client) -> None:
    members = problem(client.get("/nowhere"), 404)
    assert members["type"] == "urn:gatewise:problem:not-found"
    assert members["instance"] == "/nowhere"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/predict", "POST"),
        ("DELETE", "/explain", "GET, HEAD, POST"),
        ("POST", "/health", "GET, HEAD"),
        ("PUT", "/", "GET, HEAD, POST"),
        ("POST", "/docs", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_refused_with_the_allowed_ones(
    client: httpx.Client, method: str, path: str, allowed: str
) -> None:
    response = client.request(method, path)
    assert allowed in problem(response, 405)["detail"]
    assert response.headers["allow"] == allowed


def test_many_errors_are_counted_and_the_first_ones_listed(client: httpx.Client) -> None:
    body = {"text": "a"} | {f"field {index}": 1 for index in range(1000)}
    members = problem(client.post("/predict", json=body), 422)
    assert "(999 more: see errors.)" in members["detail"]
    assert len(members["errors"]) == MAX_ERRORS + 1
    assert members["errors"][-1]["detail"] == "980 more like these, left out."


def test_a_field_name_is_escaped_as_a_json_pointer(client: httpx.Client) -> None:
    (error,) = problem(client.post("/predict", json={"text": "a", "a/b~c": 1}), 422)["errors"]
    assert error["pointer"] == "#/a~1b~0c"


def test_a_huge_field_name_is_not_repeated(client: httpx.Client) -> None:
    response = client.post("/predict", json={"text": "a", "x" * 1_000_000: 1})
    problem(response, 422)
    assert len(response.content) < 2000


def test_the_value_of_a_field_is_not_repeated(client: httpx.Client) -> None:
    response = client.post("/explain", json={"text": "a", "convention": "secret"})
    problem(response, 422)
    assert "secret" not in response.text


def test_a_problem_with_a_lone_surrogate_can_be_encoded() -> None:
    error = invalid_request([ErrorItem(detail="\ud800", parameter="\udfff")])
    assert json.loads(bytes(error.response({}).body))["detail"] == "\udfff: \ud800"


def test_titles_are_those_of_rfc_9110() -> None:
    titles = [
        json.loads(bytes(ProblemError(status, "kind", "detail").response({}).body))["title"]
        for status in (404, 413, 414, 422)
    ]
    assert titles == ["Not Found", "Content Too Large", "URI Too Long", "Unprocessable Content"]
