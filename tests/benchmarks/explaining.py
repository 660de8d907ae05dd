"""What an explanation over HTTP costs beside the verdict alone, and whether its account adds up.

    python -m tests.benchmarks.explaining [--reviews 500] [--report docs/explanations.md]

The service is a process of its own, with one thread for a text; one client asks on one kept-alive
connection. Every review is asked about twice, `/predict` and `/explain`, one right after the other.
"""

import argparse
import http.client
import json
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from models import Predictor
from service.settings import Settings
from tests.benchmarks.predict_latency import TOKENS, ask, review
from tests.benchmarks.report import machine, markdown_table, write_figures
from tests.benchmarks.reviews import packaged_reviews
from tests.service.process import running

_ON_REQUEST = ("effects", "credit", "faithfulness")
_REPEATS = 7
_WARM_UP = 5


@dataclass(frozen=True)
class Account:
    """How far an answer's account is from the logit it answers, relative to it, all as printed."""

    tokens: int
    of_ledger: float
    of_parts: float
    residual: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reviews", type=int, default=500)
    parser.add_argument("--report", type=Path, help="document to write the tables into")
    given = parser.parse_args(arguments)
    texts = packaged_reviews(given.reviews)
    text = review(Predictor.load(Settings().model))
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), threads=1) as service:
        address = httpx.URL(service.url)
        connection = http.client.HTTPConnection(address.host, address.port)
        accounts, times = ask_both(connection, texts)
        on_request = {name: time_of(connection, text, name) for name in _ON_REQUEST}
        connection.close()
    lines = [machine(), "", *report(accounts, times, on_request)]
    sys.stdout.write("\n".join(lines) + "\n")
    if given.report:
        write_figures(given.report, "explaining", lines)


def ask_both(
    connection: http.client.HTTPConnection, texts: Sequence[str]
) -> tuple[list[Account], dict[str, list[float]]]:
    """Ask about every text in both ways; answer what the accounts come to, and milliseconds."""
    times: dict[str, list[float]] = {"/predict": [], "/explain": []}
    accounts = []
    for number, text in enumerate([*texts[:_WARM_UP], *texts]):
        body = json.dumps({"text": text}).encode()
        for path, milliseconds in times.items():
            started = time.perf_counter()
            answer = ask(connection, path, body)
            if number >= _WARM_UP:
                milliseconds.append(1e3 * (time.perf_counter() - started))
        if number >= _WARM_UP:
            accounts.append(account_of(json.loads(answer)))
    return accounts, times


def account_of(answer: dict[str, Any]) -> Account:
    """Add up an answer's ledger, by tokens and by their parts, from the numbers in its JSON."""
    ledger = answer["ledger"]
    contributions = [token["contribution"] for token in answer["tokens"]]
    parts = [c[part] for c in contributions for part in ("new_word", "recalled_context")]
    size = abs(ledger["logit"])

    def error(terms: list[float]) -> float:
        return abs(ledger["bias"] + math.fsum(terms) - ledger["logit"]) / size

    totals = [contribution["total"] for contribution in contributions]
    return Account(len(contributions), error(totals), error(parts), abs(ledger["residual"]) / size)


def time_of(connection: http.client.HTTPConnection, text: str, option: str) -> float:
    """Answer the median milliseconds of an explanation with one of its optional parts."""
    body = json.dumps({"text": text, option: True}).encode()
    times = []
    for _ in range(_REPEATS):
        started = time.perf_counter()
        ask(connection, "/explain", body)
        times.append(1e3 * (time.perf_counter() - started))
    return statistics.median(times)


def report(
    accounts: Sequence[Account], times: dict[str, list[float]], on_request: dict[str, float]
) -> list[str]:
    """Tabulate times and sums."""
    medians = {path: statistics.median(found) for path, found in times.items()}
    rows: list[list[object]] = [
        [
            f"`POST {path}`",
            f"{medians[path]:.2f}",
            f"{statistics.quantiles(found, n=100)[98]:.2f}",
            f"{medians[path] / medians['/predict']:.2f}",
        ]
        for path, found in times.items()
    ]
    tokens = statistics.median(account.tokens for account in accounts)
    worst = {
        name: max(getattr(account, name) for account in accounts)
        for name in ("of_ledger", "of_parts", "residual")
    }
    extra: list[list[object]] = [[f"`{name}`", f"{ms:.0f}"] for name, ms in on_request.items()]
    return [
        f"{len(accounts)} reviews of {tokens:.0f} tokens (median), one client:",
        "",
        *markdown_table(["", "p50 ms", "p99 ms", "p50 x /predict"], rows),
        "",
        "Largest difference between the logit and its account, relative to the logit: "
        f"{worst['of_ledger']:.1e} for bias and contributions, {worst['of_parts']:.1e} for bias, "
        f"new words and recalled contexts, {worst['residual']:.1e} as `residual` says.",
        "",
        f"What is computed on request, for {TOKENS} tokens:",
        "",
        *markdown_table(["`/explain` with", "ms"], extra),
    ]


if __name__ == "__main__":
    main()
