"""A bounded load generator on plain asyncio streams.

It shares two cores with the server it measures, so it must cost little: an httpx client takes about
as long for a request as the service does, and locust and its kind measure a closed loop only. Two
ways to ask:

    closed loop   each client asks again when it has its answer: how much can be done?
    open loop     requests are due at times fixed beforehand, whatever the answers do, and latency
                  counts from when a request was due: a stalled server cannot hide the requests that
                  it kept from being sent (no coordinated omission)
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

import numpy as np

_OPEN_CONNECTIONS = 512


@dataclass
class Tally:
    """What came of many requests: the latency of each, by HTTP status; 0 is no answer at all."""

    seconds: float = 0.0
    latencies: dict[int, list[float]] = field(default_factory=dict)

    def add(self, status: int, latency: float) -> None:
        """Record one request."""
        self.latencies.setdefault(status, []).append(latency)

    def number(self, status: int = 200) -> int:
        """Count the answers of a status."""
        return len(self.latencies.get(status, []))

    @property
    def total(self) -> int:
        """Count all requests."""
        return sum(map(len, self.latencies.values()))

    @property
    def per_second(self) -> float:
        """Requests answered 200, per second."""
        return self.number() / self.seconds

    def percentile(self, percent: float, status: int = 200) -> float:
        """Answer a percentile of the latencies in milliseconds; NaN if there are none."""
        values = self.latencies.get(status)
        return float(np.percentile(values, percent)) * 1e3 if values else float("nan")


class Connection:
    """One kept-alive connection, opened again when the server closes it."""

    def __init__(self, host: str, port: int) -> None:
        """Remember where to connect."""
        self._host, self._port = host, port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> int:
        """Send a request, read all of its answer, and give its status; 0 if there was none."""
        if self._streams and self._streams[0].at_eof():
            self.close()  # the server has closed what was idle for long, as it may
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection(self._host, self._port)
            reader, writer = self._streams
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
            await reader.readexactly(length)
        except (OSError, EOFError):
            self.close()
            return 0
        if b"connection: close" in head:
            self.close()
        return int(head[9:12])

    def close(self) -> None:
        """Hang up."""
        if self._streams:
            self._streams[1].close()
            self._streams = None


def post(path: str, body: bytes) -> bytes:
    """Write a POST request of JSON."""
    head = f"POST {path} HTTP/1.1\r\nhost: load\r\ncontent-type: application/json\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


def get(path: str) -> bytes:
    """Write a GET request."""
    return f"GET {path} HTTP/1.1\r\nhost: load\r\n\r\n".encode()


async def closed_loop(
    address: tuple[str, int],
    requests: Sequence[bytes],
    *,
    clients: int,
    seconds: float = float("inf"),
    total: int | None = None,
    each: Callable[[int], Awaitable[object]] | None = None,
) -> Tally:
    """Let so many clients ask, each as soon as it has its answer, for a time or a total.

    The requests are taken in turn. `each` is awaited after every request with its number.
    """
    tally, loop, numbers = Tally(), asyncio.get_running_loop(), count()
    started = loop.time()

    async def client() -> None:
        connection = Connection(*address)
        while loop.time() < started + seconds:
            number = next(numbers)
            if total is not None and number >= total:
                break
            begun = loop.time()
            status = await connection.ask(requests[number % len(requests)])
            tally.add(status, loop.time() - begun)
            if each:
                await each(number)
        connection.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    tally.seconds = loop.time() - started
    return tally


async def open_loop(
    address: tuple[str, int],
    requests: Sequence[bytes],
    *,
    per_second: float,
    seconds: float,
    seed: int = 0,
) -> Tally:
    """Send requests at random times of a fixed mean rate (a Poisson process)."""
    tally, loop, draw = Tally(), asyncio.get_running_loop(), random.Random(seed)  # noqa: S311
    free = [Connection(*address) for _ in range(_OPEN_CONNECTIONS)]
    available = asyncio.Semaphore(_OPEN_CONNECTIONS)
    started = due = loop.time()
    under_way: set[asyncio.Task[None]] = set()

    async def ask(request: bytes, due: float) -> None:
        async with available:
            connection = free.pop()
            status = await connection.ask(request)
            free.append(connection)
        tally.add(status, loop.time() - due)

    for number in count():
        due += draw.expovariate(per_second)
        if due > started + seconds:
            break
        await asyncio.sleep(max(0, due - loop.time()))
        task = loop.create_task(ask(requests[number % len(requests)], due))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    await asyncio.gather(*under_way)
    tally.seconds = loop.time() - started
    for connection in free:
        connection.close()
    return tally
