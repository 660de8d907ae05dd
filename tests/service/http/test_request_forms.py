"""Requests in forms that are equivalent to others: HEAD, and URLs in absolute form."""

import socket

import httpx
import pytest

PATHS = [
    "/",
    "/docs",
    "/static/icon.svg",
    "/openapi.json",
    "/health",
    "/ready",
    "/info",
    "/examples",
    "/metrics",
    "/units",
    "/explain?text=fine",
    "/explain/step?text=fine&step=0&units=0",
    "/explain/diff?text=fine&other=bad",
    "/nowhere",
]


@pytest.mark.parametrize("path", PATHS)
def test_head_has_the_headers_of_get_and_no_body(client: httpx.Client, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    changing = {"date", "x-request-id", "content-length"}
    assert head.headers.keys() == get.headers.keys()
    for name in head.headers.keys() - changing:
        assert head.headers[name] == get.headers[name]


def test_a_connection_can_be_used_again_after_head(client: httpx.Client) -> None:
    client.head("/static/swagger-ui-bundle.js")
    assert client.get("/health").json() == {"status": "ok"}


def test_head_is_refused_where_get_is(client: httpx.Client) -> None:
    response = client.head("/predict")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


def test_head_is_counted_with_its_route(client: httpx.Client) -> None:
    client.head("/explain?text=fine")
    assert 'method="HEAD",route="/explain",status="200"' in client.get("/metrics").text


@pytest.mark.parametrize(
    ("url", "beginning"),
    [
        ("http://other.example/health", b'{"status":"ok"}'),
        ("HTTP://other.example/explain?text=fine", b'{"label":'),
        ("https://other.example", b"<!doctype html>"),
    ],
)
def test_a_url_in_absolute_form_is_its_path(base_url: str, url: str, beginning: bytes) -> None:
    head, _, body = exchange(base_url, url).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert body.startswith(beginning)


def test_a_url_in_absolute_form_with_another_scheme_is_an_unknown_path(base_url: str) -> None:
    assert exchange(base_url, "ftp://other.example/health").startswith(b"HTTP/1.1 404 ")


def exchange(base_url: str, target: str) -> bytes:
    """Send a GET with a request target, and return the response."""
    url = httpx.URL(base_url)
    request = f"GET {target} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n"
    response = b""
    with socket.create_connection((url.host, url.port or 80), timeout=30) as connection:
        connection.sendall(request.encode())
        while received := connection.recv(65_536):
            response += received
    return response
