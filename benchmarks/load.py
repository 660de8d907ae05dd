"""The throughput of the service over HTTP, beside that of its network alone.

    make load [ARGS="--seconds 5 --only predict --json docs/figures/load.json"]

The service is a process of its own with the settings of the environment; this process sends the
requests (see `traffic`), on the same machine. The texts are 500 packaged reviews.

Before and after, the network alone classifies the same reviews in batches, on as many threads as
the service has. An empty FastAPI route on the same server shows what HTTP costs by itself. "never
batched" is the service with `GATEWISE_BATCH_TOKENS=1`: as many worker threads, but every request is
computed alone.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.report import (
    HTTP_PACKAGES,
    Report,
    benchmark_parser,
    command_line,
    model_title,
)
from benchmarks.reviews import packaged_reviews
from benchmarks.serving import serve, serve_empty_route, served_model
from benchmarks.tables import load_table
from benchmarks.traffic import Tally, closed_loop, open_loop, post, text_body
from gatewise.models.predictor import Predictor
from gatewise.service.settings import Settings

REVIEWS = 500
LIST = 16
CLIENTS = (1, 8, 32, 128)
SHARE_OF_CAPACITY = 0.7
PARTS = ("predict", "explain", "list", "open", "never batched", "empty")
_OPEN = "predict, open loop at 70 %"
_WARM_UP_SECONDS = 1.0
_ALONE_SECONDS = 3.0

Row = dict[str, Any]


@dataclass(frozen=True)
class Workload:
    """Requests of one kind.

    Attributes:
        name: The name in the table.
        requests: The requests, sent in turn.
        clients: Numbers of clients; each is measured.
        texts: Number of texts in one request.
    """

    name: str
    requests: Sequence[bytes]
    clients: Sequence[int]
    texts: int = 1


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    parser = benchmark_parser("benchmarks.load", __doc__)
    parser.add_argument("--seconds", type=float, default=10, help="for each row of the table")
    parser.add_argument("--clients", type=int, nargs="+", default=CLIENTS)
    parser.add_argument("--only", choices=PARTS, help="measure this part alone")
    options = parser.parse_args(arguments)
    model, texts, settings = served_model(options.model), packaged_reviews(REVIEWS), Settings()
    predictor = Predictor.load(model)
    alone = [network_alone(predictor, texts, settings)]
    rows = asyncio.run(measure(model, texts, options))
    alone.append(network_alone(predictor, texts, settings))
    figures = summary(rows, statistics.median(alone), settings)
    command, title = command_line(parser, arguments), model_title(predictor.artifact)
    Report(command, [title], figures, lines_of(figures), HTTP_PACKAGES).publish(options.json)


def network_alone(predictor: Predictor, texts: Sequence[str], settings: Settings) -> float:
    """Measure how many reviews a second the network classifies, without HTTP and tokenization."""
    encodings = predictor.encode(texts)
    threads = settings.inference_threads * settings.workers
    classified, started = 0, time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        while time.perf_counter() - started < _ALONE_SECONDS:
            parts = [encodings[start::threads] for start in range(threads)]
            classified += sum(map(len, pool.map(predictor.predict_encoded, parts)))
    return classified / (time.perf_counter() - started)


async def measure(model: Path, texts: Sequence[str], options: argparse.Namespace) -> list[Row]:
    """Measure every part that was chosen, and return the rows of the table."""
    predict, explain, lists = workloads(texts, options.clients)
    parts = PARTS if options.only is None else (options.only,)
    rows: list[Row] = []
    with serve(model) as server:
        for part, workload in (("predict", predict), ("explain", explain), ("list", lists)):
            if part in parts:
                rows += await with_each_number(server.address, workload, options.seconds)
        if "open" in parts:
            rows.append(await at_share_of_capacity(server.address, predict, options.seconds))
    if "never batched" in parts:
        with serve(model, batch_tokens=1) as server:
            for workload in (predict, lists):
                unbatched = replace(workload, name=f"{workload.name}, never batched")
                rows += await with_each_number(server.address, unbatched, options.seconds)
    if "empty" in parts:
        requests = [request.replace(b"/predict", b"/", 1) for request in predict.requests]
        empty = Workload("empty route", requests, options.clients, texts=0)
        with serve_empty_route() as server:
            rows += await with_each_number(server.address, empty, options.seconds)
    return rows


def workloads(texts: Sequence[str], clients: Sequence[int]) -> tuple[Workload, Workload, Workload]:
    """Return predictions of single texts, explanations, and predictions of lists of texts."""
    lists = [texts[start : start + LIST] for start in range(0, len(texts) - LIST, LIST)]
    return (
        Workload("predict", [post("/predict", text_body(text)) for text in texts], clients),
        Workload("explain", [post("/explain", text_body(text)) for text in texts], clients),
        Workload("list", [post("/predict", text_body(part)) for part in lists], [32], LIST),
    )


async def with_each_number(
    address: tuple[str, int], workload: Workload, seconds: float
) -> list[Row]:
    """Send the requests of a workload in a closed loop, with every number of clients."""
    requests, rows = workload.requests, []
    for clients in workload.clients:
        await closed_loop(address, requests, clients=clients, seconds=_WARM_UP_SECONDS)
        tally = await closed_loop(address, requests, clients=clients, seconds=seconds)
        rows.append(row_of(workload.name, clients, tally, workload.texts))
    return rows


async def at_share_of_capacity(address: tuple[str, int], workload: Workload, seconds: float) -> Row:
    """Measure the throughput of 32 clients, then send 70 % of it in an open loop."""
    capacity = await closed_loop(address, workload.requests, clients=32, seconds=seconds)
    rate = SHARE_OF_CAPACITY * capacity.per_second
    tally = await open_loop(address, workload.requests, per_second=rate, seconds=3 * seconds)
    return row_of(_OPEN, 0, tally, workload.texts)


def row_of(name: str, clients: int, tally: Tally, texts: int) -> Row:
    """Return the figures of one measurement."""
    return {
        "workload": name,
        "clients": clients,
        "requests_per_second": round(tally.per_second, 1),
        "texts_per_second": round(tally.per_second * texts, 1),
        "p50_ms": tally.rounded_percentile(50),
        "p99_ms": tally.rounded_percentile(99),
        "status_200": tally.number(),
        "other": tally.total - tally.number(),
    }


def summary(rows: list[Row], alone: float, settings: Settings) -> dict[str, Any]:
    """Compare every row with the network alone, and select the figures with a target."""
    rows = [{**row, "share_of_network": round(row["texts_per_second"] / alone, 3)} for row in rows]
    found = {(row["workload"], row["clients"]): row for row in rows}
    targets = {
        f"{title}_share_of_network_at_32": found[name, 32]["share_of_network"]
        for title, name in (("list", "list"), ("single", "predict"))
        if (name, 32) in found
    }
    if (row := found.get((_OPEN, 0))) and row["p50_ms"]:
        targets["p99_over_p50_at_70_percent"] = round(row["p99_ms"] / row["p50_ms"], 2)
    chosen = settings.model_dump(include={"workers", "threads", "batch_tokens"})
    chosen["concurrency"] = settings.inference_threads
    return {
        "settings": chosen,
        "network_alone_reviews_per_second": round(alone, 1),
        "rows": rows,
        "load": targets,
    }


def lines_of(figures: dict[str, Any]) -> list[str]:
    """Render the table, the figures with a target, and the settings."""
    targets = [f"{name}: {value}" for name, value in figures["load"].items()]
    settings = ", ".join(f"{name} {value}" for name, value in figures["settings"].items())
    return [
        *load_table(figures),
        "",
        f"network alone: {figures['network_alone_reviews_per_second']} reviews/s",
        *targets,
        f"settings: {settings}",
    ]


if __name__ == "__main__":
    main()
