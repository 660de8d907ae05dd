"""The rules that decide from figures whether a claim is supported, and other calculations."""

import numpy as np
import pytest

from gatewise.training.lab.experiments.ablation import supports_no_reset, supports_tanh
from gatewise.training.lab.experiments.candidate import merge_biases
from gatewise.training.lab.experiments.gradients import supports_gradients
from gatewise.training.lab.experiments.memory.retention import supports_retention
from gatewise.training.lab.experiments.order import supports_order
from gatewise.training.lab.experiments.units import Units, supports_units
from gatewise.training.lab.experiments.verdict.reset_story import supports_reset_story
from gatewise.training.lab.nets.architectures import AVERAGE, ELMAN, GRU, RELU, WITHOUT_RESET
from gatewise.training.lab.report.estimates import Estimate
from tests.models.networks import random_weights

UP = Estimate(mean=0.1, low=0.05, high=0.15, n=5)
DOWN = Estimate(mean=-0.1, low=-0.15, high=-0.05, n=5)
NONE = Estimate(mean=0.0, low=-0.02, high=0.02, n=5)
ONCE = Estimate(mean=-0.1, low=None, high=None, n=1)


@pytest.mark.parametrize(
    ("average", "recurrent", "gain", "expected"),
    [
        (NONE, UP, UP, "yes"),
        (NONE, UP, NONE, "partly"),
        (NONE, NONE, UP, "no"),
        (UP, UP, UP, "no"),
    ],
)
def test_order_is_used_if_shuffling_affects_the_gru_alone(
    average: Estimate, recurrent: Estimate, gain: Estimate, expected: str
) -> None:
    assert supports_order({AVERAGE: average, GRU: recurrent}, gain) == expected


@pytest.mark.parametrize(
    ("elman", "elman_trained", "gru_trained", "expected"),
    [(-9, -8, -1, "yes"), (-9, -1, -8, "partly"), (-1, -8, -2, "partly"), (-1, -1, -2, "no")],
)
def test_gradients_vanish_by_orders_of_magnitude(
    elman: float, elman_trained: float, gru_trained: float, expected: str
) -> None:
    def at_end(decades: float) -> dict[str, Estimate]:
        return {"99": Estimate(mean=decades, low=None, high=None, n=1)}

    ratios = {
        f"{ELMAN}, before training": at_end(elman),
        f"{ELMAN}, after training": at_end(elman_trained),
        f"{GRU}, after training": at_end(gru_trained),
    }
    assert supports_gradients(ratios, "99") == expected


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
def test_the_reset_story_depends_on_the_flips_that_interventions_undo(
    effects: list[tuple[float, float]], expected: str
) -> None:
    undone: dict[str, dict[str, Estimate | None]] = {
        str(number): {
            "reset at 1": Estimate(mean=opened, low=None, high=None, n=9),
            "reset at average": Estimate(mean=average, low=None, high=None, n=9),
        }
        for number, (opened, average) in enumerate(effects)
    }
    assert supports_reset_story(undone) == expected


def test_the_reset_story_is_not_supported_without_flips() -> None:
    assert supports_reset_story({"model": {"reset at 1": None, "reset at average": None}}) == "no"


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
def test_retention_requires_a_lead_and_a_longer_memory(
    lead: Estimate, elman: int | None, gru: int | None, expected: str
) -> None:
    assert supports_retention(lead, {ELMAN: elman, GRU: gru}) == expected


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        ([NONE, UP], "yes"),
        ([NONE, DOWN], "partly"),
        ([DOWN, DOWN], "no"),
        ([ONCE, ONCE], "partly"),
    ],
)
def test_the_reset_gate_is_needed_where_accuracy_falls_without_it(
    differences: list[Estimate], expected: str
) -> None:
    minus_gru = {
        task: {WITHOUT_RESET: value}
        for task, value in zip(("reviews", "snippets"), differences, strict=True)
    }
    assert supports_no_reset(minus_gru, []) == expected


def test_tasks_solved_by_the_elman_net_are_left_out() -> None:
    minus_gru = {"reviews": {WITHOUT_RESET: DOWN}, "parity": {WITHOUT_RESET: NONE}}
    assert supports_no_reset(minus_gru, ["parity"]) == "no"


@pytest.mark.parametrize(
    ("reviews", "snippets", "expected"),
    [
        (DOWN, DOWN, "yes"),
        (DOWN, NONE, "partly"),
        (NONE, UP, "no"),
        (ONCE, ONCE, "partly"),
    ],
)
def test_tanh_is_better_if_relu_is_worse_on_both_tasks(
    reviews: Estimate, snippets: Estimate, expected: str
) -> None:
    minus_gru = {"reviews": {RELU: reviews}, "snippets": {RELU: snippets}}
    assert supports_tanh(minus_gru) == expected


@pytest.mark.parametrize(("correlations", "expected"), [([DOWN, DOWN], "no"), ([UP, UP], "no")])
def test_slight_correlations_of_memory_and_reset_support_nothing(
    correlations: list[Estimate], expected: str
) -> None:
    by_net = {str(number): value for number, value in enumerate(correlations)}
    assert supports_units(by_net) == expected


def test_clear_negative_correlations_of_memory_and_reset_support_a_part() -> None:
    clear = Estimate(mean=-0.5, low=None, high=None, n=1)
    assert supports_units({"one": clear, "other": clear}) == "partly"
    assert supports_units({"one": clear, "other": UP}) == "no"


@pytest.mark.parametrize("gate", ["reset", "update", "candidate"])
def test_merging_changes_the_biases_of_one_block_only(gate: str) -> None:
    parameters = random_weights().gru
    merged = merge_biases(parameters, gate)
    block = {"reset": 0, "update": 1, "candidate": 2}[gate]
    for number in range(3):
        actual = np.split(merged.bias_ih, 3)[number], np.split(merged.bias_hh, 3)[number]
        expected = np.split(parameters.bias_ih, 3)[number], np.split(parameters.bias_hh, 3)[number]
        if number == block:
            expected = (expected[0] + expected[1], np.zeros_like(expected[1]))
        np.testing.assert_allclose(actual, expected)


def test_units_are_divided_by_their_half_life() -> None:
    units = Units(
        half_life=np.array([8.0, 1.0, 2.0, 4.0]),
        mean_reset=np.array([0.9, 0.1, 0.3, 0.7]),
        share=np.full(4, 0.25),
    )
    assert units.halves(units.mean_reset) == pytest.approx((0.2, 0.8))
    assert units.correlation == pytest.approx(1)
