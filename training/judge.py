"""Logits of many texts, as fast as training runs: for teachers, and between epochs.

What is reported of a finished model is measured by `training/evaluate.py`, as it will be served.
"""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float64, Int32
from tqdm import tqdm

from training.batches import by_length, pad
from training.network import SentimentGRU
from training.recurrence import run_gru

# Rows enough for the matrix products to run at full speed, as in training.
_BATCH_TEXTS, _BATCH_TOKENS = 256, 65_536


@torch.no_grad()
def judge(
    network: SentimentGRU,
    texts: Sequence[Int32[np.ndarray, " _"]],
    *,
    precision: torch.dtype,
) -> Float64[np.ndarray, " N"]:
    """Answer the logit of every text, read whole, in order."""
    batches = by_length(
        [len(ids) for ids in texts], most_tokens=_BATCH_TOKENS, most_texts=_BATCH_TEXTS
    )
    logits = np.empty(len(texts))  # (N,)
    with tqdm(total=len(texts), desc="judge", unit="text", leave=False) as bar:
        for batch in batches:
            lengths = torch.tensor([len(texts[index]) for index in batch])  # (B,)
            embedded = network.embedding(pad([texts[index] for index in batch]))  # (B, T, E)
            hidden = run_gru(network.gru, embedded, precision=precision).hidden  # (B, T, H)
            last = hidden[torch.arange(len(batch)), lengths - 1]  # (B, H)
            logits[batch] = network.logits(last).numpy()
            bar.update(len(batch))
    return logits
