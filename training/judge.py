"""Logits of many texts, by the recurrence that serving runs: for teachers, and between epochs.

What is reported of a finished model is measured by `training/evaluate.py`, as it will be served.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64, Int32
from tqdm import tqdm

from models.recurrence import Precision, Recurrence
from models.weights import NetworkWeights

_TEXTS_AT_ONCE = 512


def judge(
    weights: NetworkWeights,
    texts: Sequence[Int32[np.ndarray, " _"]],
    *,
    precision: Precision,
    threads: int,
) -> Float64[np.ndarray, " N"]:
    """Answer the logit of every text, read whole, in order."""
    recurrence = Recurrence(weights, precision=precision, threads=threads)
    logits = np.empty(len(texts))  # (N,)
    with tqdm(total=len(texts), desc="judge", unit="text", leave=False) as bar:
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            group = texts[start : start + _TEXTS_AT_ONCE]
            logits[start : start + len(group)] = recurrence.logits(group)
            bar.update(len(group))
    return logits
