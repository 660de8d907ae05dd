"""Effects of interventions are counted right, with plots as groups."""

import pytest

from gatewise.training.lab.experiments.verdict.gate_interventions import Response
from gatewise.training.lab.experiments.verdict.intervention_effects import (
    PLAIN,
    flips_undone,
    share_lost,
    slope,
    slope_difference,
    undone_more_than,
)
from gatewise.training.lab.experiments.verdict.stories import Story

OPEN, SHUT = "reset at 1", "reset at 0"


def response(
    *, before: float, after: float, opened: float = 0.0, shut: float = 0.0, plot: str = "A plot."
) -> Response:
    story = Story(kind="test", plot=plot, connective="", verdict="it is bad.", positive=False)
    return Response(story, before, after, {OPEN: opened, SHUT: shut}, (0.5, 0.5), (0.5, 0.5))


def test_the_share_lost_is_that_of_all_changes_of_flips_together() -> None:
    responses = [
        response(before=-1.0, after=1.0, opened=0.0),
        response(before=-1.0, after=3.0, opened=3.0),
        response(before=-1.0, after=-0.5, opened=9.0),
    ]
    found = share_lost(responses, OPEN)
    assert found is not None
    assert found.mean == pytest.approx(1 / 6)


def test_only_flips_can_be_undone() -> None:
    responses = [
        response(before=-1.0, after=1.0, opened=-0.5),
        response(before=-1.0, after=1.0, opened=0.5),
        response(before=-1.0, after=-0.2, opened=-0.5),
        response(before=1.0, after=2.0, opened=-0.5),
    ]
    found = flips_undone(responses, OPEN)
    assert found is not None
    assert found.mean == 0.5


def test_without_flips_there_is_no_effect() -> None:
    kept = [response(before=-1.0, after=-0.5)]
    assert flips_undone(kept, OPEN) is None
    assert share_lost(kept, OPEN) is None
    assert undone_more_than(kept, OPEN, SHUT) is None


def test_two_interventions_are_compared_on_the_same_flips() -> None:
    responses = [
        response(before=-1.0, after=1.0, opened=-1.0, shut=1.0, plot="One."),
        response(before=-1.0, after=1.0, opened=-1.0, shut=-1.0, plot="Two."),
    ]
    found = undone_more_than(responses, OPEN, SHUT)
    assert found is not None
    assert (found.mean, found.low, found.high) == (0.5, 0.0, 1.0)


def lines() -> list[Response]:
    """The final logit is 1 + ½ that of the plot, and 2 + it with open gates."""
    return [
        response(before=x, after=1 + x / 2, opened=2 + x, plot=str(x))
        for x in (-2.0, 0.0, 1.0, 5.0)
    ]


def test_a_slope_is_that_of_the_line_through_the_texts() -> None:
    assert slope(lines(), PLAIN).mean == pytest.approx(0.5)
    assert slope(lines(), OPEN).low == pytest.approx(1)


def test_slopes_are_compared_with_that_without_intervention() -> None:
    found = slope_difference(lines(), OPEN)
    assert (found.mean, found.low, found.high) == pytest.approx((0.5, 0.5, 0.5))


def test_texts_of_one_plot_count_as_one() -> None:
    responses = [
        response(before=-1.0, after=1.0, opened=sign, plot=plot)
        for plot, sign in (("One.", -1.0), ("Two.", 1.0))
        for _ in range(9)
    ]
    found = flips_undone(responses, OPEN)
    assert found is not None
    assert (found.low, found.high, found.n) == (0.0, 1.0, 2)
