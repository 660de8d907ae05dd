"""Experiments decide by their rules, and their own calculations are right."""

import numpy as np
import pytest

from models.gates import gru
from tests.models.networks import random_weights
from training.lab.estimates import Estimate
from training.lab.experiments import ablation, equations, gradients, order, reset_story, retention
from training.lab.experiments.conventions import course_states, merge_biases
from training.lab.experiments.units import Units
from training.lab.experiments.without_reset import COMPENSATIONS
from training.lab.nets import AVERAGE, ELMAN, GRU, WITHOUT_RESET

UP = Estimate(mean=0.1, low=0.05, high=0.15, n=5)
DOWN = Estimate(mean=-0.1, low=-0.15, high=-0.05, n=5)
NONE = Estimate(mean=0.0, low=-0.02, high=0.02, n=5)
ONCE = Estimate(mean=-0.1, low=None, high=None, n=1)
INSTEAD = dict.fromkeys((GRU, WITHOUT_RESET), dict.fromkeys(COMPENSATIONS, NONE))


@pytest.mark.parametrize(
    ("average", "recurrent", "gain", "expected"),
    [
        (NONE, UP, UP, "yes"),
        (NONE, UP, NONE, "partly"),
        (NONE, NONE, UP, "no"),
        (UP, UP, UP, "no"),
    ],
)
def test_order_matters_if_shuffling_costs_the_gru_alone(
    average: Estimate, recurrent: Estimate, gain: Estimate, expected: str
) -> None:
    assert order._supports({AVERAGE: average, GRU: recurrent}, gain) == expected


@pytest.mark.parametrize(
    ("elman", "elman_trained", "gru_trained", "expected"),
    [(-9, -8, -1, "yes"), (-9, -1, -8, "partly"), (-1, -8, -2, "partly"), (-1, -1, -2, "no")],
)
def test_gradients_vanish_by_decades(
    elman: float, elman_trained: float, gru_trained: float, expected: str
) -> None:
    def at_end(decades: float) -> dict[str, Estimate]:
        return {"99": Estimate(mean=decades, low=None, high=None, n=1)}

    reach = {
        f"{ELMAN}, before training": at_end(elman),
        f"{ELMAN}, after training": at_end(elman_trained),
        f"{GRU}, after training": at_end(gru_trained),
    }
    assert gradients._supports(reach, "99") == expected


@pytest.mark.parametrize(
    ("effects", "expected"),
    [
        ([(0.6, 0.2)], "yes"),
        ([(0.6, 0.0)], "partly"),
        ([(0.2, 0.2)], "partly"),
        ([(0.05, 0.0)], "no"),
        ([(0.6, 0.2), (0.0, 0.0)], "partly"),
        ([(0.0, 0.0), (0.0, 0.0)], "no"),
    ],
)
def test_the_reset_story_is_judged_by_what_held_gates_undo(
    effects: list[tuple[float, float]], expected: str
) -> None:
    by_hold: dict[str, dict[str, Estimate | None]] = {
        str(number): {
            "reset open": Estimate(mean=opened, low=None, high=None, n=9),
            "reset average": Estimate(mean=average, low=None, high=None, n=9),
        }
        for number, (opened, average) in enumerate(effects)
    }
    assert reset_story._supports(by_hold) == expected


@pytest.mark.parametrize(
    ("lead", "elman", "gru", "expected"),
    [
        (UP, 50, None, "yes"),
        (UP, 50, 200, "yes"),
        (UP, 50, 25, "partly"),
        (UP, None, None, "partly"),
        (ONCE, 50, 200, "no"),
        (NONE, 50, 200, "no"),
    ],
)
def test_retention_is_outlasting(
    lead: Estimate, elman: int | None, gru: int | None, expected: str
) -> None:
    assert retention._supports(lead, {ELMAN: elman, GRU: gru}) == expected


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        ([NONE, UP], "yes"),
        ([NONE, DOWN], "partly"),
        ([DOWN, DOWN], "no"),
        ([ONCE, ONCE], "partly"),
    ],
)
def test_the_reset_gate_is_needed_where_its_loss_costs_something(
    differences: list[Estimate], expected: str
) -> None:
    against = {
        place: {WITHOUT_RESET: value}
        for place, value in zip(("reviews", "snippets"), differences, strict=True)
    }
    finding = ablation._why(against, INSTEAD, [])
    assert finding.supports == expected
    assert ("costs accuracy on" in finding.answer) == (DOWN in differences)


def test_a_task_that_is_too_easy_decides_nothing() -> None:
    against = {"reviews": {WITHOUT_RESET: DOWN}, "parity": {WITHOUT_RESET: NONE}}
    finding = ablation._why(against, INSTEAD, ["parity"])
    assert finding.supports == "no"
    assert "Even the Elman RNN does parity" in finding.answer


def test_the_courses_form_has_the_same_states() -> None:
    weights = random_weights(scale=2.0)
    embedded = weights.embedding[[3, 5, 7, 11, 2]].astype(np.float64)
    expected = [step.hidden for step in gru(embedded, weights.gru)]
    np.testing.assert_allclose(course_states(embedded, weights.gru), expected, atol=1e-6)


@pytest.mark.parametrize("gate", ["reset", "update", "candidate"])
def test_merging_moves_one_gates_biases_and_no_others(gate: str) -> None:
    parameters = random_weights().gru
    merged = merge_biases(parameters, gate)
    block = {"reset": 0, "update": 1, "candidate": 2}[gate]
    for number in range(3):
        ours = np.split(merged.bias_ih, 3)[number], np.split(merged.bias_hh, 3)[number]
        theirs = np.split(parameters.bias_ih, 3)[number], np.split(parameters.bias_hh, 3)[number]
        if number == block:
            theirs = (theirs[0] + theirs[1], np.zeros_like(theirs[1]))
        np.testing.assert_allclose(ours, theirs)


def test_a_gru_held_open_is_an_rnn_step_by_step() -> None:
    step, whole = equations.elman_differences(
        random_weights(), np.array([3, 5, 7, 2], dtype=np.int32)
    )
    assert step < 1e-14
    assert whole < 1e-13


def test_units_are_halved_by_their_half_life() -> None:
    units = Units(
        half_life=np.array([8.0, 1.0, 2.0, 4.0]),
        mean_reset=np.array([0.9, 0.1, 0.3, 0.7]),
        share=np.full(4, 0.25),
    )
    assert units.halves(units.mean_reset) == pytest.approx((0.2, 0.8))
    assert units.correlation == pytest.approx(1)
