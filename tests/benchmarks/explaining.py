"""What an explanation over HTTP costs beside the verdict alone, and whether its accounts add up.

    python -m tests.benchmarks.explaining [--reviews 500] [--report docs/explanations.md]

The service is a process of its own, with one thread for a text; one client asks on one kept-alive
connection. Every review is asked about three times, one right after the other: `/predict`,
`/explain`, and `/explain` with `credit`.
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
from dataclasses import dataclass, field
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


# What is asked about every review, by its name in the table.
_QUESTIONS: dict[str, tuple[str, dict[str, bool]]] = {
    "`/predict`": ("/predict", {}),
    "`/explain`": ("/explain", {}),
    "`/explain`, `credit`": ("/explain", {"credit": True}),
}


@dataclass(frozen=True)
class Account:
    """How far the accounts are from the logit, as printed: in units of the logit, or of 1."""

    tokens: int
    contributions: float
    parts: float
    credits: float


@dataclass
class Asked:
    """Milliseconds and bytes of the answers to one question."""

    milliseconds: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)


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
        ask_all(connection, texts[:_WARM_UP])
        accounts, asked = ask_all(connection, texts)
        on_request = {name: time_of(connection, text, name) for name in _ON_REQUEST}
        connection.close()
    lines = [machine(), "", *report(accounts, asked, on_request)]
    sys.stdout.write("\n".join(lines) + "\n")
    if given.report:
        write_figures(given.report, "explaining", lines)


def ask_all(
    connection: http.client.HTTPConnection, texts: Sequence[str]
) -> tuple[list[Account], dict[str, Asked]]:
    """Ask every question about every text; answer what the accounts come to, and the costs."""
    asked = {name: Asked() for name in _QUESTIONS}
    accounts = []
    for text in texts:
        for name, (path, options) in _QUESTIONS.items():
            body = json.dumps({"text": text, **options}).encode()
            started = time.perf_counter()
            answer = ask(connection, path, body)
            asked[name].milliseconds.append(1e3 * (time.perf_counter() - started))
            asked[name].sizes.append(len(answer))
        accounts.append(account_of(json.loads(answer)))
    return accounts, asked


def account_of(answer: dict[str, Any]) -> Account:
    """Add up ledger and credits of an answer, from the numbers in its JSON."""
    ledger, tokens = answer["ledger"], answer["tokens"]
    contributions = [token["contribution"] for token in tokens]
    size = max(1.0, abs(ledger["logit"]))

    def error(terms: list[float]) -> float:
        return abs(ledger["bias"] + math.fsum(terms) - ledger["logit"]) / size

    return Account(
        tokens=len(tokens),
        contributions=error([contribution["total"] for contribution in contributions]),
        parts=error([c[part] for c in contributions for part in ("new_word", "recalled_context")]),
        credits=error([token["credit"] for token in tokens]),
    )


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
    accounts: Sequence[Account], asked: dict[str, Asked], on_request: dict[str, float]
) -> list[str]:
    """Tabulate costs and sums."""
    predict = statistics.median(asked["`/predict`"].milliseconds)
    rows: list[list[object]] = []
    for name, found in asked.items():
        median = statistics.median(found.milliseconds)
        late = statistics.quantiles(found.milliseconds, n=100)[98]
        size = statistics.median(found.sizes) / 1e3
        rows.append(
            [name, f"{median:.2f}", f"{late:.2f}", f"{median / predict:.2f}", f"{size:.1f}"]
        )
    tokens = statistics.median(account.tokens for account in accounts)
    sums: list[list[object]] = [
        [what, f"{max(getattr(account, name) for account in accounts):.1e}"]
        for what, name in (
            ("contributions", "contributions"),
            ("new words and recalled contexts", "parts"),
            ("credits", "credits"),
        )
    ]
    extra: list[list[object]] = [[f"`{name}`", f"{ms:.0f}"] for name, ms in on_request.items()]
    return [
        f"{len(accounts)} reviews of {tokens:.0f} tokens (median), one client:",
        "",
        *markdown_table(["", "p50 ms", "p99 ms", "p50 x /predict", "kB (median)"], rows),
        "",
        *markdown_table(["bias and", "largest distance from the logit"], sums),
        "",
        "Distances are in units of the logit, or of 1 where it is smaller. What is computed on "
        f"request, for {TOKENS} tokens:",
        "",
        *markdown_table(["`/explain` with", "ms"], extra),
    ]


if __name__ == "__main__":
    main()
