"""Slow-loris: clients that send a little at a time, for ever."""

import socket
import time
from collections.abc import Callable
from contextlib import closing

import httpx
import pytest

HEAD = b"POST /predict HTTP/1.1\r\nhost: test\r\ncontent-length: 1000\r\n\r\n"


def drip(url: str, start: bytes, piece: bytes, *, seconds: float = 20) -> tuple[bytes, float]:
    """Send a start and then piece after piece; answer all that comes back, and after how long."""
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
    pytest.fail("the server waited all the time")


@pytest.fixture
def impatient(client_of: Callable[..., httpx.Client]) -> httpx.Client:
    """A server that gives a request a second to arrive."""
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
def test_a_request_that_drips_in_is_answered_408(
    impatient: httpx.Client, start: bytes, piece: bytes, kind: bytes
) -> None:
    answer, seconds = drip(str(impatient.base_url), start, piece)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer.lower()
    assert kind in answer
    assert 0.9 < seconds < 10


def test_a_second_request_that_drips_in_is_answered_408(impatient: httpx.Client) -> None:
    address = httpx.URL(impatient.base_url)
    with closing(socket.create_connection((address.host, address.port or 80))) as connection:
        connection.settimeout(20)
        connection.sendall(b"GET /health HTTP/1.1\r\nhost: test\r\n\r\n")
        answer = b""
        while not answer.endswith(b'{"status":"ok"}'):
            answer += connection.recv(65_536)
        connection.sendall(b"GET /health")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 408 ")


def test_a_connection_without_a_request_is_closed(impatient: httpx.Client) -> None:
    answer, seconds = drip(str(impatient.base_url), b"", b"")
    assert answer == b""
    assert 0.9 < seconds < 10


def test_many_slow_clients_keep_nobody_waiting(impatient: httpx.Client) -> None:
    address = httpx.URL(impatient.base_url)
    slow = [socket.create_connection((address.host, address.port or 80)) for _ in range(50)]
    try:
        for connection in slow:
            connection.sendall(HEAD)
        assert impatient.post("/predict", json={"text": "fine"}).status_code == 200
        for connection in slow:
            connection.settimeout(20)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 408 ")
    finally:
        for connection in slow:
            connection.close()


def test_a_body_in_pieces_is_read_if_it_comes_in_time(impatient: httpx.Client) -> None:
    body = b'{"text": "fine"}'
    head = HEAD.replace(b"1000", str(len(body)).encode())
    address = httpx.URL(impatient.base_url)
    with closing(socket.create_connection((address.host, address.port or 80))) as connection:
        connection.settimeout(20)
        connection.sendall(head)
        for byte in body:
            connection.sendall(bytes([byte]))
            time.sleep(0.005)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")
