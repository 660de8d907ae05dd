"""Request ids, security headers, and the log of requests."""

import logging
import time
from typing import Any

import httpx
import pytest

from gatewise.models import Predictor
from gatewise.service.app import create_app
from gatewise.service.settings import Settings
from tests.service.problems import problem
from tests.service.serving import serve

REVIEW = "quorndelicious"


def test_a_request_id_is_echoed(client: httpx.Client) -> None:
    response = client.get("/health", headers={"x-request-id": "Trace-7.a_b"})
    assert response.headers["x-request-id"] == "Trace-7.a_b"


@pytest.mark.parametrize("sent", ["", "a b", 'a"}', "a" * 129, "ä"])
def test_an_unsafe_request_id_is_replaced(client: httpx.Client, sent: str) -> None:
    headers = {b"x-request-id": sent.encode()}
    echoed = client.get("/health", headers=headers).headers["x-request-id"]
    assert echoed != sent
    assert len(echoed) == 32


def test_errors_carry_a_request_id_too(client: httpx.Client) -> None:
    assert len(client.get("/nowhere").headers["x-request-id"]) == 32


@pytest.mark.parametrize(
    "path", ["/health", "/nowhere", "/", "/docs", "/static/swagger-ui-bundle.js"]
)
def test_every_response_has_security_headers(client: httpx.Client, path: str) -> None:
    headers = client.head(path).headers if path.startswith("/static") else client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_responses_that_contain_texts_are_not_cached(client: httpx.Client) -> None:
    assert client.get("/explain?text=fine").headers["cache-control"] == "no-store"


def test_only_large_responses_are_compressed(client: httpx.Client) -> None:
    large = client.post("/explain", json={"text": "fine " * 50})
    small = client.get("/health")
    assert large.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in small.headers


def logged(caplog: pytest.LogCaptureFixture, message: str) -> list[dict[str, Any]]:
    return [record.fields for record in caplog.records if record.message == message]  # type: ignore[attr-defined]


def await_line(caplog: pytest.LogCaptureFixture, request_id: str) -> dict[str, Any]:
    """Wait for the log line of a request, which is written after the response was sent."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for fields in logged(caplog, "request"):
            if fields["request_id"] == request_id:
                return fields
        time.sleep(0.01)
    pytest.fail(f"no line for request {request_id}")


def test_a_request_is_logged_without_its_text(
    client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        client.get("/explain", params={"text": REVIEW}, headers={"x-request-id": "one"})
        client.post("/predict", json={"text": REVIEW + "\0"}, headers={"x-request-id": "two"})
        first, second = (await_line(caplog, request_id) for request_id in ("one", "two"))
    assert (first["method"], first["route"], first["status"]) == ("GET", "/explain", 200)
    assert (second["method"], second["route"], second["status"]) == ("POST", "/predict", 422)
    ours = [vars(record) for record in caplog.records if record.name.startswith("gatewise")]
    assert REVIEW not in str(ours)


def test_an_unexpected_error_is_a_problem_without_details(
    predictor: Predictor, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(port=0)
    app = create_app(settings, predictor=predictor)

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError(REVIEW)

    with serve(app, settings) as url:
        response = httpx.get(f"{url}/broken")
        assert httpx.get(f"{url}/health").status_code == 200
    members = problem(response, 500)
    assert response.headers["x-request-id"] in members["detail"]
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert REVIEW not in response.text
    (failure,) = logged(caplog, "failure")
    assert failure["error"] == "RuntimeError"
    assert failure["frames"][-1].endswith(" broken")
    assert REVIEW not in str([vars(record) for record in caplog.records])
