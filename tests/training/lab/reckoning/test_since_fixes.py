"""Errors are sorted by the right number of steps since the right fix."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gatewise.training.lab.reckoning.since_fixes import errors_since_fixes, steps_since_fixes
from gatewise.training.lab.reckoning.training import Training, held_out_errors, train

TRAINING = Training("fixes anywhere", "without reset", 2, 1, 1e-2, seeds=2)


@given(later=st.lists(st.booleans(), max_size=20))
def test_steps_are_counted_from_the_last_fix(later: list[bool]) -> None:
    fixes = [True, *later]
    since, number = steps_since_fixes(np.array(fixes))
    for place in range(len(fixes)):
        so_far = fixes[: place + 1]
        assert since[place] == so_far[::-1].index(True)
        assert number[place] == so_far.count(True)


def test_the_errors_at_first_fixes_are_those_of_first_steps() -> None:
    nets, _ = train(TRAINING)
    found = errors_since_fixes(nets, TRAINING)
    expected = held_out_errors(nets, TRAINING)[:, :, 0].mean(axis=1)
    np.testing.assert_allclose(found["first_fix"]["0"], expected, rtol=1e-5)


def test_tracks_without_later_fixes_have_no_errors_after_them() -> None:
    training = replace(TRAINING, variant="a fix at the start only")
    nets, _ = train(training)
    assert errors_since_fixes(nets, training)["later_fixes"] == {}
