"""How good the probabilities are: accuracy with its interval, log loss, calibration."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Real
from scipy.optimize import minimize_scalar
from scipy.stats import binomtest

from models.gates import sigmoid

_BINS = 15


@dataclass(frozen=True)
class Metrics:
    """Figures on labelled texts. `interval` is Wilson's 95 % interval of the accuracy."""

    accuracy: float
    n: int
    interval: tuple[float, float]
    log_loss: float
    ece: float


def measure(logits: Float64[np.ndarray, " N"], labels: Real[np.ndarray, " N"]) -> Metrics:
    """Compare logits of the positive label with labels 0 and 1."""
    positive = labels == 1  # (N,)
    right = (logits > 0) == positive  # (N,)
    interval = binomtest(int(right.sum()), len(right)).proportion_ci(method="wilson")
    return Metrics(
        accuracy=float(right.mean()),
        n=len(right),
        interval=(float(interval.low), float(interval.high)),
        log_loss=log_loss(logits, positive),
        ece=expected_calibration_error(logits, right),
    )


def log_loss(logits: Float64[np.ndarray, " N"], positive: Bool[np.ndarray, " N"]) -> float:
    """Mean negative log likelihood in nats: log(1 + e^{-s}) with s the logit towards the label."""
    towards_label = np.where(positive, logits, -logits)  # (N,)
    return float(np.logaddexp(0, -towards_label).mean())


def expected_calibration_error(
    logits: Float64[np.ndarray, " N"], right: Bool[np.ndarray, " N"]
) -> float:
    """Mean gap between confidence and accuracy over 15 equal bins of confidence.

    Source: Guo et al. 2017 (arXiv 1706.04599).
    """
    confidence = sigmoid(np.abs(logits))  # (N,) in [0.5, 1]
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)  # (N,)
    gaps = np.bincount(bins, weights=confidence - right, minlength=_BINS)  # (bins,)
    return float(np.abs(gaps).sum() / len(logits))


def fit_temperature(logits: Float64[np.ndarray, " N"], labels: Real[np.ndarray, " N"]) -> float:
    """Find the temperature that minimises the log loss (Guo et al. 2017), in [0.05, 20]."""
    positive = labels == 1  # (N,)
    bound = float(np.log(20))
    found = minimize_scalar(
        lambda log_temperature: log_loss(logits / np.exp(log_temperature), positive),
        bounds=(-bound, bound),
        method="bounded",
    )
    return float(np.exp(found.x))
