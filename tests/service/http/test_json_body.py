"""Bodies that are not valid JSON, or not labelled as JSON."""

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
