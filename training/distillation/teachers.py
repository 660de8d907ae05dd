"""Combines the logits of several teachers into labels.

The network then learns from true labels and teacher probabilities together (Hinton et al. 2015,
arXiv 1503.02531).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int32
from scipy.optimize import minimize

from gatewise.models.gru.equations import sigmoid
from gatewise.training.data.encoding import EncodedReviews
from gatewise.training.evaluation.metrics import log_loss


@dataclass(frozen=True)
class TeacherLogits:
    """The logits of one teacher on the validation texts and on the unlabelled texts."""

    validation: Float64[np.ndarray, " N"]
    unlabelled: Float64[np.ndarray, " M"]


def blend(
    teachers: Mapping[str, TeacherLogits], labels: Float32[np.ndarray, " N"]
) -> TeacherLogits:
    """Combine teachers linearly, with the weights that minimize the validation log loss.

    One non-negative weight per teacher calibrates and mixes them at once.

    Args:
        teachers: The logits of every teacher, by name.
        labels: Labels of the validation texts.
    """
    validation = np.stack([logits.validation for logits in teachers.values()])  # (K, N)
    unlabelled = np.stack([logits.unlabelled for logits in teachers.values()])  # (K, M)
    positive = labels == 1  # (N,)
    weights = minimize(
        lambda weights: log_loss(weights @ validation, positive),
        x0=np.full(len(teachers), 1 / len(teachers)),
        bounds=[(0, None)] * len(teachers),
        method="L-BFGS-B",
    ).x  # (K,)
    return TeacherLogits(weights @ validation, weights @ unlabelled)


def add_teacher_labels(
    labelled: EncodedReviews,
    texts: Sequence[Int32[np.ndarray, " _"]],
    logits: Float64[np.ndarray, " M"],
) -> EncodedReviews:
    """Append unlabelled texts to labelled reviews, with the teachers' probabilities as labels."""
    probabilities = sigmoid(logits).astype(np.float32)  # (M,)
    return EncodedReviews([*labelled.ids, *texts], np.concatenate([labelled.labels, probabilities]))
