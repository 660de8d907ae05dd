"""The cost of an explanation over HTTP beside a prediction, and the rounding of its sums.

    python -m benchmarks.explaining [--reviews 500] [--json docs/figures/explaining.json]

The service is a process of its own, with one thread for a text. One client sends three requests for
every review on one kept-alive connection, one right after the other: `/predict`, `/explain` without
attributions, and `/explain`.
"""

import http.client
import json
import math
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.report import (
    HTTP_PACKAGES,
    Report,
    benchmark_parser,
    command_line,
    model_title,
    rounded_error,
)
from benchmarks.reviews import packaged_reviews, review_of_length
from benchmarks.serving import connect, send, serve, served_model
from benchmarks.tables import explaining_tables
from gatewise.models.predictor import Predictor

TOKENS = 230
_ON_REQUEST = ("gate_effects", "faithfulness")
_REPEATS = 7
_WARM_UP = 5
# The requests for every review: path and options, by name in the figures.
_REQUESTS: dict[str, tuple[str, dict[str, bool]]] = {
    "/predict": ("/predict", {}),
    "/explain, attribution=false": ("/explain", {"attribution": False}),
    "/explain": ("/explain", {"attribution": True}),
}


@dataclass(frozen=True)
class Distances:
    """How far the sums of one explanation are from its logit.

    Distances are in units of the logit, or of 1 where the logit is smaller.

    Attributes:
        tokens: Number of tokens (T).
        decomposition: Distance of bias plus the total contribution of every token.
        parts: The same, where new words and recalled context are added separately.
        attributions: Distance of bias plus the attribution of every token.
    """

    tokens: int
    decomposition: float
    parts: float
    attributions: float


@dataclass
class Cost:
    """Milliseconds and bytes of all responses to one kind of request."""

    milliseconds: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    parser = benchmark_parser("benchmarks.explaining", __doc__)
    parser.add_argument("--reviews", type=int, default=500)
    options = parser.parse_args(arguments)
    model = served_model(options.model)
    predictor = Predictor.load(model)
    texts = packaged_reviews(options.reviews)
    long_text = review_of_length(predictor, TOKENS)
    with serve(model, threads=1) as server, connect(server) as connection:
        measure_reviews(connection, texts[:_WARM_UP])
        distances, costs = measure_reviews(connection, texts)
        on_request = {name: median_ms(connection, long_text, name) for name in _ON_REQUEST}
    figures = summary(distances, costs, on_request)
    command, title = command_line(parser, arguments), model_title(predictor.artifact)
    Report(command, [title], figures, lines_of(figures), HTTP_PACKAGES).publish(options.json)


def measure_reviews(
    connection: http.client.HTTPConnection, texts: Sequence[str]
) -> tuple[list[Distances], dict[str, Cost]]:
    """Send every request for every text; return distances by text and costs by request."""
    costs = {name: Cost() for name in _REQUESTS}
    distances = []
    for text in texts:
        for name, (path, options) in _REQUESTS.items():
            body = json.dumps({"text": text, **options}).encode()
            started = time.perf_counter()
            response = send(connection, path, body)
            costs[name].milliseconds.append(1e3 * (time.perf_counter() - started))
            costs[name].sizes.append(len(response))
        distances.append(distances_from_logit(json.loads(response)))
    return distances, costs


def distances_from_logit(response: dict[str, Any]) -> Distances:
    """Add up the decomposition and the attributions in a response of `/explain`."""
    bias, logit = response["decomposition"]["bias"], response["decomposition"]["logit"]
    tokens = response["tokens"]
    shares = [token["decomposition"] for token in tokens]

    def distance(terms: list[float]) -> float:
        return abs(bias + math.fsum(terms) - logit) / max(1.0, abs(logit))

    parts = [share[part] for share in shares for part in ("new_word", "recalled_context")]
    return Distances(
        tokens=len(tokens),
        decomposition=distance([share["total"] for share in shares]),
        parts=distance(parts),
        attributions=distance([token["attribution"] for token in tokens]),
    )


def median_ms(connection: http.client.HTTPConnection, text: str, option: str) -> float:
    """Measure the median time of an explanation with one of its optional parts."""
    body = json.dumps({"text": text, option: True}).encode()
    times = []
    for _ in range(_REPEATS):
        started = time.perf_counter()
        send(connection, "/explain", body)
        times.append(1e3 * (time.perf_counter() - started))
    return statistics.median(times)


def summary(
    distances: Sequence[Distances], costs: dict[str, Cost], on_request: dict[str, float]
) -> dict[str, Any]:
    """Return the figures."""
    predict = statistics.median(costs["/predict"].milliseconds)
    requests = {}
    for name, cost in costs.items():
        median = statistics.median(cost.milliseconds)
        requests[name] = {
            "p50_ms": round(median, 2),
            "p99_ms": round(statistics.quantiles(cost.milliseconds, n=100)[98], 2),
            "times_predict": round(median / predict, 2),
            "kilobytes": round(statistics.median(cost.sizes) / 1e3, 1),
        }
    largest = {
        name: rounded_error(max(getattr(each, name) for each in distances), 2)
        for name in ("decomposition", "parts", "attributions")
    }
    return {
        "reviews": len(distances),
        "median_tokens": round(statistics.median(each.tokens for each in distances)),
        "tokens_on_request": TOKENS,
        "requests": requests,
        "largest_distance_from_logit": largest,
        "on_request_ms": {name: round(time_) for name, time_ in on_request.items()},
    }


def lines_of(figures: dict[str, Any]) -> list[str]:
    """Render what was measured, and the tables."""
    reviews = f"{figures['reviews']} reviews of {figures['median_tokens']} tokens (median)"
    return [f"{reviews}, one client", "", *explaining_tables(figures)]


if __name__ == "__main__":
    main()
