"""Interventions set the given gates and change nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.models.errors import InterventionError
from gatewise.models.explain.interventions import (
    Gate,
    Intervention,
    gate_effects,
    trace_with_interventions,
)
from gatewise.models.gru.recurrence import Recurrence
from tests.models.networks import Case, cases, random_weights

IDS = np.array([3, 1, 4, 1, 5, 9, 2, 6], dtype=np.int32)


def final_logit(case: Case, ids: np.ndarray, interventions: list[Intervention]) -> float:
    hidden = (
        trace_with_interventions(case.weights, ids, interventions).hidden[-1].astype(np.float64)
    )
    return float(hidden @ case.weights.head_weight + case.weights.head_bias)


@given(case=cases(max_texts=1))
def test_a_run_without_interventions_equals_the_plain_run(case: Case) -> None:
    ids = case.texts[0]
    plain = Recurrence(case.weights).trace(ids)
    np.testing.assert_allclose(
        trace_with_interventions(case.weights, ids, []).hidden, plain.hidden, atol=1e-4
    )


@given(case=cases(max_texts=1), gate=st.sampled_from(["reset", "update"]), value=st.floats(0, 1))
def test_an_intervention_sets_the_gate_for_all_tokens_and_units(
    case: Case, gate: Gate, value: float
) -> None:
    trace = trace_with_interventions(case.weights, case.texts[0], [Intervention(gate, value)])
    np.testing.assert_array_equal(getattr(trace, f"{gate}_gate"), np.float32(value))


@given(case=cases(max_texts=1, max_tokens=12), data=st.data())
def test_every_gate_effect_equals_the_intervention_on_that_token(
    case: Case, data: st.DataObject
) -> None:
    ids = case.texts[0]
    position = data.draw(st.integers(0, len(ids) - 1))
    average = np.linspace(0, 1, case.weights.config.hidden_size, dtype=np.float32)
    trace = trace_with_interventions(case.weights, ids, [])
    effects = gate_effects(Recurrence(case.weights), trace, ids, average_reset=average)
    before = final_logit(case, ids, [])
    for name, intervention in {
        "reset_at_1": Intervention("reset", 1.0, tokens=[position]),
        "reset_at_average": Intervention("reset", average, tokens=[position]),
        "update_at_1": Intervention("update", 1.0, tokens=[position]),
    }.items():
        gained = final_logit(case, ids, [intervention]) - before
        assert getattr(effects, name)[position] == pytest.approx(gained, abs=2e-3), name


def test_tokens_before_the_intervention_are_unchanged() -> None:
    weights = random_weights()
    plain = trace_with_interventions(weights, IDS, [])
    intervened = trace_with_interventions(weights, IDS, [Intervention("update", 0.0, tokens=[4])])
    np.testing.assert_array_equal(intervened.hidden[:4], plain.hidden[:4])
    assert not np.array_equal(intervened.hidden[4:], plain.hidden[4:])


def test_only_the_selected_units_are_changed() -> None:
    weights = random_weights()
    intervened = trace_with_interventions(
        weights, IDS, [Intervention("reset", 0.25, tokens=[0], units=[2, 5])]
    )
    plain = trace_with_interventions(weights, IDS, [])
    others = [0, 1, 3, 4, 6]
    np.testing.assert_array_equal(intervened.reset_gate[0, [2, 5]], 0.25)
    np.testing.assert_array_equal(intervened.reset_gate[0, others], plain.reset_gate[0, others])


def test_the_last_of_overlapping_interventions_applies() -> None:
    interventions = [Intervention("update", 0.0), Intervention("update", 0.5, tokens=[1])]
    trace = trace_with_interventions(random_weights(), IDS, interventions)
    assert trace.update_gate[:, 0].tolist() == [0, 0.5, 0, 0, 0, 0, 0, 0]


def test_closing_an_update_gate_equals_deleting_the_token() -> None:
    weights = random_weights()
    without = Recurrence(weights).logits([np.delete(IDS, 3)])[0]
    trace = Recurrence(weights).trace(IDS)
    average = np.full(7, 0.5, dtype=np.float32)
    effects = gate_effects(Recurrence(weights), trace, IDS, average_reset=average)
    with_it = Recurrence(weights).logits([IDS])[0]
    assert effects.update_at_1[3] == pytest.approx(without - with_it, abs=1e-6)


@pytest.mark.parametrize(
    ("intervention", "complaint"),
    [
        (Intervention("reset", 1.5), "cannot be set to 1.5"),
        (Intervention("reset", float("nan")), "cannot be set to nan"),
        (
            Intervention("reset", 0.5, tokens=[8]),
            "Token 8 does not exist: they are numbered 0 to 7",
        ),
        (Intervention("update", 0.5, units=[-1]), "Unit -1 does not exist"),
    ],
)
def test_an_invalid_intervention_raises_an_error(
    intervention: Intervention, complaint: str
) -> None:
    with pytest.raises(InterventionError, match=complaint):
        trace_with_interventions(random_weights(), IDS, [intervention])


def test_the_error_for_an_unknown_gate_names_it() -> None:
    intervention = Intervention("reset", 0.5)
    object.__setattr__(
        intervention, "gate", "rset"
    )  # the tests' type checks would refuse it earlier
    with pytest.raises(InterventionError, match="no gate 'rset': they are reset and update"):
        trace_with_interventions(random_weights(), IDS, [intervention])
