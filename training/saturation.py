"""How crisp gates are: the share of their values that read as open or shut.

Saturated is below 0.1 or above 0.9, as Karpathy et al. 2015 (arXiv 1506.02078) count it.
"""

from dataclasses import dataclass

import numpy as np
from datasets import Dataset
from jaxtyping import Float32
from tqdm import tqdm

from models.predictor import Predictor
from training.contexts import draw

SHUT, OPEN = 0.1, 0.9
# Some 200,000 tokens by hundreds of units: enough for a share, in half a minute.
SAMPLE = 1_000


@dataclass(frozen=True)
class Saturation:
    """Shares of saturated values over all tokens and units of `texts` texts."""

    reset: float
    update: float
    texts: int
    tokens: int


def measure_saturation(predictor: Predictor, dataset: Dataset, *, seed: int = 0) -> Saturation:
    """Read a seeded sample of texts and count their saturated gates.

    Raises `DataError` if there is no text.
    """
    rows = draw(dataset, SAMPLE, seed=seed)
    resets, updates, tokens = 0, 0, 0
    for row in tqdm(rows, desc="gates", unit="text"):
        trace = predictor.explain(dataset[row]["text"]).trace
        resets += _saturated(trace.reset_gate)
        updates += _saturated(trace.update_gate)
        tokens += len(trace)
    values = tokens * predictor.hidden_size
    return Saturation(resets / values, updates / values, len(rows), tokens)


def _saturated(gate: Float32[np.ndarray, "T H"]) -> int:
    return int(((gate < SHUT) | (gate > OPEN)).sum())
