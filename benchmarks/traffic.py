"""A load generator on plain asyncio streams.

It shares the cores with the server that it measures, so it must use little time itself: an httpx
client takes about as long for a request as the service does, and locust and similar tools measure
closed loops only. There are two ways to send requests:

    closed loop   each client sends its next request when it has received the last response; this
                  measures the capacity
    open loop     requests are sent at times fixed in advance, whether or not earlier ones have been
                  answered, and latency is counted from the time at which a request was due; a
                  stalled server therefore shows as latency (no coordinated omission)
"""

import asyncio
import json
import math
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

import numpy as np

NO_RESPONSE = 0
_OPEN_CONNECTIONS = 512


@dataclass
class Tally:
    """The outcome of many requests.

    Attributes:
        seconds: How long it took to send them all and to receive the responses.
        latencies: Seconds that each request took, by HTTP status; `NO_RESPONSE` if there was none.
    """

    seconds: float = 0.0
    latencies: dict[int, list[float]] = field(default_factory=dict)

    def add(self, status: int, latency: float) -> None:
        """Record one request."""
        self.latencies.setdefault(status, []).append(latency)

    def number(self, status: int = 200) -> int:
        """Count the responses of a status."""
        return len(self.latencies.get(status, []))

    @property
    def total(self) -> int:
        """Number of all requests."""
        return sum(map(len, self.latencies.values()))

    @property
    def per_second(self) -> float:
        """Number of responses of status 200 per second."""
        return self.number() / self.seconds

    def percentile(self, percent: float, status: int = 200) -> float:
        """Compute a percentile of the latencies in milliseconds; NaN if there are none."""
        values = self.latencies.get(status)
        return float(np.percentile(values, percent)) * 1e3 if values else float("nan")

    def rounded_percentile(self, percent: float, status: int = 200) -> float | None:
        """Compute a percentile for JSON, which has no NaN: None if there are no latencies."""
        value = self.percentile(percent, status)
        return None if math.isnan(value) else round(value, 2)


class Connection:
    """One kept-alive connection, opened again when the server has closed it."""

    def __init__(self, host: str, port: int) -> None:
        """Store the address; the connection is opened by the first request."""
        self._host, self._port = host, port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, request: bytes) -> int:
        """Send a request, read the whole response, and return its status or `NO_RESPONSE`."""
        if self._streams and self._streams[0].at_eof():
            self.close()  # the server closes idle connections
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
            return NO_RESPONSE
        if b"connection: close" in head:
            self.close()
        return int(head[9:12])  # HTTP/1.1 200 OK

    def close(self) -> None:
        """Close the connection if it is open."""
        if self._streams:
            self._streams[1].close()
            self._streams = None


def text_body(text: str | Sequence[str]) -> bytes:
    """Return the JSON body for one text or for a list of texts."""
    return json.dumps({"text": text}).encode()


def post(path: str, body: bytes) -> bytes:
    """Return the bytes of a POST request with a JSON body."""
    head = f"POST {path} HTTP/1.1\r\nhost: load\r\ncontent-type: application/json\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


def get(path: str) -> bytes:
    """Return the bytes of a GET request."""
    return f"GET {path} HTTP/1.1\r\nhost: load\r\n\r\n".encode()


async def closed_loop(
    address: tuple[str, int],
    requests: Sequence[bytes],
    *,
    clients: int,
    seconds: float = float("inf"),
    total: int | None = None,
    after_each: Callable[[int], Awaitable[object]] | None = None,
) -> Tally:
    """Send requests from several clients, each as soon as it has received the last response.

    Args:
        address: Host and port.
        requests: The requests; they are sent in turn, and again from the first.
        clients: Number of connections.
        seconds: When to stop sending.
        total: Number of requests after which to stop.
        after_each: Awaited after every request, with the number of the request.

    Returns:
        Status and response time of every request, timed from when it was sent.
    """
    tally, loop, numbers = Tally(), asyncio.get_running_loop(), count()
    started = loop.time()

    async def client() -> None:
        connection = Connection(*address)
        while loop.time() < started + seconds:
            number = next(numbers)
            if total is not None and number >= total:
                break
            sent = loop.time()
            status = await connection.send(requests[number % len(requests)])
            tally.add(status, loop.time() - sent)
            if after_each:
                await after_each(number)
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
    """Send requests at random times of a fixed mean rate (a Poisson process).

    Args:
        address: Host and port.
        requests: The requests; they are sent in turn, and again from the first.
        per_second: The mean rate.
        seconds: When to stop sending.
        seed: Seed of the random times.

    Returns:
        Status and response time of every request, timed from when it was due.
    """
    tally, loop, draw = Tally(), asyncio.get_running_loop(), random.Random(seed)  # noqa: S311
    idle = [Connection(*address) for _ in range(_OPEN_CONNECTIONS)]
    available = asyncio.Semaphore(_OPEN_CONNECTIONS)
    started = due = loop.time()
    pending: set[asyncio.Task[None]] = set()

    async def send(request: bytes, due: float) -> None:
        async with available:
            connection = idle.pop()
            status = await connection.send(request)
            idle.append(connection)
        tally.add(status, loop.time() - due)

    for number in count():
        due += draw.expovariate(per_second)
        if due > started + seconds:
            break
        await asyncio.sleep(max(0, due - loop.time()))
        task = loop.create_task(send(requests[number % len(requests)], due))
        pending.add(task)
        task.add_done_callback(pending.discard)
    await asyncio.gather(*pending)
    tally.seconds = loop.time() - started
    for connection in idle:
        connection.close()
    return tally
