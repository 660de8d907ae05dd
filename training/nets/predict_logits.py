"""Logits of many texts, computed by the recurrence that also serves the model.

Used during training. The figures of a finished model are measured by `evaluation.evaluate`.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64, Int32
from tqdm import tqdm

from gatewise.models.gru.precision import Precision
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.weights import NetworkWeights

_TEXTS_AT_ONCE = 512


def predict_logits(
    weights: NetworkWeights,
    texts: Sequence[Int32[np.ndarray, " _"]],
    *,
    precision: Precision,
    threads: int,
) -> Float64[np.ndarray, " N"]:
    """Compute the logit of every text, in order.

    Args:
        weights: The network.
        texts: Texts as word ids; all of their tokens are read.
        precision: Precision of the matrix products.
        threads: Number of CPU threads.
    """
    recurrence = Recurrence(weights, precision=precision, threads=threads)
    logits = np.empty(len(texts))  # (N,)
    with tqdm(total=len(texts), desc="predict", unit="text", leave=False) as bar:
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            group = texts[start : start + _TEXTS_AT_ONCE]
            logits[start : start + len(group)] = recurrence.logits(group)
            bar.update(len(group))
    return logits
