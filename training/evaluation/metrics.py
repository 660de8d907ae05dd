"""Quality of predictions: accuracy and its interval, F1, confusion, log loss, calibration."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int, Real
from scipy.optimize import minimize_scalar
from scipy.stats import binomtest

from gatewise.models.gru.equations import sigmoid

_BINS = 15
_LENGTH_GROUPS = 10
_NEUTRAL = 0.1  # distance from one half of the target of a neutral text


@dataclass(frozen=True)
class ConfusionMatrix:
    """Numbers of texts by true and predicted label.

    Attributes:
        true_negative: Negative texts that are predicted negative.
        false_positive: Negative texts that are predicted positive.
        false_negative: Positive texts that are predicted negative.
        true_positive: Positive texts that are predicted positive.
    """

    true_negative: int
    false_positive: int
    false_negative: int
    true_positive: int

    @property
    def macro_f1(self) -> float:
        """Mean of the F1 scores of both labels; 0 for a label that never occurs."""
        wrong = self.false_positive + self.false_negative
        hits = (self.true_negative, self.true_positive)
        return sum(2 * hit / (2 * hit + wrong) if hit else 0.0 for hit in hits) / len(hits)

    @property
    def largest_share(self) -> float:
        """Share of the more frequent true label: the accuracy of always predicting it."""
        negative = self.true_negative + self.false_positive
        positive = self.true_positive + self.false_negative
        return max(negative, positive) / (negative + positive)


@dataclass(frozen=True)
class Metrics:
    """Figures on labelled texts.

    Attributes:
        accuracy: Share of texts with the right label.
        n: Number of texts.
        interval: Wilson's 95 % interval of the accuracy.
        log_loss: Mean negative log likelihood, in nats.
        ece: Expected calibration error.
        f1: Mean of the F1 scores of both labels (macro F1).
        confusion: Numbers of texts by true and predicted label.
    """

    accuracy: float
    n: int
    interval: tuple[float, float]
    log_loss: float
    ece: float
    f1: float
    confusion: ConfusionMatrix


@dataclass(frozen=True)
class ReliabilityBin:
    """Texts of similar confidence: their number, mean confidence and accuracy."""

    n: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class LengthGroup:
    """Texts of `shortest` to `longest` tokens: their number and accuracy."""

    n: int
    shortest: int
    longest: int
    accuracy: float


def measure(logits: Float64[np.ndarray, " N"], labels: Real[np.ndarray, " N"]) -> Metrics:
    """Compute the figures of predictions.

    Args:
        logits: Logits of the positive label.
        labels: True labels, 0 or 1.
    """
    positive = labels == 1  # (N,)
    right = (logits > 0) == positive  # (N,)
    confusion = ConfusionMatrix(
        true_negative=int((right & ~positive).sum()),
        false_positive=int((~right & ~positive).sum()),
        false_negative=int((~right & positive).sum()),
        true_positive=int((right & positive).sum()),
    )
    interval = binomtest(int(right.sum()), len(right)).proportion_ci(method="wilson")
    return Metrics(
        accuracy=float(right.mean()),
        n=len(right),
        interval=(float(interval.low), float(interval.high)),
        log_loss=log_loss(logits, positive),
        ece=expected_calibration_error(logits, right),
        f1=confusion.macro_f1,
        confusion=confusion,
    )


def log_loss(
    logits: Float64[np.ndarray, " N"], targets: Bool[np.ndarray, " N"] | Real[np.ndarray, " N"]
) -> float:
    """Compute the mean negative log likelihood, in nats.

    Of one text with a label it is log(1 + e^{-s}), where s is the logit of that label. Of a text
    with a target probability it is the mean of both labels' values, weighted by the target.

    Args:
        logits: Logits of the positive label.
        targets: Whether each text is positive, or the probability that it is.
    """
    return float(_losses(logits, targets).mean())


def _losses(
    logits: Float64[np.ndarray, " N"], targets: Bool[np.ndarray, " N"] | Real[np.ndarray, " N"]
) -> Float64[np.ndarray, " N"]:
    positive = np.asarray(targets, dtype=np.float64)  # (N,)
    return positive * np.logaddexp(0, -logits) + (1 - positive) * np.logaddexp(0, logits)


def target_accuracy(
    logits: Float64[np.ndarray, " N"], targets: Real[np.ndarray, " N"]
) -> float | None:
    """Compute the accuracy on texts whose target is not from 0.4 to 0.6; None if there are none."""
    decided = np.abs(targets - 0.5) > _NEUTRAL  # (N,)
    if not decided.any():
        return None
    right = (logits > 0) == (targets > 0.5)  # (N,)  # noqa: PLR2004  # one half
    return float(right[decided].mean())


def expected_target_error(
    logits: Float64[np.ndarray, " N"], targets: Real[np.ndarray, " N"]
) -> float:
    """Compute the mean gap between probability and target, over 15 equal bins of probability."""
    probability = sigmoid(logits)  # (N,)
    bins = np.minimum((probability * _BINS).astype(int), _BINS - 1)  # (N,)
    gaps = np.bincount(bins, weights=probability - targets, minlength=_BINS)  # (15,)
    return float(np.abs(gaps).sum() / len(logits))


def expected_calibration_error(
    logits: Float64[np.ndarray, " N"], right: Bool[np.ndarray, " N"]
) -> float:
    """Compute the mean gap between confidence and accuracy, over 15 equal bins of confidence.

    Guo et al. 2017 (arXiv 1706.04599).

    Args:
        logits: Logits of the positive label.
        right: Whether each prediction is right.
    """
    bins = _by_confidence(logits, right)
    return sum(entry.n * abs(entry.confidence - entry.accuracy) for entry in bins) / len(logits)


def reliability(
    logits: Float64[np.ndarray, " N"], labels: Real[np.ndarray, " N"]
) -> list[ReliabilityBin]:
    """Compute accuracy by confidence, in the bins of the calibration error that are not empty."""
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
    """Compute accuracy by number of tokens, in up to ten groups of equal size, shortest first."""
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


def fit_temperature(
    logits: Float64[np.ndarray, " N"],
    labels: Real[np.ndarray, " N"],
    weights: Real[np.ndarray, " N"] | None = None,
) -> float:
    """Find the temperature in [0.05, 20] that minimizes the log loss (Guo et al. 2017).

    Args:
        logits: Logits of the positive label.
        labels: True labels, 0 or 1.
        weights: Weight of each text in the loss; by default all the same.
    """
    positive = labels == 1  # (N,)
    bound = float(np.log(20))
    found = minimize_scalar(
        lambda log_temperature: float(
            np.average(_losses(logits / np.exp(log_temperature), positive), weights=weights)
        ),
        bounds=(-bound, bound),
        method="bounded",
    )
    return float(np.exp(found.x))
