"""By how much an exported ONNX model differs from the predictor, on whole reviews.

python -m benchmarks.exported --json docs/figures/exported.json
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from benchmarks.report import (
    NETWORK_PACKAGES,
    Report,
    benchmark_parser,
    command_line,
    markdown_table,
    model_title,
    rounded_error,
)
from benchmarks.reviews import packaged_reviews, review_of_length
from gatewise.models.artifact.location import locate_model, releases
from gatewise.models.onnx_export import TRACED, export_onnx
from gatewise.models.predictor import Predictor

_LENGTHS = (1, 10, 100, 1000, 2000)
_GATES = ("reset_gate", "update_gate")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    parser = benchmark_parser(
        "benchmarks.exported", __doc__, default_model="all releases", several_models=True
    )
    parser.add_argument("--reviews", type=int, default=100, help="number of reviews")
    options = parser.parse_args(arguments)
    titles, figures = [], {}
    for model in options.model or releases():
        directory = locate_model(model)
        predictor = Predictor.load(directory)
        title = model_title(predictor.artifact)
        titles.append(title)
        figures[title] = measure_export(directory, reviews=options.reviews)
    names = list(next(iter(figures.values())))
    rows = [[title, *found.values()] for title, found in figures.items()]
    lines = markdown_table(["model", *names], rows)
    packages = (*NETWORK_PACKAGES, "onnx", "onnxruntime")
    Report(command_line(parser, arguments), titles, figures, lines, packages).publish(options.json)


def measure_export(directory: Path, *, reviews: int) -> dict[str, Any]:
    """Run reviews by the exported file and by the predictor, and compare all numbers.

    Args:
        directory: The model.
        reviews: Number of reviews; to these come some of 1 to 2,000 tokens.

    Returns:
        The largest differences of logits, gates, and everything else that is traced, with states
        that are not rounded ("float32") and as served.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.onnx")
        export_onnx(directory, path, traces=True)
        megabytes = path.stat().st_size / 1e6
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    served = Predictor.load(directory)
    texts = packaged_reviews(reviews) + [review_of_length(served, size) for size in _LENGTHS]
    found: dict[str, Any] = {"texts": len(texts), "megabytes": round(megabytes, 1)}
    exact = Predictor.load(directory, precision="float32")
    for title, predictor in (("float32", exact), ("as served", served)):
        logits, gates, others = zip(
            *(_differences(session, predictor, text) for text in texts), strict=True
        )
        for name, values in (("logits", logits), ("gates", gates), ("others", others)):
            found[f"{name}, {title}"] = rounded_error(max(values), 2)
    return found


def _differences(
    session: onnxruntime.InferenceSession, predictor: Predictor, text: str
) -> tuple[float, float, float]:
    """Return the largest difference of the logit, of gates, and of other traces of a text."""
    (encoding,) = predictor.encode([text])
    explained = predictor.explain_encoded(encoding)
    logit, *traces = session.run(["logit", *TRACED], {"ids": encoding.ids[None].astype(np.int64)})
    by_name = {
        name: float(np.abs(values[0] - _expected(explained, name)).max())
        for name, values in zip(TRACED, traces, strict=True)
    }
    gates = max(by_name[name] for name in _GATES)
    others = max(value for name, value in by_name.items() if name not in _GATES)
    return abs(float(logit[0]) - explained.prediction.logit), gates, others


def _expected(explanation: Any, name: str) -> Any:
    return getattr(explanation if name == "running_probability" else explanation.trace, name)


if __name__ == "__main__":
    main()
