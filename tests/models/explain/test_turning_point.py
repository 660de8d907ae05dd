"""The turning point: a crossing counts only after the other side was clearly reached."""

import numpy as np
import pytest

from gatewise.models.explain.turning_point import turning_point


@pytest.mark.parametrize(
    ("running", "expected"),
    [
        ([0.9], None),
        ([0.6, 0.8, 0.9], None),
        ([0.9, 0.9, 0.1], 2),
        ([0.1, 0.9, 0.1, 0.9, 0.95], 3),
        ([0.9, 0.6, 0.45, 0.55, 0.2], 2),  # the wobble after the turn is within the band
        ([0.4, 0.6, 0.4, 0.9], None),  # the other side was never clearly reached
        ([0.9, 0.6, 0.45], 2),  # it turned, although the end is within the band
        ([0.8, 0.2, 0.8, 0.6, 0.1], 4),
    ],
)
def test_it_is_the_first_token_on_the_final_side_after_the_other_was_clear(
    running: list[float], expected: int | None
) -> None:
    assert turning_point(np.array(running)) == expected


def test_the_mirror_image_turns_at_the_same_token() -> None:
    running = np.random.default_rng(0).uniform(size=(50, 20))
    for row in running:
        assert turning_point(row) == turning_point(1 - row)


def test_a_wider_band_finds_fewer_turns() -> None:
    running = np.array([0.6, 0.25, 0.9])
    assert (turning_point(running, band=0.2), turning_point(running, band=0.3)) == (2, None)
