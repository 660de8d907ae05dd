"""How good the probabilities are: accuracy and its interval, log loss, calibration."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int, Real
from scipy.optimize import minimize_scalar
from scipy.stats import binomtest

from models.gates import sigmoid

_BINS = 15
_LENGTH_GROUPS = 10


@dataclass(frozen=True)
class Metrics:
    """Figures on labelled texts. `interval` is Wilson's 95 % interval of the accuracy."""

    accuracy: float
    n: int
    interval: tuple[float, float]
    log_loss: float
    ece: float


@dataclass(frozen=True)
class ReliabilityBin:
    """Texts of similar confidence: what the model said of them, and how often it was right."""

    n: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class LengthGroup:
    """Texts of similar length, `shortest` to `longest` tokens."""

    n: int
    shortest: int
    longest: int
    accuracy: float


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
    bins = _by_confidence(logits, right)
    return sum(entry.n * abs(entry.confidence - entry.accuracy) for entry in bins) / len(logits)


def reliability(
    logits: Float64[np.ndarray, " N"], labels: Real[np.ndarray, " N"]
) -> list[ReliabilityBin]:
    """Set confidence beside accuracy, in the bins of the calibration error that hold any text."""
    return _by_confidence(logits, (logits > 0) == (labels == 1))


def _by_confidence(
    logits: Float64[np.ndarray, " N"], right: Bool[np.ndarray, " N"]
) -> list[ReliabilityBin]:
    confidence = sigmoid(np.abs(logits))  # (N,) in [0.5, 1]
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)  # (N,)
    return [
        ReliabilityBin(
            n=int((bins == number).sum()),
            confidence=float(confidence[bins == number].mean()),
            accuracy=float(right[bins == number].mean()),
        )
        for number in np.unique(bins)
    ]


def accuracy_by_length(
    logits: Float64[np.ndarray, " N"],
    labels: Real[np.ndarray, " N"],
    lengths: Int[np.ndarray, " N"],
) -> list[LengthGroup]:
    """Cut the texts into ten groups by their tokens, shortest first, as equal as can be."""
    right = (logits > 0) == (labels == 1)  # (N,)
    order = np.argsort(lengths, kind="stable")  # (N,)
    return [
        LengthGroup(
            n=len(group),
            shortest=int(lengths[group[0]]),
            longest=int(lengths[group[-1]]),
            accuracy=float(right[group].mean()),
        )
        for group in np.array_split(order, min(_LENGTH_GROUPS, len(order)))
    ]


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
