"""Latency of `POST /predict` beside plain `nn.GRU` with the same weights.

    python -m benchmarks.predict_latency [--rounds 300] [--json docs/figures/predict_latency.json]

One client sends requests on one kept-alive connection; the service is a process of its own with the
settings of the environment. Every round times each task once, so that all of them are affected
alike by other work on the machine.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from benchmarks.report import (
    HTTP_PACKAGES,
    Report,
    benchmark_parser,
    command_line,
    markdown_table,
    model_title,
)
from benchmarks.reviews import review_of_length
from benchmarks.serving import connect, send, serve
from benchmarks.timing import Timing, measure
from benchmarks.traffic import text_body
from gatewise.models.artifact.location import locate_model, releases
from gatewise.models.predictor import Predictor
from gatewise.service.settings import Settings
from gatewise.training.nets.network import SentimentGRU

TOKENS = 230
_WARM_UP = 20
_PLAIN, _PREDICT = "plain nn.GRU", "POST /predict"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every model and report."""
    parser = benchmark_parser(
        "benchmarks.predict_latency",
        __doc__,
        default_model="every shipped release",
        several_models=True,
    )
    parser.add_argument("--rounds", type=int, default=300)
    options = parser.parse_args(arguments)
    torch.set_num_threads(Settings().threads)
    titles: list[str] = []
    figures: dict[str, Any] = {"tokens": TOKENS}
    lines = [f"{TOKENS} tokens, {options.rounds} rounds, {Settings().threads} thread(s) for nn.GRU"]
    for model in map(locate_model, options.model or releases()):
        predictor = Predictor.load(model)
        timings = measure_model(predictor, model, rounds=options.rounds)
        titles.append(model_title(predictor.artifact))
        figures[predictor.artifact.name] = summary(timings)
        lines += ["", *table(predictor.artifact.name, timings)]
    command = command_line(parser, arguments)
    Report(command, titles, figures, lines, (*HTTP_PACKAGES, "torch")).publish(options.json)


def measure_model(predictor: Predictor, model: Path, *, rounds: int) -> dict[str, Timing]:
    """Time one text in plain PyTorch, in Python and over HTTP."""
    text = review_of_length(predictor, TOKENS)
    body = text_body(text)
    with serve(model) as server, connect(server) as connection:
        tasks: dict[str, Callable[[], object]] = {
            _PLAIN: plain_gru(predictor, text),
            "Predictor.predict": lambda: predictor.predict([text]),
            _PREDICT: lambda: send(connection, "/predict", body),
            "GET /health": lambda: send(connection, "/health"),
        }
        return measure(tasks, rounds=rounds, warm_up=_WARM_UP)


def plain_gru(predictor: Predictor, text: str) -> Callable[[], object]:
    """Return a task that runs the embedding and `nn.GRU` on a text, and nothing else."""
    network = SentimentGRU.from_weights(predictor.artifact.weights).eval()
    ids = torch.from_numpy(predictor.encode([text])[0].ids)[None]  # (1, T)

    def forward() -> object:
        with torch.inference_mode():
            return network.states(ids)

    return forward


def summary(timings: dict[str, Timing]) -> dict[str, float]:
    """Return the figures of one model."""
    predict, gru = timings[_PREDICT].median, timings[_PLAIN].median
    return {
        "predict_ms": predict,
        "requests_per_second": round(1e3 / predict, 1),
        "gru_ms": gru,
        "ratio": round(predict / gru, 2),
    }


def table(name: str, timings: dict[str, Timing]) -> list[str]:
    """Render the times of one model."""
    gru = timings[_PLAIN].median
    rows = [
        [task, f"{time.median:.2f}", f"{1e3 / time.median:.1f}", f"{time.median / gru:.2f}"]
        for task, time in timings.items()
    ]
    return markdown_table([name, "median ms", "per second", "× nn.GRU"], rows)


if __name__ == "__main__":
    main()
