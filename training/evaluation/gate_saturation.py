"""The share of gate values that are saturated, that is, almost 0 or 1.

A value is saturated below 0.1 or above 0.9, as in Karpathy et al. 2015 (arXiv 1506.02078).
"""

from dataclasses import dataclass

import numpy as np
from datasets import Dataset
from jaxtyping import Float32
from tqdm import tqdm

from gatewise.models.predictor import Predictor
from gatewise.training.data.samples import draw

LOW, HIGH = 0.1, 0.9
# Some 200,000 tokens by hundreds of units: enough for a share, in half a minute.
SAMPLE = 1_000


@dataclass(frozen=True)
class GateSaturation:
    """Shares of saturated values, over all tokens and units.

    Attributes:
        reset: Share of saturated reset gate values.
        update: Share of saturated update gate values.
        texts: Number of texts measured.
        tokens: Number of tokens in them.
    """

    reset: float
    update: float
    texts: int
    tokens: int


def measure_saturation(predictor: Predictor, dataset: Dataset, *, seed: int = 0) -> GateSaturation:
    """Measure the saturation of gates on a seeded sample of texts.

    Args:
        predictor: The model.
        dataset: Texts to sample from, in the column text.
        seed: Seed of the sample.

    Raises:
        DataError: There is no text.
    """
    rows = draw(dataset, SAMPLE, seed=seed)
    resets, updates, tokens = 0, 0, 0
    for row in tqdm(rows, desc="gates", unit="text"):
        trace = predictor.explain(dataset[row]["text"]).trace
        resets += _count_saturated(trace.reset_gate)
        updates += _count_saturated(trace.update_gate)
        tokens += len(trace)
    values = tokens * predictor.hidden_size
    return GateSaturation(resets / values, updates / values, len(rows), tokens)


def _count_saturated(gate: Float32[np.ndarray, "T H"]) -> int:
    return int(((gate < LOW) | (gate > HIGH)).sum())
