"""Two replicas behind HAProxy: how many requests a second, and what is lost when one is killed.

`deploy/haproxy/haproxy.cfg` is the configuration. The same requests are also sent to one service
with two workers, to compare. Needs `haproxy`.

    python -m benchmarks.balancer
"""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.report import (
    HTTP_PACKAGES,
    Report,
    benchmark_parser,
    command_line,
    markdown_table,
    model_title,
)
from benchmarks.reviews import packaged_reviews
from benchmarks.serving import Server, serve, served_model
from benchmarks.traffic import Tally, closed_loop, post, text_body
from gatewise.models.artifact.artifact import load_artifact

CONFIGURATION = Path(__file__).parents[1] / "deploy" / "haproxy" / "haproxy.cfg"
_REQUESTS = 1500
_CLIENTS = 16
_START_SECONDS = 20.0


@dataclass(frozen=True)
class Balanced:
    """Two replicas, and the port of the balancer before them."""

    port: int
    replicas: tuple[Server, Server]

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of the balancer."""
        return "127.0.0.1", self.port

    def kill_one(self) -> None:
        """End a replica without a warning, with requests in it."""
        os.killpg(self.replicas[0].process.pid, signal.SIGKILL)


@contextmanager
def balanced(model: Path) -> Iterator[Balanced]:
    """Run two replicas behind HAProxy until the end of the context.

    Raises:
        FileNotFoundError: HAProxy is not installed.
        RuntimeError: HAProxy does not start.
    """
    program = shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if program is None:
        raise FileNotFoundError("HAProxy is not installed: `apt-get install haproxy`.")
    with serve(model, workers=1) as first, serve(model, workers=1) as second:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        environment = {
            "GATEWISE_BALANCER_BIND": f"127.0.0.1:{port}",
            "GATEWISE_REPLICA_1": f"127.0.0.1:{first.port}",
            "GATEWISE_REPLICA_2": f"127.0.0.1:{second.port}",
        }
        process = subprocess.Popen(  # noqa: S603
            [program, "-f", str(CONFIGURATION)],
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_until_ready(process, port)
            yield Balanced(port, (first, second))
        finally:
            process.kill()
            process.wait()


def requests_of(reviews: Sequence[str]) -> list[bytes]:
    """Return a request to `/predict` for each review."""
    return [post("/predict", text_body(review)) for review in reviews]


def send_while_one_is_killed(service: Balanced, requests: Sequence[bytes], *, total: int) -> Tally:
    """Send requests, and kill a replica when a third of them has been responded to."""
    sent = 0

    async def after_each(_number: int) -> None:
        nonlocal sent
        sent += 1
        if sent == total // 3:
            service.kill_one()

    return asyncio.run(
        closed_loop(service.address, requests, clients=_CLIENTS, total=total, after_each=after_each)
    )


def measure(model: Path, *, number: int) -> dict[str, Any]:
    """Return a table: requests a second of both ways to serve, and the requests a kill cost."""
    requests = requests_of(packaged_reviews(200))

    def rate(address: tuple[str, int]) -> float:
        tally = asyncio.run(closed_loop(address, requests, clients=_CLIENTS, total=number))
        return tally.per_second

    with serve(model, workers=2) as service:
        workers = rate(service.address)
    with balanced(model) as pair:
        replicas = rate(pair.address)
        killed = send_while_one_is_killed(pair, requests, total=number)
    rows = [
        ["one service with two workers, requests a second", f"{workers:.0f}"],
        ["two replicas behind HAProxy, requests a second", f"{replicas:.0f}"],
        [f"of {number:,} requests, lost when a replica is killed", killed.total - killed.number()],
        ["the slowest of them, seconds", f"{killed.percentile(100) / 1e3:.1f}"],
    ]
    return {"columns": [f"{_CLIENTS} clients, a review a request", "value"], "rows": rows}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    parser = benchmark_parser("benchmarks.balancer", __doc__)
    parser.add_argument("--number", type=int, default=_REQUESTS, help="requests of each part")
    options = parser.parse_args(arguments)
    model = served_model(options.model)
    figures = measure(model, number=options.number)
    command, title = command_line(parser, arguments), model_title(load_artifact(model))
    lines = markdown_table(figures["columns"], figures["rows"])
    Report(command, [title], figures, lines, HTTP_PACKAGES).publish(options.json)


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(f"http://127.0.0.1:{port}/ready").is_success:
                return
        time.sleep(0.05)
    raise RuntimeError("HAProxy did not start, or found no replica ready.")


if __name__ == "__main__":
    main()
