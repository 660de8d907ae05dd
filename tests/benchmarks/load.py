"""What the service does over HTTP, beside what its network does alone.

    make load [ARGS="--seconds 5 --only predict --report docs/reliability.md"]

The service is a process of its own with the settings of the environment; the generator is this one
(see `traffic`), on the same machine. Texts are 500 packaged reviews. In the same run, before and
after, the network alone judges the same reviews in batches, on as many threads as the service has;
and an empty FastAPI route on the same server shows what HTTP costs by itself. `never batched` is
the service with `GATEWISE_BATCH_TOKENS=1`: as many worker threads, every request by itself.
"""

import argparse
import asyncio
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from models import Predictor
from service.server import build_server
from service.settings import Settings
from tests.benchmarks.report import machine, markdown_table, write_figures
from tests.benchmarks.reviews import packaged_reviews
from tests.benchmarks.traffic import Tally, closed_loop, open_loop, post
from tests.service.process import running

REVIEWS = 500
LIST = 16
CLIENTS = (1, 8, 32, 128)
SHARE_OF_CAPACITY = 0.7
PARTS = ("predict", "explain", "list", "never batched", "empty", "open")
_OPEN = "predict, open loop at 70 %"
_WARM_UP_SECONDS = 1.0
_ALONE_SECONDS = 3.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print a table, and write JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="for each line of the table")
    parser.add_argument("--clients", type=int, nargs="+", default=CLIENTS)
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    parser.add_argument("--report", type=Path, help="document to write the table into")
    parser.add_argument("--empty-port", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.empty_port:
        serve_empty_route(given.empty_port)
        return
    texts = packaged_reviews(REVIEWS)
    settings = Settings()
    predictor = Predictor.load(settings.model)
    alone = [network_alone(predictor, texts, settings)]
    rows = asyncio.run(measure(texts, given))
    alone.append(network_alone(predictor, texts, settings))
    figures = summary(rows, statistics.median(alone), settings)
    sys.stdout.write(table(figures) + "\n")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2) + "\n")
    if given.report:
        write_figures(given.report, "load", markdown(figures))


def network_alone(predictor: Predictor, texts: Sequence[str], settings: Settings) -> float:
    """Reviews per second that the network judges in batches, without HTTP and tokenizing."""
    encodings = predictor.encode(texts)
    threads = settings.inference_threads * settings.workers
    judged, started = 0, time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        while time.perf_counter() - started < _ALONE_SECONDS:
            parts = [encodings[start::threads] for start in range(threads)]
            judged += sum(map(len, pool.map(predictor.predict_encoded, parts)))
    return judged / (time.perf_counter() - started)


async def measure(texts: Sequence[str], given: argparse.Namespace) -> list[dict[str, Any]]:
    """Ask every question with every number of clients."""
    lists = [texts[start : start + LIST] for start in range(0, len(texts) - LIST, LIST)]
    single = [post("/predict", body_of(text)) for text in texts]
    questions = {
        "predict": (single, given.clients, 1),
        "explain": ([post("/explain", body_of(text)) for text in texts], given.clients, 1),
        "list": ([post("/predict", body_of(part)) for part in lists], [32], LIST),
    }
    parts = PARTS if given.only is None else (given.only,)
    rows: list[dict[str, Any]] = []
    with serving() as address:
        for name in filter(parts.__contains__, questions):
            rows += await at_each(address, name, *questions[name], seconds=given.seconds)
        if "open" in parts:
            rows.append(await at_a_share_of_capacity(address, single, given.seconds))
    if "never batched" in parts:
        with serving(batch_tokens=1) as address:
            for name in ("predict", "list"):
                title = f"{name}, never batched"
                rows += await at_each(address, title, *questions[name], seconds=given.seconds)
    if "empty" in parts:
        with empty_route() as address:
            requests = [request.replace(b"/predict", b"/", 1) for request in single]
            rows += await at_each(
                address, "empty route", requests, given.clients, 0, seconds=given.seconds
            )
    return rows


