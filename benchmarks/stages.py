"""Where the time of a review goes, from text to response.

    python -m benchmarks.stages [--rounds 100] [--json docs/figures/stages.json]

Every stage is the difference of two measurements: of what includes it, and of what comes before it.
The measurements of a round follow each other, so that other work on the machine affects all alike.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.report import (
    HTTP_PACKAGES,
    Report,
    benchmark_parser,
    command_line,
    model_title,
)
from benchmarks.reviews import packaged_reviews, review_of_length
from benchmarks.serving import connect, send, serve
from benchmarks.tables import stage_table
from benchmarks.timing import Timing, measure
from benchmarks.traffic import text_body
from gatewise.models.artifact.location import locate_model, releases
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.predictor import Predictor
from gatewise.models.text.reader import read_text

TOKENS = 230
_BATCH = 32
_WARM_UP = 10


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every model and report."""
    parser = benchmark_parser(
        "benchmarks.stages", __doc__, default_model="every shipped release", several_models=True
    )
    parser.add_argument("--rounds", type=int, default=100)
    options = parser.parse_args(arguments)
    titles: list[str] = []
    figures: dict[str, Any] = {}
    for model in map(locate_model, options.model or releases()):
        predictor = Predictor.load(model, threads=1)
        titles.append(model_title(predictor.artifact))
        figures[predictor.artifact.name] = measure_stages(predictor, model, rounds=options.rounds)
    command = command_line(parser, arguments)
    Report(command, titles, figures, stage_table(figures), HTTP_PACKAGES).publish(options.json)


def measure_stages(
    predictor: Predictor, model: Path, *, rounds: int
) -> dict[str, dict[str, float]]:
    """Return the milliseconds a review by stage, for one review and for 32 at once.

    Args:
        predictor: The model, with one thread.
        model: Its directory, to serve it.
        rounds: Number of timed rounds.
    """
    text = review_of_length(predictor, TOKENS)
    with serve(model) as server, connect(server) as connection:
        body = text_body(text)
        requests: dict[str, Callable[[], object]] = {
            "POST /predict": lambda: send(connection, "/predict", body),
            "POST /explain": lambda: send(connection, "/explain", body),
        }
        one = measure({**tasks(predictor, [text]), **requests}, rounds=rounds, warm_up=_WARM_UP)
    many = measure(
        tasks(predictor, packaged_reviews(_BATCH)), rounds=max(1, rounds // 5), warm_up=2
    )
    return {"one": stages(one, reviews=1), "many": stages(many, reviews=_BATCH)}


def tasks(predictor: Predictor, texts: Sequence[str]) -> dict[str, Callable[[], object]]:
    """Return what is measured in Python: each task includes the one before, but the recurrence."""
    recurrence = Recurrence(predictor.artifact.weights, precision=predictor.precision, threads=1)
    ids = [encoding.ids for encoding in predictor.encode(texts)]
    return {
        "read": lambda: [read_text(text) for text in texts],
        "encode": lambda: predictor.encode(texts),
        "recurrence": lambda: recurrence.logits(ids),
        "predict": lambda: predictor.predict(texts),
    }


def stages(timings: dict[str, Timing], *, reviews: int) -> dict[str, float]:
    """Compute the milliseconds a review of every stage from those of what includes it."""
    total = {name: timing.median / reviews for name, timing in timings.items()}
    found = {
        "reading characters and markup": total["read"],
        "splitting into words": total["encode"] - total["read"],
        "recurrence": total["recurrence"],
        "prediction": total["predict"] - total["encode"] - total["recurrence"],
    }
    if "POST /predict" in total:
        found["HTTP, queue and JSON of `/predict`"] = total["POST /predict"] - total["predict"]
        found["all else of `/explain`"] = total["POST /explain"] - total["POST /predict"]
    return {stage: round(max(milliseconds, 0.0), 3) for stage, milliseconds in found.items()}


if __name__ == "__main__":
    main()
