"""Means, their intervals, and their format."""

import numpy as np
import pytest
from scipy.stats import binomtest, ttest_1samp, ttest_rel

from gatewise.training.lab.report.estimates import estimate, mean_share, paired, paired_ratio, share

VALUES = [0.82, 0.85, 0.81, 0.88]


def test_the_interval_of_a_mean_is_students() -> None:
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
    assert not found.includes_zero


def test_one_value_has_no_interval_and_decides_nothing() -> None:
    single = estimate([0.3])
    assert single.low is None
    assert not single.above_zero
    assert not single.includes_zero
    assert not estimate([-0.3]).below_zero
    assert f"{single:.1%}" == "30.0 %"


def test_no_values_have_no_mean() -> None:
    with pytest.raises(ValueError, match="no values"):
        estimate([])


def test_a_share_has_wilsons_interval() -> None:
    found = share([True] * 3 + [False])
    interval = binomtest(3, 4).proportion_ci(method="wilson")
    assert (found.mean, found.low, found.high) == (0.75, interval.low, interval.high)
    assert share([True]).high == 1
    with pytest.raises(ValueError, match="no flags"):
        share([])


def test_the_interval_of_a_mean_share_stays_within_0_and_1() -> None:
    found, unclipped = mean_share([0.9, 1.0, 1.0]), estimate([0.9, 1.0, 1.0])
    assert found.high == 1.0
    assert (found.mean, found.low) == (unclipped.mean, unclipped.low)


def test_zero_is_formatted_without_a_minus_sign() -> None:
    assert f"{estimate([-0.0001]):.1p}" == "+0.0 points"
    assert f"{estimate([-0.001]):.2f}" == "0.00"


def test_the_format_contains_the_interval() -> None:
    assert f"{estimate([0.1, 0.2]):.1%}" == "15.0 % (−48.5 to 78.5)"
    assert f"{estimate([0.01]):.1p}" == "+1.0 points"
    assert f"{estimate([1.5]):.1f}" == "1.5"


@pytest.mark.parametrize("spec", ["", "%", ".1e", ".p", "5.1%"])
def test_other_formats_are_refused(spec: str) -> None:
    with pytest.raises(ValueError, match="no format of an estimate"):
        format(estimate([0.5]), spec)


def test_a_ratio_and_its_inverse_have_inverse_intervals() -> None:
    found, inverse = (
        paired_ratio([2.0, 6.0, 4.0], [1.0, 2.0, 3.0]),
        paired_ratio([1.0, 2.0, 3.0], [2.0, 6.0, 4.0]),
    )
    assert found.mean == pytest.approx(2.0)
    assert found.low is not None
    assert inverse.high == pytest.approx(1 / found.low)
    assert paired_ratio([3.0], [2.0]).mean == pytest.approx(1.5)
