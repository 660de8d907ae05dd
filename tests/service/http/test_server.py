"""Requests that uvicorn refuses before the application receives them."""

import json
import socket
import time

import httpx
import pytest

HEAD = b" HTTP/1.1\r\nhost: test\r\n\r\n"


@pytest.mark.parametrize(
    ("request_bytes", "status", "kind"),
    [
        (b"GET /explain?text=" + b"a" * 10_000_000 + HEAD, 414, "url-too-long"),
        (b"GET /health HTTP/1.1\r\nx: " + b"a" * 1_000_000 + b"\r\n\r\n", 431, "headers-too-large"),
        (b"\x16\x03\x01 this is TLS\r\n\r\n", 400, "invalid-http"),
        (b"GET /health HTTP/1.1\r\n\r\n", 400, "invalid-http"),
        ("GET /explain?text=café".encode() + HEAD, 400, "invalid-url"),
        ("GET /explain?text=café".encode("latin-1") + HEAD, 400, "invalid-url"),
        ("GET /café without a version\r\n\r\n".encode(), 400, "invalid-http"),
    ],
    ids=["url", "headers", "not HTTP", "no host", "UTF-8 URL", "Latin-1 URL", "no version"],
)
def test_a_request_that_cannot_be_parsed_is_a_problem(
    base_url: str, request_bytes: bytes, status: int, kind: str
) -> None:
    head, body = exchange(base_url, request_bytes).split(b"\r\n\r\n")
    members = json.loads(body)
    assert b"content-type: application/problem+json" in head
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert members["status"] == status
    assert members["type"] == f"urn:gatewise:problem:{kind}"


def test_a_url_that_is_not_ascii_is_refused_with_advice_to_encode_it(base_url: str) -> None:
    response = exchange(base_url, "GET /explain?text=café".encode() + HEAD)
    assert "Percent-encode it as UTF-8" in json.loads(response.partition(b"\r\n\r\n")[2])["detail"]


def test_a_url_in_two_packets_is_recognized_as_not_ascii(base_url: str) -> None:
    url = httpx.URL(base_url)
    with socket.create_connection((url.host, url.port or 80), timeout=30) as connection:
        for part in ("GET /explain?text=café".encode()[:-1], b"\xa9" + HEAD):
            connection.sendall(part)
            time.sleep(0.1)
        assert b"invalid-url" in connection.recv(65_536)


def test_the_server_still_works_after_a_request_that_cannot_be_parsed(
    base_url: str, client: httpx.Client
) -> None:
    exchange(base_url, b"nonsense\r\n\r\n")
    assert client.get("/health").status_code == 200


def test_a_websocket_request_is_an_unknown_path(client: httpx.Client) -> None:
    headers = {
        "connection": "upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "c2l4dGVlbiBieXRlcyE=",
    }
    assert client.get("/socket", headers=headers).status_code == 404


def exchange(base_url: str, request: bytes) -> bytes:
    """Send bytes, and return the response, read until the server closes the connection."""
    url = httpx.URL(base_url)
    response = b""
    with socket.create_connection((url.host, url.port or 80), timeout=30) as connection:
        connection.sendall(request)
        while received := connection.recv(65_536):
            response += received
    return response
