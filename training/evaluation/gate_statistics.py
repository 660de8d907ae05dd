"""Statistics of a finished model's gates on reviews that it was not trained on."""

import numpy as np
from datasets import Dataset
from tqdm import tqdm

from gatewise.models.errors import DataError
from gatewise.models.gate_statistics import GateStatistics, bands_of, percentiles_by_band
from gatewise.models.predictor import Predictor

# Some 200,000 tokens of IMDb reviews and snippets: half a minute, and enough for percentiles.
SAMPLE = 1000


def measure_gates(predictor: Predictor, validation: Dataset, *, seed: int) -> GateStatistics:
    """Compute mean gates per unit and percentiles of recalled and released share.

    They are computed on a seeded sample of texts, without first tokens, which have no old state.

    Args:
        predictor: The model.
        validation: Texts to sample from, in the column text.
        seed: Seed of the sample.

    Raises:
        DataError: No text has two tokens.
    """
    order = np.random.default_rng(seed).permutation(len(validation))[:SAMPLE]
    hidden_size = predictor.hidden_size
    resets, updates = np.zeros(hidden_size), np.zeros(hidden_size)  # (H,) each
    recalled, released, bands = [], [], []
    for row in tqdm(order.tolist(), desc="gate statistics", unit="text"):
        explanation = predictor.explain(validation[row]["text"])
        trace, decomposition = explanation.trace, explanation.decomposition
        resets += trace.reset_gate[1:].sum(axis=0, dtype=np.float64)
        updates += trace.update_gate[1:].sum(axis=0, dtype=np.float64)
        recalled.append(decomposition.recalled_share[1:])
        released.append(decomposition.released_share[1:])
        bands.append(bands_of(len(trace))[1:])
    band = np.concatenate(bands)  # (N,)
    tokens = len(band)
    if not tokens:
        raise DataError("No validation text has two words, so gates cannot be measured. Add some.")
    return GateStatistics(
        texts=len(order),
        tokens=tokens,
        mean_reset=(resets / tokens).astype(np.float32),
        mean_update=(updates / tokens).astype(np.float32),
        recalled_share=percentiles_by_band(np.concatenate(recalled), band),
        released_share=percentiles_by_band(np.concatenate(released), band),
    )
