"""A crossing of one half is a flip only if the running prediction was clear before."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.models.explain.flips import FLIP_BAND, flips

_LOW, _HIGH = 0.5 - FLIP_BAND, 0.5 + FLIP_BAND

within_the_band = st.lists(st.floats(_LOW, _HIGH), max_size=5)
clearly = {
    False: st.lists(st.floats(0, _LOW, exclude_max=True), min_size=1, max_size=3),
    True: st.lists(st.floats(_HIGH, 1, exclude_min=True), min_size=1, max_size=3),
}


@pytest.mark.parametrize(
    ("running", "expected"),
    [
        ([0.9], []),
        ([0.6, 0.8, 0.9], []),
        ([0.9, 0.9, 0.1], [2]),
        ([0.1, 0.9, 0.1, 0.9, 0.95], [1, 2, 3]),
        ([0.9, 0.6, 0.45, 0.55, 0.2], [2]),  # the wobble after the flip is within the band
        ([0.9, 0.45, 0.55, 0.8], []),  # so is this one, after which the label is what it was
        ([0.4, 0.6, 0.4, 0.9], []),  # the other side was never clearly reached
        ([0.9, 0.6, 0.45], [2]),  # the last token decides the label, so it counts as settled
        ([0.8, 0.2, 0.8, 0.6, 0.1], [1, 2, 4]),
    ],
)
def test_a_flip_is_the_first_token_with_the_next_settled_label(
    running: list[float], expected: list[int]
) -> None:
    assert flips(np.array(running)) == expected


@given(running=within_the_band.filter(len))
def test_within_the_band_nothing_flips(running: list[float]) -> None:
    assert flips(np.array(running)) == []


@given(data=st.data(), runs=st.integers(1, 6), starts_positive=st.booleans())
def test_each_passage_from_one_clear_side_to_the_other_is_one_flip(
    data: st.DataObject, runs: int, *, starts_positive: bool
) -> None:
    running: list[float] = data.draw(within_the_band)
    clear_from = []
    for run in range(runs):
        running += data.draw(within_the_band)
        clear_from.append(len(running))
        running += data.draw(clearly[starts_positive ^ bool(run % 2)])
    found = flips(np.array(running))
    assert len(found) == runs - 1
    for before, flip, after in zip(clear_from, found, clear_from[1:], strict=False):
        assert before < flip <= after


@given(running=st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_the_label_changes_at_every_flip_and_labels_alternate(running: list[float]) -> None:
    positive = np.array(running) > 0.5
    found = flips(np.array(running))
    assert all(positive[flip] != positive[flip - 1] for flip in found)
    assert all(positive[one] != positive[two] for one, two in pairwise(found))
    assert not found or positive[found[-1]] == positive[-1]


def test_the_mirror_image_flips_at_the_same_tokens() -> None:
    for row in np.random.default_rng(0).uniform(size=(50, 20)):
        assert flips(row) == flips(1 - row)


def test_a_wider_band_finds_fewer_flips() -> None:
    running = np.array([0.6, 0.25, 0.9])
    assert (flips(running, band=0.2), flips(running, band=0.3)) == ([2], [])
