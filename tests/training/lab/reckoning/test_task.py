"""Dead reckoning with fixes: the tracks, and the error of an angle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.training.lab.reckoning.task import FIX, VARIANTS, Variant, angle_errors, draw_tracks

TURNS = (-30, 0, 30)


def reckoned(inputs: np.ndarray, *, relative: bool) -> list[float]:
    """The heading after every step of one track, in degrees, step by step."""
    heading, headings = 0.0, []
    for step in inputs:
        if step[FIX] == 1:
            angle = np.degrees(np.arctan2(step[FIX + 2], step[FIX + 1]))
            heading = heading + angle if relative else angle
        else:
            heading += TURNS[int(np.argmax(step[:FIX]))]
        headings.append(heading)
    return headings


@given(seed=st.integers(0, 2**31), name=st.sampled_from(list(VARIANTS)))
def test_the_target_is_the_sum_of_turns_since_the_last_fix(seed: int, name: str) -> None:
    variant = VARIANTS[name]
    tracks = draw_tracks(np.random.default_rng(seed), variant, count=2, length=12)
    for inputs, targets in zip(tracks.inputs, tracks.targets, strict=True):
        expected = np.radians(reckoned(inputs, relative=variant.relative))
        np.testing.assert_allclose(targets[:, 0], np.cos(expected), atol=1e-5)
        np.testing.assert_allclose(targets[:, 1], np.sin(expected), atol=1e-5)


@given(seed=st.integers(0, 2**31))
def test_every_step_is_either_one_turn_or_a_fix(seed: int) -> None:
    inputs = draw_tracks(np.random.default_rng(seed), Variant(), count=3, length=20).inputs
    np.testing.assert_array_equal(inputs[..., : FIX + 1].sum(axis=-1), 1)
    np.testing.assert_array_equal(inputs[..., FIX + 1 :][inputs[..., FIX] == 0], 0)


def test_every_track_begins_with_a_fix() -> None:
    inputs = draw_tracks(
        np.random.default_rng(1), Variant(fix_share=0.0), count=50, length=5
    ).inputs
    np.testing.assert_array_equal(inputs[:, 0, FIX], 1)
    np.testing.assert_array_equal(inputs[:, 1:, FIX], 0)


def test_the_share_of_fixes_is_that_of_the_variant() -> None:
    inputs = draw_tracks(np.random.default_rng(2), Variant(fix_share=0.3), count=2000, length=20)
    assert inputs.inputs[:, 1:, FIX].mean() == pytest.approx(0.3, abs=0.01)


def test_fixes_at_the_poles_have_no_sine() -> None:
    tracks = draw_tracks(np.random.default_rng(3), Variant(poles=True), count=100, length=5)
    np.testing.assert_allclose(tracks.inputs[..., FIX + 2], 0, atol=1e-6)


@given(degrees=st.floats(-179, 179), turn=st.floats(-179, 179), length=st.floats(0.1, 10))
def test_the_error_is_the_angle_between_both_directions(
    degrees: float, turn: float, length: float
) -> None:
    angles = np.radians([degrees, degrees + turn])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=-1)  # (2, 2)
    found = angle_errors(length * vectors[:1], vectors[1:])
    assert found[0] == pytest.approx(abs(turn), abs=1e-6)
