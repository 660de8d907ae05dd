"""What takes too long for `make test`.

    make soak [ARGS="--cases 500 --requests 2000 --seconds 5 --report docs/reliability.md"]

    fuzz       10,000 requests made from the OpenAPI document, good and bad: no 5xx, and no answer
               that the document does not promise
    memory     100,000 requests by 32 clients: the memory of the service stays flat
    overload   ten times the requests that the service can do, at fixed times: everything is
               answered, 200 or 429 (at once, with Retry-After), /health stays fast, and as much is
               done as without the overload

Each part has a service of its own with the settings of the environment. The command fails if a part
does.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import schemathesis

from tests.benchmarks.load import address_of, body_of
from tests.benchmarks.report import machine, write_figures
from tests.benchmarks.reviews import packaged_reviews
from tests.benchmarks.traffic import Tally, closed_loop, get, open_loop, post
from tests.service.fuzzing import OPERATIONS, answers_as_documented
from tests.service.process import Running, running

CLIENTS = 32
# Allocators take a while to have seen every size; after so much of the run memory must not grow.
SETTLED, GROWTH = 0.2, 1.05
TIMES_CAPACITY = 10
HEALTH_MS, REFUSAL_MS = 500, 1_000

Figures = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run every part, print what came of it, and write JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="requests of the fuzz")
    parser.add_argument("--requests", type=int, default=100_000, help="requests of the soak")
    parser.add_argument("--seconds", type=float, default=20, help="length of the overload")
    parser.add_argument("--seed", type=int, default=0, help="of the fuzz")
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    parser.add_argument("--report", type=Path, help="document to write the figures into")
    given = parser.parse_args(arguments)
    figures: dict[str, Figures] = {}
    for name, part in PARTS.items():
        if given.only in {None, name}:
            with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as service:
                figures[name] = part(service, given)
            sys.stdout.write(f"{name}: {json.dumps(figures[name])}\n")
            sys.stdout.flush()
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2) + "\n")
    if given.report:
        lines = [f"    {name}: {json.dumps(entry)}" for name, entry in figures.items()]
        write_figures(given.report, "soak", [machine(), "", *lines])
    if not all(entry["passed"] for entry in figures.values()):
        sys.exit("A part failed.")


def fuzz(service: Running, given: argparse.Namespace) -> Figures:
    """Share out the cases as `make test` does. Raises at the first answer that breaks a promise."""
    schema = schemathesis.openapi.from_url(f"{service.url}/openapi.json")
    weights = sum(OPERATIONS.values())
    cases = {}
    for (method, path), weight in OPERATIONS.items():
        requests = -(-given.cases * weight // weights)
        answers_as_documented(schema, method, path, requests=requests, seed=given.seed)
        cases[f"{method} {path}"] = requests
    alive = service.process.poll() is None
    return {"cases": sum(cases.values()), "broken": 0, "passed": alive, "of_each": cases}


def memory(service: Running, given: argparse.Namespace) -> Figures:
    """Ask everything in turn, and look at the memory of the service all the while."""
    reviews = packaged_reviews(500)
    requests = [
        question
        for start in range(0, len(reviews) - 4, 4)
        for question in (
            post("/predict", body_of(reviews[start])),
            post("/explain", body_of(reviews[start + 1])),
            post("/predict", body_of(reviews[start : start + 4])),
            post("/predict", body_of("")),
            get("/metrics"),
        )
    ]
    samples: list[int] = []
    every = max(1, given.requests // 100)

    async def look(number: int) -> None:
        if number % every == 0:
            samples.append(resident_bytes(service.process.pid))

    tally = asyncio.run(
        closed_loop(
            address_of(service.url), requests, clients=CLIENTS, total=given.requests, each=look
        )
    )
    settled = samples[int(len(samples) * SETTLED)]
    growth = samples[-1] / settled
    unanswered = tally.total - tally.number(200) - tally.number(422)
    return {
        **counts(tally),
        "resident_mb_first": samples[0] // 10**6,
        "resident_mb_settled": settled // 10**6,
        "resident_mb_last": samples[-1] // 10**6,
        "growth_after_settling": round(growth, 4),
        "passed": growth <= GROWTH and unanswered == 0,
    }


def overload(service: Running, given: argparse.Namespace) -> Figures:
    """Find the capacity with lists of reviews, ask for ten times as much, and ask /health, too."""
    reviews = packaged_reviews(500)
    lists = [reviews[start : start + 16] for start in range(0, 480, 16)]
    requests = [post("/predict", body_of(part)) for part in lists]
    address = address_of(service.url)

    async def ask() -> tuple[Tally, Tally, Tally]:
        seconds = given.seconds
        capacity = await closed_loop(address, requests, clients=CLIENTS, seconds=seconds)
        rate = TIMES_CAPACITY * capacity.per_second
        flood = open_loop(address, requests, per_second=rate, seconds=seconds)
        probes = open_loop(address, [get("/health")], per_second=10, seconds=seconds, seed=1)
        return capacity, *await asyncio.gather(flood, probes)

    capacity, flood, probes = asyncio.run(ask())
    unanswered = flood.total - flood.number(200) - flood.number(429)
    return {
        "capacity_per_second": round(capacity.per_second, 1),
        "asked_per_second": round(TIMES_CAPACITY * capacity.per_second, 1),
        **counts(flood),
        "done_per_second": round(flood.per_second, 1),
        "p50_ms_of_200": round(flood.percentile(50), 1),
        "p99_ms_of_200": round(flood.percentile(99), 1),
        "p50_ms_of_429": round(flood.percentile(50, 429), 1),
        "p99_ms_of_429": round(flood.percentile(99, 429), 1),
        "p50_ms_of_health": round(probes.percentile(50), 1),
        "p99_ms_of_health": round(probes.percentile(99), 1),
        "passed": unanswered == 0
        and flood.number(429) > 0
        and flood.percentile(50, 429) < REFUSAL_MS
        and probes.percentile(99) < HEALTH_MS,
    }


def counts(tally: Tally) -> Figures:
    """Count answers by status."""
    return {
        "requests": tally.total,
        "per_second": round(tally.total / tally.seconds, 1),
        "answers": {str(status): tally.number(status) for status in sorted(tally.latencies)},
    }


def resident_bytes(pid: int) -> int:
    """Read the memory of a process and of its children, as /proc tells it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    status = Path(f"/proc/{pid}/status").read_text()
    own = int(status.partition("VmRSS:")[2].split()[0]) * 1024
    return own + sum(resident_bytes(int(child)) for child in children)


PARTS: dict[str, Callable[[Running, argparse.Namespace], Figures]] = {
    "fuzz": fuzz,
    "memory": memory,
    "overload": overload,
}

if __name__ == "__main__":
    main()
