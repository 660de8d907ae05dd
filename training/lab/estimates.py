"""Means over trainings with their intervals, and how they are written in a sentence."""

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict
from scipy.stats import binomtest
from scipy.stats import t as student

_LEVEL = 0.95


class Estimate(BaseModel):
    """A mean over `n` trainings or texts, and its 95 % interval, None of one alone."""

    model_config = ConfigDict(frozen=True)

    mean: float
    low: float | None
    high: float | None
    n: int

    @property
    def above_zero(self) -> bool:
        """Whether the whole interval lies above 0; never so of one training alone."""
        return self.low is not None and self.low > 0

    @property
    def below_zero(self) -> bool:
        """Whether the whole interval lies below 0; never so of one training alone."""
        return self.high is not None and self.high < 0

    def percent(self, digits: int = 1) -> str:
        """Write it in percent."""
        return self._written(100.0, digits, " %")

    def points(self, digits: int = 1) -> str:
        """Write a difference in percentage points, with its sign."""
        return self._written(100.0, digits, " points", sign="+")

    def number(self, digits: int = 2) -> str:
        """Write it as a number."""
        return self._written(1.0, digits, "")

    def _written(self, scale: float, digits: int, unit: str, sign: str = "") -> str:
        def written(value: float) -> str:
            rounded = round(scale * value, digits) + 0.0  # + 0.0: no sign before a zero
            return f"{rounded:{sign}.{digits}f}".replace("-", "−")

        if self.low is None or self.high is None:
            return written(self.mean) + unit
        return f"{written(self.mean)}{unit} ({written(self.low)} to {written(self.high)})"


def estimate(values: Sequence[float] | np.ndarray) -> Estimate:
    """Average, with Student's t interval: right for a few normal values, as seeds nearly give.

    Raises `ValueError` if there is nothing to average.
    """
    array = np.asarray(values, dtype=float)  # (N,)
    if not len(array):
        raise ValueError("There is nothing to average.")
    mean = float(array.mean())
    if len(array) == 1:
        return Estimate(mean=mean, low=None, high=None, n=1)
    error = float(array.std(ddof=1) / np.sqrt(len(array)))
    half = float(student.ppf((1 + _LEVEL) / 2, len(array) - 1)) * error
    return Estimate(mean=mean, low=mean - half, high=mean + half, n=len(array))


def mean_share(values: Sequence[float] | np.ndarray) -> Estimate:
    """Average shares, such as accuracies: the same interval, ended where no share can lie.

    Raises `ValueError` if there is nothing to average.
    """
    found = estimate(values)
    if found.low is None or found.high is None:
        return found
    return found.model_copy(update={"low": max(found.low, 0.0), "high": min(found.high, 1.0)})


def share(flags: Sequence[bool]) -> Estimate:
    """Answer the share of true ones, with Wilson's interval, which stays between 0 and 1.

    Raises `ValueError` if there are none to count.
    """
    if not flags:
        raise ValueError("There is nothing to count.")
    counted = binomtest(sum(flags), len(flags))
    interval = counted.proportion_ci(_LEVEL, method="wilson")
    return Estimate(
        mean=sum(flags) / len(flags),
        low=float(interval.low),
        high=float(interval.high),
        n=len(flags),
    )


def paired(values: Sequence[float], others: Sequence[float]) -> Estimate:
    """Average the differences of pairs that share a seed: what data and order do cancels out."""
    return estimate(np.subtract(values, others))