@contextmanager
def serving(**settings: object) -> Iterator[tuple[str, int]]:
    """Serve in a process of its own, and say where."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), **settings) as service:
        yield address_of(service.url)


async def at_each(
    address: tuple[str, int],
    name: str,
    requests: Sequence[bytes],
    clients: Sequence[int],
    size: int,
    *,
    seconds: float,
) -> list[dict[str, Any]]:
    """Ask one question of `size` texts with every number of clients."""
    rows = []
    for number in clients:
        await closed_loop(address, requests, clients=number, seconds=_WARM_UP_SECONDS)
        tally = await closed_loop(address, requests, clients=number, seconds=seconds)
        rows.append(row_of(name, number, tally, size))
    return rows


async def at_a_share_of_capacity(
    address: tuple[str, int], requests: Sequence[bytes], seconds: float
) -> dict[str, Any]:
    """Find how much 32 clients get, and send 70 % of that, whatever the answers do."""
    capacity = await closed_loop(address, requests, clients=32, seconds=seconds)
    rate = SHARE_OF_CAPACITY * capacity.per_second
    tally = await open_loop(address, requests, per_second=rate, seconds=3 * seconds)
    return row_of(_OPEN, 0, tally, 1)


def row_of(name: str, clients: int, tally: Tally, size: int) -> dict[str, Any]:
    """Put a measurement into figures."""
    return {
        "question": name,
        "clients": clients,
        "requests_per_second": round(tally.per_second, 1),
        "texts_per_second": round(tally.per_second * size, 1),
        "p50_ms": round(tally.percentile(50), 2),
        "p99_ms": round(tally.percentile(99), 2),
        "answered_200": tally.number(),
        "other": tally.total - tally.number(),
    }


def summary(rows: list[dict[str, Any]], alone: float, settings: Settings) -> dict[str, Any]:
    """Set every line beside the network alone, and say what the goals ask for."""
    for row in rows:
        row["share_of_network"] = round(row["texts_per_second"] / alone, 3)
    found = {(row["question"], row["clients"]): row for row in rows}
    goals = {
        "list_share_of_network_at_32": found.get(("list", 32), {}).get("share_of_network"),
        "single_share_of_network_at_32": found.get(("predict", 32), {}).get("share_of_network"),
    }
    if opened := found.get((_OPEN, 0)):
        goals["p99_over_p50_at_70_percent"] = round(opened["p99_ms"] / opened["p50_ms"], 2)
    chosen = settings.model_dump(include={"workers", "threads", "batch_tokens"})
    chosen["concurrency"] = settings.inference_threads
    return {
        "settings": chosen,
        "network_alone_reviews_per_second": round(alone, 1),
        "rows": rows,
        "load": goals,
    }


def markdown(figures: dict[str, Any]) -> list[str]:
    """Render the figures for a document."""
    columns = ["clients", "requests_per_second", "texts_per_second", "share_of_network"]
    titles = ["", "clients", "requests/s", "texts/s", "of the network", "p50 ms", "p99 ms"]
    rows = [
        [row["question"], *(row[column] for column in [*columns, "p50_ms", "p99_ms"])]
        for row in figures["rows"]
    ]
    alone = figures["network_alone_reviews_per_second"]
    goals = ", ".join(f"`{name}` {value}" for name, value in figures["load"].items())
    return [
        *markdown_table(titles, rows),
        "",
        f"The network alone: {alone} reviews/s. {goals}. {machine()}",
    ]


def table(figures: dict[str, Any]) -> str:
    """Render the figures for reading."""
    columns = ("requests_per_second", "texts_per_second", "share_of_network", "p50_ms", "p99_ms")
    titles = ("requests/s", "texts/s", "of network", "p50 ms", "p99 ms")
    lines = [f"{'':28}{'clients':>8}" + "".join(f"{title:>12}" for title in titles)]
    for row in figures["rows"]:
        cells = "".join(f"{row[column]:>12}" for column in columns)
        other = f"   {row['other']} not 200" if row["other"] else ""
        lines.append(f"{row['question']:28}{row['clients'] or '':>8}{cells}{other}")
    alone = figures["network_alone_reviews_per_second"]
    lines.append(f"{'the network alone':28}{'':8}{'':12}{alone:>12}")
    return "\n".join([*lines, json.dumps(figures["settings"]), json.dumps(figures["load"])])


def body_of(text: str | Sequence[str]) -> bytes:
    """Write the body of a question."""
    return json.dumps({"text": text}).encode()


def address_of(url: str) -> tuple[str, int]:
    """Split a URL into where to connect."""
    parsed = httpx.URL(url)
    return parsed.host, parsed.port or 80


@contextmanager
def empty_route() -> Iterator[tuple[str, int]]:
    """Serve a route that does nothing, in a process of its own, by the same server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.load", "--empty-port", str(port)]
    )
    try:
        while not reachable(port):
            time.sleep(0.1)
        yield "127.0.0.1", port
    finally:
        process.terminate()
        process.wait()


def reachable(port: int) -> bool:
    """Tell whether something answers."""
    try:
        return (
            httpx.get(f"http://127.0.0.1:{port}/").status_code < httpx.codes.INTERNAL_SERVER_ERROR
        )
    except httpx.TransportError:
        return False


def serve_empty_route(port: int) -> None:
    """Serve FastAPI with a route that answers at once and reads nothing."""
    app = FastAPI()

    @app.post("/")
    async def nothing() -> dict[str, str]:
        return {"status": "ok"}

    build_server(app, Settings(port=port)).run()


if __name__ == "__main__":
    main()
