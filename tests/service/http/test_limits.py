"""Limits on the size of a request."""

import http.client
import socket
from collections.abc import Callable, Iterator
from contextlib import closing

import httpx
import pytest

from tests.service.problems import only_error, problem

LIMIT = 2_000_000


def test_a_body_over_the_limit_is_refused(client: httpx.Client) -> None:
    members = problem(client.post("/predict", content=b"a" * 10_000_000), 413)
    assert "2,000,000 bytes" in members["detail"]


def test_a_body_of_unknown_length_is_refused_while_it_is_read(client: httpx.Client) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(100):
            yield b"a" * 100_000

    problem(client.post("/predict", content=chunks()), 413)


def test_a_client_that_reads_only_after_sending_receives_the_error(base_url: str) -> None:
    address = base_url.removeprefix("http://")
    with closing(http.client.HTTPConnection(address)) as connection:
        connection.request("POST", "/predict", b"a" * 10_000_000)
        assert connection.getresponse().status == 413


def test_a_declared_length_over_the_limit_is_refused_before_the_body_is_sent(
    base_url: str,
) -> None:
    head = (
        f"POST /predict HTTP/1.1\r\nhost: test\r\ncontent-length: {LIMIT + 1}\r\n"
        "expect: 100-continue\r\n\r\n"
    )
    assert exchange(base_url, head.encode()).startswith(b"HTTP/1.1 413 ")


def test_a_body_at_the_limit_is_accepted(client: httpx.Client) -> None:
    body = b'{"text": 5'.ljust(LIMIT - 1) + b"}"
    assert only_error(client.post("/predict", content=body))["pointer"] == "#/text"


def test_a_url_over_the_limit_is_refused(client: httpx.Client) -> None:
    members = problem(client.get("/explain", params={"text": "a" * 33_000}), 414)
    assert "the limit is 32,768 bytes" in members["detail"]
    assert "POST" in members["detail"]


def test_a_url_at_the_limit_is_accepted(client: httpx.Client) -> None:
    url = "/explain?text=".ljust(32_768, "a")
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("query", ["text=%ff", "text=%ED%A0%80", "text=a&%C3=1"])
def test_a_query_that_is_not_utf_8_is_refused(client: httpx.Client, query: str) -> None:
    assert "UTF-8" in problem(client.get(f"/explain?{query}"), 400)["detail"]


def test_limits_can_be_changed_by_settings(client_of: Callable[..., httpx.Client]) -> None:
    client = client_of(
        max_tokens=3,
        max_texts=2,
        max_body_bytes=100,
        max_url_bytes=256,
        max_unit_values=20,
        max_faithfulness_tokens=2,
    )
    assert "limit is 3" in only_error(client.get("/explain?text=a+b+c+d"))["detail"]
    assert "limit is 2" in only_error(client.post("/predict", json={"text": ["a"] * 3}))["detail"]
    assert "limit is 20" in only_error(client.get("/explain?text=a+b&units=1,2,3"))["detail"]
    too_long = only_error(client.get("/explain?text=a+b+c&faithfulness=true"))
    assert "the limit of `faithfulness` is 2" in too_long["detail"]
    problem(client.post("/predict", json={"text": "a" * 100}), 413)
    problem(client.get("/explain", params={"text": "a" * 250}), 414)
    assert client.post("/predict", json={"text": ["a b c"] * 2}).status_code == 200


def test_the_server_still_works_after_refused_requests(client: httpx.Client) -> None:
    client.post("/predict", content=b"a" * 10_000_000)
    client.get("/explain", params={"text": "a" * 33_000})
    client.post("/predict", content=b'{"text": "\\ud800"}')
    assert client.post("/predict", json={"text": "fine"}).status_code == 200


def exchange(base_url: str, request: bytes) -> bytes:
    """Send bytes unchanged, and return the beginning of the response."""
    url = httpx.URL(base_url)
    with socket.create_connection((url.host, url.port or 80), timeout=30) as connection:
        connection.sendall(request)
        return connection.recv(65_536)
