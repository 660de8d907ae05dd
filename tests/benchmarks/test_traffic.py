"""The load generator, against a small HTTP server in the same event loop."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from benchmarks.traffic import NO_RESPONSE, Tally, closed_loop, get, open_loop, post

Address = tuple[str, int]


@dataclass
class FakeServer:
    """Counts requests, connections and the largest number of requests at the same time."""

    delay: float = 0.0
    close_each: bool = False
    paths: list[str] = field(default_factory=list)
    connections: int = 0
    _active: int = 0
    most_active: int = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Respond to every request of a connection: 404 for `/missing`, nothing for `/silent`."""
        self.connections += 1
        try:
            while not reader.at_eof():
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                if "content-length: " in head:
                    await reader.readexactly(int(head.split("content-length: ")[1].split()[0]))
                if not await self._respond(head.split()[1], writer):
                    break
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    async def _respond(self, path: str, writer: asyncio.StreamWriter) -> bool:
        self.paths.append(path)
        self._active += 1
        self.most_active = max(self.most_active, self._active)
        await asyncio.sleep(self.delay)
        self._active -= 1
        if path == "/silent":
            return False
        status = "404 Not Found" if path == "/missing" else "200 OK"
        close = "Connection: close\r\n" if self.close_each else ""
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\n{close}\r\nok".encode())
        return not self.close_each


@asynccontextmanager
async def _listening(server: FakeServer) -> AsyncIterator[Address]:
    listener = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    try:
        yield listener.sockets[0].getsockname()[:2]
    finally:
        listener.close()


def run(server: FakeServer, send: Callable[[Address], Awaitable[Tally]]) -> Tally:
    """Send requests to a server while it listens."""

    async def send_all() -> Tally:
        async with _listening(server) as address:
            return await send(address)

    return asyncio.run(send_all())


def test_a_percentile_is_in_milliseconds_and_of_one_status() -> None:
    tally = Tally()
    for latency in (0.1, 0.2, 0.3):
        tally.add(200, latency)
    tally.add(429, 9.0)
    assert tally.percentile(50) == pytest.approx(200)
    assert tally.percentile(50, 429) == pytest.approx(9_000)


def test_without_latencies_a_percentile_is_nan_and_null_in_json() -> None:
    assert math.isnan(Tally().percentile(50))
    assert Tally().rounded_percentile(50) is None


def test_throughput_counts_only_status_200() -> None:
    tally = Tally(seconds=2.0)
    for status in (200, 200, 200, 429):
        tally.add(status, 0.1)
    assert (tally.total, tally.number(), tally.per_second) == (4, 3, 1.5)


def test_a_closed_loop_sends_a_total_of_requests_in_turn() -> None:
    server = FakeServer()
    requests = [get("/a"), get("/b"), post("/c", b'{"text": ""}')]
    tally = run(server, lambda address: closed_loop(address, requests, clients=1, total=7))
    assert server.paths == ["/a", "/b", "/c"] * 2 + ["/a"]
    assert tally.number() == 7


def test_in_a_closed_loop_each_client_has_one_request_at_a_time_and_one_connection() -> None:
    server = FakeServer(delay=0.005)
    run(server, lambda address: closed_loop(address, [get("/")], clients=3, total=30))
    assert (server.most_active, server.connections) == (3, 3)


def test_a_closed_loop_stops_after_its_time() -> None:
    server = FakeServer(delay=0.01)
    tally = run(server, lambda address: closed_loop(address, [get("/")], clients=2, seconds=0.2))
    assert 0 < tally.total == len(server.paths) <= 2 * 21
    assert tally.seconds >= 0.2


def test_a_closed_loop_calls_back_after_every_request() -> None:
    numbers: list[int] = []

    async def record(number: int) -> None:
        numbers.append(number)

    run(
        FakeServer(),
        lambda address: closed_loop(address, [get("/")], clients=2, total=5, after_each=record),
    )
    assert sorted(numbers) == [0, 1, 2, 3, 4]


def test_statuses_are_counted_apart() -> None:
    requests = [get("/"), get("/missing"), get("/silent")]
    tally = run(FakeServer(), lambda address: closed_loop(address, requests, clients=1, total=6))
    assert {status: tally.number(status) for status in (200, 404, NO_RESPONSE)} == {
        200: 2,
        404: 2,
        NO_RESPONSE: 2,
    }


def test_a_connection_that_the_server_closes_is_opened_again() -> None:
    server = FakeServer(close_each=True)
    tally = run(server, lambda address: closed_loop(address, [get("/")], clients=1, total=4))
    assert (tally.number(), server.connections) == (4, 4)


def test_an_open_loop_sends_at_its_rate_however_slow_the_server_is() -> None:
    server = FakeServer(delay=0.5)
    tally = run(server, lambda address: open_loop(address, [get("/")], per_second=100, seconds=0.3))
    assert server.most_active == tally.total == len(server.paths)
    assert 15 <= tally.total <= 50


def test_an_open_loop_of_the_same_seed_sends_as_many_requests() -> None:
    totals = [
        run(
            FakeServer(),
            lambda address: open_loop(address, [get("/")], per_second=200, seconds=0.2, seed=3),
        ).total
        for _ in range(2)
    ]
    assert totals[0] == totals[1]


def test_latency_of_an_open_loop_counts_from_when_a_request_was_due() -> None:
    # All requests are due within 0.1 s. While the event loop is blocked for 0.3 s none is sent.
    async def send(address: Address) -> Tally:
        loop = asyncio.get_running_loop()
        loop.call_later(0.001, time.sleep, 0.3)
        return await open_loop(address, [get("/")], per_second=100, seconds=0.1)

    assert run(FakeServer(), send).percentile(100) >= 200
