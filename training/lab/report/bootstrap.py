"""Intervals over texts, by resampling groups of texts that share a plot."""

from collections.abc import Callable, Hashable, Sequence

import numpy as np
from jaxtyping import Bool, Float64

from gatewise.training.lab.report.estimates import LEVEL, Estimate, share

_RESAMPLES = 2000
_SEED = 11

# Computes a figure from the weight of every text, once for each row of weights.
Statistic = Callable[[Float64[np.ndarray, "R N"]], Float64[np.ndarray, " R"]]


def bootstrap(groups: Sequence[Hashable], statistic: Statistic) -> Estimate:
    """Estimate a figure over texts with its percentile interval.

    Whole groups are drawn with replacement, because texts of one group are not independent.
    Resamples in which the figure does not exist, such as a share of no flips, are left out.

    Args:
        groups: The group of each text, for example its plot.
        statistic: The figure as a function of the weights of the texts: a text counts as often as
            its group was drawn.

    Returns:
        The figure for all texts, its interval, and the number of groups. With one group there is
        no interval.

    Raises:
        ValueError: There are no texts.
    """
    if not groups:
        raise ValueError("There are no texts to draw from.")
    names = {name: number for number, name in enumerate(dict.fromkeys(groups))}
    group_of = np.array([names[name] for name in groups])  # (N,)
    mean = float(statistic(np.ones((1, len(groups))))[0])
    if len(names) == 1:
        return Estimate(mean=mean, low=None, high=None, n=1)
    generator = np.random.default_rng(_SEED)
    equal = np.full(len(names), 1 / len(names))  # (G,)
    drawn = generator.multinomial(len(names), equal, size=_RESAMPLES)  # (R, G)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = statistic(drawn[:, group_of].astype(float))  # (R,)
    exists = np.isfinite(values)  # (R,)
    if not exists.any():
        return Estimate(mean=mean, low=None, high=None, n=len(names))
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(values[exists], [tail, 1 - tail]).tolist()
    return Estimate(mean=mean, low=low, high=high, n=len(names))


def grouped_share(groups: Sequence[Hashable], flags: Sequence[bool]) -> Estimate:
    """Estimate the share of true flags, one for each text.

    If all flags are equal, resampling shows no variation, and the interval is Wilson's for as many
    flags as there are groups.

    Raises:
        ValueError: There are no texts.
    """
    if len(set(flags)) == 1:
        return share([flags[0]] * len(set(groups)))
    true: Bool[np.ndarray, " N"] = np.array(flags)
    return bootstrap(groups, lambda weights: weights @ true / weights.sum(axis=1))
