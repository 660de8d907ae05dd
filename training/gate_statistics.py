"""Stage 7, gate statistics: what the finished model's gates do on reviews it never learned from."""

import numpy as np
from datasets import Dataset
from tqdm import tqdm

from models.errors import DataError
from models.predictor import Predictor
from models.statistics import GateStatistics, bands_of, percentiles_by_band

# Some 200,000 tokens of IMDb reviews and snippets: half a minute, and enough for percentiles.
SAMPLE = 1000


def measure_gates(predictor: Predictor, validation: Dataset, *, seed: int) -> GateStatistics:
    """Explain a seeded sample of validation texts and sum up their gates.

    First tokens have no old state and are left out. Raises `DataError` if nothing else is there.
    """
    order = np.random.default_rng(seed).permutation(len(validation))[:SAMPLE]
    hidden_size = predictor.hidden_size
    resets, updates = np.zeros(hidden_size), np.zeros(hidden_size)  # (H,) each, summed
    recalled, released, bands = [], [], []
    for row in tqdm(order.tolist(), desc="gate statistics", unit="text"):
        explanation = predictor.explain(validation[row]["text"])
        trace, ledger = explanation.trace, explanation.ledger
        resets += trace.reset_gate[1:].sum(axis=0, dtype=np.float64)
        updates += trace.update_gate[1:].sum(axis=0, dtype=np.float64)
        recalled.append(ledger.recalled_share[1:])
        released.append(ledger.released_share[1:])
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
