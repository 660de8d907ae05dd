"""Intervals of means, and how they read."""

import numpy as np
import pytest
from scipy.stats import binomtest, ttest_1samp, ttest_rel

from training.lab.estimates import estimate, mean_share, paired, share

VALUES = [0.82, 0.85, 0.81, 0.88]


def test_the_interval_is_students() -> None:
    interval = ttest_1samp(VALUES, 0).confidence_interval(0.95)
    found = estimate(VALUES)
    assert (found.low, found.high) == pytest.approx(tuple(interval))
    assert found.mean == pytest.approx(np.mean(VALUES))


def test_pairs_are_compared_by_their_differences() -> None:
    others = [0.80, 0.84, 0.80, 0.85]
    interval = ttest_rel(VALUES, others).confidence_interval(0.95)
    found = paired(VALUES, others)
    assert (found.low, found.high) == pytest.approx(tuple(interval))
    assert found.above_zero


def test_one_value_has_no_interval_and_proves_nothing() -> None:
    alone = estimate([0.3])
    assert alone.low is None
    assert not alone.above_zero
    assert not estimate([-0.3]).below_zero
    assert alone.percent() == "30.0 %"


def test_nothing_cannot_be_averaged() -> None:
    with pytest.raises(ValueError, match="nothing to average"):
        estimate([])


def test_a_share_has_wilsons_interval() -> None:
    found = share([True] * 3 + [False])
    interval = binomtest(3, 4).proportion_ci(method="wilson")
    assert (found.mean, found.low, found.high) == (0.75, interval.low, interval.high)
    assert share([True]).high == 1
    with pytest.raises(ValueError, match="nothing to count"):
        share([])


def test_a_mean_of_shares_has_no_interval_where_no_share_can_lie() -> None:
    found = mean_share([0.9, 1.0, 1.0])
    assert found.high == 1.0
    assert (found.mean, found.low) == (
        estimate([0.9, 1.0, 1.0]).mean,
        estimate([0.9, 1.0, 1.0]).low,
    )


def test_a_zero_has_no_sign_of_its_own() -> None:
    assert estimate([-0.0001]).points() == "+0.0 points"
    assert estimate([-0.001]).number() == "0.00"


def test_an_estimate_reads_with_its_interval() -> None:
    assert estimate([0.1, 0.2]).percent() == "15.0 % (−48.5 to 78.5)"
    assert estimate([0.01]).points() == "+1.0 points"
    assert estimate([1.5]).number(1) == "1.5"
