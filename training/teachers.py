"""How teachers' judgements become labels: weighed on validation, read as probabilities.

The network learns from labels and judgements together (Hinton et al. 2015, arXiv 1503.02531).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int32
from scipy.optimize import minimize

from models.gates import sigmoid
from training.encode import EncodedReviews
from training.metrics import log_loss


@dataclass(frozen=True)
class Judgement:
    """The logits of one teacher."""

    validation: Float64[np.ndarray, " N"]
    unlabelled: Float64[np.ndarray, " M"]


def blend(judgements: Mapping[str, Judgement], labels: Float32[np.ndarray, " N"]) -> Judgement:
    """Add up the teachers' logits, weighed so that the sum has the least log loss on validation.

    One weight per teacher, none negative, calibrates and mixes at once.
    """
    validation = np.stack([teacher.validation for teacher in judgements.values()])  # (K, N)
    unlabelled = np.stack([teacher.unlabelled for teacher in judgements.values()])  # (K, M)
    positive = labels == 1  # (N,)
    weights = minimize(
        lambda weights: log_loss(weights @ validation, positive),
        x0=np.full(len(judgements), 1 / len(judgements)),
        bounds=[(0, None)] * len(judgements),
        method="L-BFGS-B",
    ).x  # (K,)
    return Judgement(weights @ validation, weights @ unlabelled)


def add_judged(
    gold: EncodedReviews,
    texts: Sequence[Int32[np.ndarray, " _"]],
    logits: Float64[np.ndarray, " M"],
) -> EncodedReviews:
    """Put labelled reviews and judged texts together, as labels between 0 and 1."""
    judged = sigmoid(logits).astype(np.float32)  # (M,)
    return EncodedReviews([*gold.ids, *texts], np.concatenate([gold.labels, judged]))
