"""Means with their 95 % intervals, and how they are formatted."""

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict
from scipy.stats import binomtest
from scipy.stats import t as student

LEVEL = 0.95
"""Level of all intervals."""


class Estimate(BaseModel):
    """A mean over `n` trainings or texts with its 95 % interval, which is None for n = 1.

    `format` accepts `.1%` for percent, `.1p` for a difference in percentage points, and `.1f`:
    `f"{estimate:.1%}"` is "87.8 % (86.9 to 88.6)".
    """

    model_config = ConfigDict(frozen=True)

    mean: float
    low: float | None
    high: float | None
    n: int

    @property
    def above_zero(self) -> bool:
        """Whether the whole interval lies above 0; False without an interval."""
        return self.low is not None and self.low > 0

    @property
    def below_zero(self) -> bool:
        """Whether the whole interval lies below 0; False without an interval."""
        return self.high is not None and self.high < 0

    @property
    def includes_zero(self) -> bool:
        """Whether 0 lies in the interval; False without an interval."""
        return self.low is not None and not (self.above_zero or self.below_zero)

    def __format__(self, spec: str) -> str:
        """Format mean and interval.

        Raises:
            ValueError: The format is not a number of digits followed by %, p or f.
        """
        digits, kind = spec[1:-1], spec[-1:]
        if not (spec.startswith(".") and digits.isdigit() and kind in {"%", "p", "f"}):
            raise ValueError(f"{spec!r} is no format of an estimate; use .1%, .1p or .1f.")
        sign, scale = ("+" if kind == "p" else ""), (1 if kind == "f" else 100)
        unit = {"%": " %", "p": " points", "f": ""}[kind]

        def formatted(value: float) -> str:
            rounded = round(scale * value, int(digits)) + 0.0  # + 0.0 turns −0 into 0
            return f"{rounded:{sign}.{digits}f}".replace("-", "−")

        if self.low is None or self.high is None:
            return formatted(self.mean) + unit
        return f"{formatted(self.mean)}{unit} ({formatted(self.low)} to {formatted(self.high)})"


def estimate(values: Sequence[float] | np.ndarray) -> Estimate:
    """Compute a mean with Student's t interval, which suits a few approximately normal values.

    Raises:
        ValueError: There are no values.
    """
    array = np.asarray(values, dtype=float)  # (N,)
    if not len(array):
        raise ValueError("There are no values to average.")
    mean = float(array.mean())
    if len(array) == 1:
        return Estimate(mean=mean, low=None, high=None, n=1)
    error = float(array.std(ddof=1) / np.sqrt(len(array)))
    half = float(student.ppf((1 + LEVEL) / 2, len(array) - 1)) * error
    return Estimate(mean=mean, low=mean - half, high=mean + half, n=len(array))


def mean_share(values: Sequence[float] | np.ndarray) -> Estimate:
    """Compute the mean of shares, such as accuracies, with an interval clipped to [0, 1].

    Raises:
        ValueError: There are no values.
    """
    found = estimate(values)
    if found.low is None or found.high is None:
        return found
    return found.model_copy(update={"low": max(found.low, 0.0), "high": min(found.high, 1.0)})


def share(flags: Sequence[bool]) -> Estimate:
    """Compute the share of true flags with Wilson's interval, which lies within [0, 1].

    Raises:
        ValueError: There are no flags.
    """
    if not flags:
        raise ValueError("There are no flags to count.")
    counted = binomtest(sum(flags), len(flags))
    interval = counted.proportion_ci(LEVEL, method="wilson")
    return Estimate(
        mean=sum(flags) / len(flags),
        low=float(interval.low),
        high=float(interval.high),
        n=len(flags),
    )


def paired(values: Sequence[float], others: Sequence[float]) -> Estimate:
    """Compute the mean difference of pairs with the same seed, and so the same batch order."""
    return estimate(np.subtract(values, others))


def paired_ratio(values: Sequence[float], others: Sequence[float]) -> Estimate:
    """Compute the geometric mean ratio of pairs with the same seed, all above 0.

    The interval is Student's on the logarithmic scale.
    """
    found = estimate(np.log(np.divide(values, others)))
    if found.low is None or found.high is None:
        return found.model_copy(update={"mean": float(np.exp(found.mean))})
    mean, low, high = np.exp([found.mean, found.low, found.high]).tolist()
    return Estimate(mean=mean, low=low, high=high, n=found.n)
