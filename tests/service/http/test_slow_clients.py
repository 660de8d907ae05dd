"""Clients that send their requests very slowly (slow loris)."""

import socket
import time
from collections.abc import Callable
from contextlib import closing

import httpx
import pytest

HEAD = b"POST /predict HTTP/1.1\r\nhost: test\r\ncontent-length: 1000\r\n\r\n"


def send_slowly(
    url: str, start: bytes, piece: bytes, *, seconds: float = 20
) -> tuple[bytes, float]:
    """Send a start and then a piece at a time; return the response and the time until it came."""
    address = httpx.URL(url)
    started = time.monotonic()
    with closing(socket.create_connection((address.host, address.port or 80))) as connection:
        connection.settimeout(0.1)
        connection.sendall(start)
        while time.monotonic() < started + seconds:
            try:
                received = connection.recv(65_536)
            except TimeoutError:
                connection.sendall(piece)
                continue
            seconds_waited = time.monotonic() - started
            connection.settimeout(seconds)
            while more := connection.recv(65_536):
                received += more
            return received, seconds_waited
    pytest.fail("the server did not respond")


@pytest.fixture
def client_with_time_limit(client_of: Callable[..., httpx.Client]) -> httpx.Client:
    """A client of a server with a time limit of a second for each request."""
    return client_of(read_seconds=1)


@pytest.mark.parametrize(
    ("start", "piece", "kind"),
    [
        (HEAD, b"a", b"body-too-slow"),
        (b"POST /predict HTTP/1.1\r\nhost: test\r\n", b"x: y\r\n", b"headers-too-slow"),
        (b"G", b"", b"headers-too-slow"),
    ],
    ids=["body", "headers", "method"],
)
def test_a_slow_request_is_refused_with_408(
    client_with_time_limit: httpx.Client, start: bytes, piece: bytes, kind: bytes
) -> None:
    response, seconds = send_slowly(str(client_with_time_limit.base_url), start, piece)
    assert response.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in response.lower()
    assert kind in response
    assert 0.9 < seconds < 10


def test_a_slow_second_request_is_refused_with_408(client_with_time_limit: httpx.Client) -> None:
    address = httpx.URL(client_with_time_limit.base_url)
    with closing(socket.create_connection((address.host, address.port or 80))) as connection:
        connection.settimeout(20)
        connection.sendall(b"GET /health HTTP/1.1\r\nhost: test\r\n\r\n")
        response = b""
        while not response.endswith(b'{"status":"ok"}'):
            response += connection.recv(65_536)
        connection.sendall(b"GET /health")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 408 ")


def test_a_connection_without_a_request_is_closed(client_with_time_limit: httpx.Client) -> None:
    response, seconds = send_slowly(str(client_with_time_limit.base_url), b"", b"")
    assert response == b""
    assert 0.9 < seconds < 10


def test_slow_clients_do_not_delay_others(client_with_time_limit: httpx.Client) -> None:
    address = httpx.URL(client_with_time_limit.base_url)
    slow = [socket.create_connection((address.host, address.port or 80)) for _ in range(50)]
    try:
        for connection in slow:
            connection.sendall(HEAD)
        assert client_with_time_limit.post("/predict", json={"text": "fine"}).status_code == 200
        for connection in slow:
            connection.settimeout(20)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 408 ")
    finally:
        for connection in slow:
            connection.close()


def test_a_body_in_pieces_is_accepted_if_it_arrives_in_time(
    client_with_time_limit: httpx.Client,
) -> None:
    body = b'{"text": "fine"}'
    head = HEAD.replace(b"1000", str(len(body)).encode())
    address = httpx.URL(client_with_time_limit.base_url)
    with closing(socket.create_connection((address.host, address.port or 80))) as connection:
        connection.settimeout(20)
        connection.sendall(head)
        for byte in body:
            connection.sendall(bytes([byte]))
            time.sleep(0.005)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")
