"""Bodies that are not valid JSON, or not labelled as JSON."""

from typing import Any

import httpx
import pytest

from tests.service.problems import only_error, problem


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"text": ', "Expecting value at line 1, column 10"),
        (b'{"text": "a"} x', "Extra data at line 1, column 15"),
        (b"text=a", "Expecting value at line 1, column 1"),
        (b'{"text": "a\x00b"}', "Invalid control character"),
        (b'{"text": "\xff"}', "not UTF-8: byte 10"),
        ('{"text": "a"}'.encode("utf-16"), "not UTF-8: byte 0"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"text": ' + b"1" * 5000 + b"}", "huge number"),
    ],
)
def test_invalid_json_is_refused_with_the_position(
    client: httpx.Client, body: bytes, reason: str
) -> None:
    members = problem(client.post("/predict", content=body), 400)
    assert reason in members["detail"]
    assert 'such as {"text":' in members["detail"]


def test_an_empty_body_is_refused(client: httpx.Client) -> None:
    assert only_error(client.post("/predict"))["detail"].startswith("The body is empty.")


def test_a_lone_surrogate_in_a_field_name_is_refused(client: httpx.Client) -> None:
    error = only_error(client.post("/predict", content=rb'{"text": "a", "\udfff": 1}'))
    assert "lone surrogate" in error["detail"]


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "text/plain", "application/json", None]
)
def test_json_is_accepted_with_any_content_type(
    client: httpx.Client, content_type: str | None
) -> None:
    headers = {"content-type": content_type} if content_type else {}
    response = client.post("/predict", content=b'{"text": "fine"}', headers=headers)
    assert response.status_code == 200


def test_a_byte_order_mark_is_ignored(client: httpx.Client) -> None:
    expected = client.post("/predict", content=b'{"text": "fine"}').json()
    body = '{"text": "fine"}'.encode("utf-8-sig")
    assert client.post("/predict", content=body).json() == expected


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/predict", '{"text": "a", "text": "b"}', "#/text"),
        (
            "/predict",
            '{"inputs": "a", "parameters": {"top_k": 1, "top_k": 2}}',
            "#/parameters/top_k",
        ),
        (
            "/explain",
            '{"text": "a", "interventions": [{"a/b": 1, "a/b": 1}]}',
            "#/interventions/0/a~1b",
        ),
    ],
)
def test_a_repeated_key_is_refused_with_its_location(
    client: httpx.Client, path: str, body: str, pointer: str
) -> None:
    error = only_error(client.post(path, content=body))
    assert error["pointer"] == pointer
    assert "more than once" in error["detail"]


def test_every_repeated_key_is_listed(client: httpx.Client) -> None:
    body = '{"a": {"b": 1, "b": 2}, "a": {"b": 1, "b": 2}, "c": 1, "c": 1, "c": 1}'
    errors = problem(client.post("/predict", content=body), 422)["errors"]
    assert [error["pointer"] for error in errors] == ["#/a/b", "#/a", "#/c"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/predict", {"text": "a"}),
        ("/explain", {"text": "a"}),
        ("/explain/step", {"text": "a", "step": 0, "units": "0"}),
        ("/explain/diff", {"text": "a", "other": "b"}),
    ],
)
@pytest.mark.parametrize("query", ["text=b", "units=1&units=2", "x"])
def test_a_parameter_in_the_url_of_a_post_is_refused(
    client: httpx.Client, path: str, body: dict[str, Any], query: str
) -> None:
    error = only_error(client.post(f"{path}?{query}", json=body))
    assert error["parameter"] == query.partition("=")[0]
    assert "in the body" in error["detail"]
