"""Intervals over groups of texts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.training.lab.report.bootstrap import Statistic, bootstrap, grouped_share
from gatewise.training.lab.report.estimates import estimate, share


def mean_of(values: list[float]) -> Statistic:
    return lambda weights: weights @ np.array(values) / weights.sum(axis=1)


VALUES = np.random.default_rng(0).normal(size=60).tolist()


def test_with_a_text_in_each_group_the_interval_of_a_mean_is_about_students() -> None:
    found, students = bootstrap(range(60), mean_of(VALUES)), estimate(VALUES)
    assert found.low is not None
    assert found.high is not None
    assert found.mean == pytest.approx(students.mean)
    assert (found.low, found.high) == pytest.approx((students.low, students.high), abs=0.04)


def test_copies_of_texts_in_their_groups_change_nothing() -> None:
    single = bootstrap(range(60), mean_of(VALUES))
    tripled = bootstrap(
        [number for number in range(60) for _ in range(3)],
        mean_of([value for value in VALUES for _ in range(3)]),
    )
    assert (tripled.mean, tripled.low, tripled.high, tripled.n) == pytest.approx(
        (single.mean, single.low, single.high, 60)
    )


def test_one_group_has_no_interval() -> None:
    found = bootstrap(["a", "a"], mean_of([1.0, 2.0]))
    assert (found.mean, found.low, found.high, found.n) == (1.5, None, None, 1)


def test_no_texts_are_refused() -> None:
    with pytest.raises(ValueError, match="no texts"):
        bootstrap([], mean_of([]))


def test_resamples_without_the_figure_are_left_out() -> None:
    flipped = np.array([1.0, 0.0])

    def share_of_flips(weights: np.ndarray) -> np.ndarray:
        return weights @ flipped / (weights @ flipped)

    assert bootstrap(["a", "b"], share_of_flips).low == 1


def test_equal_flags_have_wilsons_interval_for_as_many_flags_as_groups() -> None:
    assert grouped_share(["a", "a", "b"], [True, True, True]) == share([True, True])


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1))
def test_a_share_lies_in_its_interval_within_0_and_1(texts: list[tuple[int, bool]]) -> None:
    found = grouped_share([group for group, _ in texts], [flag for _, flag in texts])
    assert found.mean == pytest.approx(np.mean([flag for _, flag in texts]))
    if found.low is not None and found.high is not None:
        assert 0 <= found.low <= found.high <= 1
        assert found.low - 1e-12 <= found.mean <= found.high + 1e-12
