"""Long checks of stability, too long for `make test`.

    make soak [ARGS="--cases 500 --requests 2000 --seconds 5 --json docs/figures/soak.json"]

    fuzz       10,000 requests generated from the OpenAPI document, valid and invalid: no response
               is a 5xx or undocumented
    memory     100,000 requests from 32 clients: the memory of the service does not grow
    overload   ten times the requests that the service can process, sent at fixed times: every
               response is 200, or 429 at once; /health stays fast

Each part starts a service of its own with the settings of the environment. The command fails if a
part does.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from typing import Any

import schemathesis

from benchmarks.fuzzing import check_responses, distribute
from benchmarks.report import (
    HTTP_PACKAGES,
    Report,
    benchmark_parser,
    command_line,
    model_title,
)
from benchmarks.reviews import packaged_reviews
from benchmarks.serving import Server, resident_bytes, serve, served_model
from benchmarks.tables import soak_table
from benchmarks.traffic import Tally, closed_loop, get, open_loop, post, text_body
from gatewise.models.artifact.artifact import load_artifact

CLIENTS = 32
# Allocators grow until they have seen every size; memory must not grow after this share of the run.
SETTLED, GROWTH = 0.2, 1.05
TIMES_CAPACITY = 10
HEALTH_MS, REFUSAL_MS = 500, 1_000

Figures = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run every part and report; exit with an error if one failed."""
    parser = benchmark_parser("benchmarks.soak", __doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="requests of the fuzz")
    parser.add_argument("--requests", type=int, default=100_000, help="requests of the memory part")
    parser.add_argument("--seconds", type=float, default=20, help="length of the overload")
    parser.add_argument("--seed", type=int, default=0, help="seed of the fuzz")
    parser.add_argument("--only", choices=PARTS, help="run this part alone")
    options = parser.parse_args(arguments)
    model = served_model(options.model)
    figures: dict[str, Figures] = {}
    for name, part in PARTS.items():
        if options.only in {None, name}:
            with serve(model) as server:
                figures[name] = part(server, options)
            sys.stderr.write(f"{name}: {'passed' if figures[name]['passed'] else 'failed'}\n")
    command, title = command_line(parser, arguments), model_title(load_artifact(model))
    Report(command, [title], figures, soak_table(figures), HTTP_PACKAGES).publish(options.json)
    if not all(entry["passed"] for entry in figures.values()):
        sys.exit("A part failed.")


def fuzz(server: Server, options: argparse.Namespace) -> Figures:
    """Fuzz every operation, and count those with a response that breaks the document."""
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    cases = distribute(options.cases, schema.raw_schema)
    broken = 0
    for operation, requests in cases.items():
        try:
            check_responses(schema, operation, requests=requests, seed=options.seed)
        except Exception as error:
            # Whatever it is, it is counted and shown, and the other operations are tested as well.
            broken += 1
            sys.stderr.write(f"{' '.join(operation)}: {error}\n")
    return {
        "cases": sum(cases.values()),
        "broken": broken,
        "passed": broken == 0 and server.process.poll() is None,
        "of_each": {" ".join(operation): number for operation, number in cases.items()},
    }


def memory(server: Server, options: argparse.Namespace) -> Figures:
    """Send all kinds of requests in turn, and sample the memory of the service meanwhile."""
    requests = mixed_requests(packaged_reviews(500))
    samples: list[int] = []
    interval = max(1, options.requests // 100)

    async def sample(number: int) -> None:
        if number % interval == 0:
            samples.append(resident_bytes(server.process.pid))

    tally = asyncio.run(
        closed_loop(
            server.address, requests, clients=CLIENTS, total=options.requests, after_each=sample
        )
    )
    settled = samples[int(len(samples) * SETTLED)]
    growth = samples[-1] / settled
    unexpected = tally.total - tally.number(200) - tally.number(422)
    return {
        **counts(tally),
        "resident_mb_first": samples[0] // 10**6,
        "resident_mb_settled": settled // 10**6,
        "resident_mb_last": samples[-1] // 10**6,
        "growth_after_settling": round(growth, 4),
        "passed": growth <= GROWTH and unexpected == 0,
    }


def mixed_requests(reviews: Sequence[str]) -> list[bytes]:
    """Return predictions, explanations, lists, an empty text, which is refused, and metrics."""
    return [
        request
        for start in range(0, len(reviews) - 4, 4)
        for request in (
            post("/predict", text_body(reviews[start])),
            post("/explain", text_body(reviews[start + 1])),
            post("/predict", text_body(reviews[start : start + 4])),
            post("/predict", text_body("")),
            get("/metrics"),
        )
    ]


def overload(server: Server, options: argparse.Namespace) -> Figures:
    """Measure the capacity for lists of reviews, then send ten times as many, and `/health`."""
    reviews, seconds = packaged_reviews(500), options.seconds
    lists = [reviews[start : start + 16] for start in range(0, 480, 16)]
    requests = [post("/predict", text_body(part)) for part in lists]

    async def measure() -> tuple[Tally, Tally, Tally]:
        capacity = await closed_loop(server.address, requests, clients=CLIENTS, seconds=seconds)
        rate = TIMES_CAPACITY * capacity.per_second
        flood = open_loop(server.address, requests, per_second=rate, seconds=seconds)
        health = [get("/health")]
        probes = open_loop(server.address, health, per_second=10, seconds=seconds, seed=1)
        return capacity, *await asyncio.gather(flood, probes)

    capacity, flood, probes = asyncio.run(measure())
    unexpected = flood.total - flood.number(200) - flood.number(429)
    return {
        "capacity_per_second": round(capacity.per_second, 1),
        "sent_per_second": round(TIMES_CAPACITY * capacity.per_second, 1),
        **counts(flood),
        "completed_per_second": round(flood.per_second, 1),
        "p50_ms_of_200": flood.rounded_percentile(50, 200),
        "p99_ms_of_200": flood.rounded_percentile(99, 200),
        "p50_ms_of_429": flood.rounded_percentile(50, 429),
        "p99_ms_of_429": flood.rounded_percentile(99, 429),
        "p50_ms_of_health": probes.rounded_percentile(50, 200),
        "p99_ms_of_health": probes.rounded_percentile(99, 200),
        "passed": unexpected == 0
        and flood.number(429) > 0
        and flood.percentile(50, 429) < REFUSAL_MS
        and probes.percentile(99) < HEALTH_MS,
    }


def counts(tally: Tally) -> Figures:
    """Count the responses by status."""
    return {
        "requests": tally.total,
        "per_second": round(tally.total / tally.seconds, 1),
        "responses": {str(status): tally.number(status) for status in sorted(tally.latencies)},
    }


PARTS: dict[str, Callable[[Server, argparse.Namespace], Figures]] = {
    "fuzz": fuzz,
    "memory": memory,
    "overload": overload,
}

if __name__ == "__main__":
    main()
