"""What storing weights in 8 bits, and rounding states for the product, changes in predictions.

    python -m benchmarks.quantization --source packaged --json docs/figures/quantization.json

Every row compares two runs of the same held-out reviews: how many verdicts differ, and by how much
the logits do.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float64, Int32

from benchmarks.report import (
    NETWORK_PACKAGES,
    Report,
    add_text_options,
    benchmark_parser,
    command_line,
    model_title,
)
from benchmarks.tables import quantization_table
from gatewise.models.artifact.stored_weights import store_precision
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.predictor import Predictor
from gatewise.models.weights import NetworkWeights
from gatewise.training.data.repeated_texts import repeat_texts

Texts = Sequence[Int32[np.ndarray, " T"]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    parser = benchmark_parser("benchmarks.quantization", __doc__)
    add_text_options(parser)
    parser.add_argument("--reviews", type=int, default=600, help="number of held-out reviews")
    options = parser.parse_args(arguments)
    predictor = Predictor.load(options.model)
    held_out = repeat_texts(predictor, options.source, add=options.add).split.validation
    chosen = np.random.default_rng(0).permutation(len(held_out))[: options.reviews]
    texts = [encoding.ids for encoding in predictor.encode(held_out.select(chosen)["text"])]
    figures = measure_quantization(predictor.artifact.weights, texts)
    command, title = command_line(parser, arguments), model_title(predictor.artifact)
    Report(command, [title], figures, quantization_table(figures), NETWORK_PACKAGES).publish(
        options.json
    )


def measure_quantization(weights: NetworkWeights, texts: Texts) -> dict[str, Any]:
    """Run the texts in each arithmetic and compare the logits.

    Args:
        weights: The network as it is stored or was trained.
        texts: Word ids of the texts, none of them empty.
    """
    stored = store_precision(weights)
    original = Recurrence(weights, precision="float32").logits(texts)  # (B,)
    exact = Recurrence(stored, precision="float32").logits(texts)  # (B,)
    served = Recurrence(stored).logits(texts)  # (B,)
    coarse = Recurrence(stored, precision="int8x8").logits(texts)  # (B,)
    return {
        "texts": len(texts),
        "8-bit weights, against the original": _compare(exact, original),
        "8-bit weights and 16-bit states, against the original": _compare(served, original),
        "16-bit states alone": _compare(served, exact),
        "8-bit states alone (`int8x8`)": _compare(coarse, exact),
    }


def _compare(
    logits: Float64[np.ndarray, " B"], others: Float64[np.ndarray, " B"]
) -> dict[str, float]:
    change = np.abs(logits - others)  # (B,)
    return {
        "verdicts": int(((logits > 0) != (others > 0)).sum()),
        "mean": float(f"{change.mean():.2g}"),
        "largest": float(f"{change.max():.2g}"),
    }


if __name__ == "__main__":
    main()
