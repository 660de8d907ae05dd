"""Interventions: the network run again with gates held, and nothing else changed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import InterventionError
from models.intervene import Gate, Hold, gate_effects, trace_held
from models.recurrence import Recurrence
from tests.models.networks import Case, cases, random_weights

IDS = np.array([3, 1, 4, 1, 5, 9, 2, 6], dtype=np.int32)


def final_logit(case: Case, ids: np.ndarray, holds: list[Hold]) -> float:
    hidden = trace_held(case.weights, ids, holds).hidden[-1].astype(np.float64)
    return float(hidden @ case.weights.head_weight + case.weights.head_bias)


@given(case=cases(max_texts=1))
def test_holding_nothing_changes_nothing(case: Case) -> None:
    ids = case.texts[0]
    plain = Recurrence(case.weights).trace(ids)
    np.testing.assert_allclose(trace_held(case.weights, ids, []).hidden, plain.hidden, atol=1e-4)


@given(case=cases(max_texts=1), gate=st.sampled_from(["reset", "update"]), value=st.floats(0, 1))
def test_a_held_gate_reads_its_value_everywhere(case: Case, gate: Gate, value: float) -> None:
    trace = trace_held(case.weights, case.texts[0], [Hold(gate, value)])
    np.testing.assert_array_equal(getattr(trace, f"{gate}_gate"), np.float32(value))


@given(case=cases(max_texts=1, max_tokens=12), data=st.data())
def test_every_effect_is_what_holding_that_gate_there_gives(
    case: Case, data: st.DataObject
) -> None:
    ids = case.texts[0]
    position = data.draw(st.integers(0, len(ids) - 1))
    average = np.linspace(0, 1, case.weights.config.hidden_size, dtype=np.float32)
    trace = trace_held(case.weights, ids, [])
    effects = gate_effects(Recurrence(case.weights), trace, ids, average_reset=average)
    before = final_logit(case, ids, [])
    for name, hold in {
        "reset_opened": Hold("reset", 1.0, tokens=[position]),
        "reset_averaged": Hold("reset", average, tokens=[position]),
        "update_closed": Hold("update", 1.0, tokens=[position]),
    }.items():
        gained = final_logit(case, ids, [hold]) - before
        assert getattr(effects, name)[position] == pytest.approx(gained, abs=2e-3), name


def test_tokens_before_the_held_one_are_untouched() -> None:
    weights = random_weights()
    plain = trace_held(weights, IDS, [])
    held = trace_held(weights, IDS, [Hold("update", 0.0, tokens=[4])])
    np.testing.assert_array_equal(held.hidden[:4], plain.hidden[:4])
    assert not np.array_equal(held.hidden[4:], plain.hidden[4:])


def test_only_the_units_named_are_held() -> None:
    weights = random_weights()
    held = trace_held(weights, IDS, [Hold("reset", 0.25, tokens=[0], units=[2, 5])])
    plain = trace_held(weights, IDS, [])
    others = [0, 1, 3, 4, 6]
    np.testing.assert_array_equal(held.reset_gate[0, [2, 5]], 0.25)
    np.testing.assert_array_equal(held.reset_gate[0, others], plain.reset_gate[0, others])


def test_the_later_hold_counts() -> None:
    holds = [Hold("update", 0.0), Hold("update", 0.5, tokens=[1])]
    trace = trace_held(random_weights(), IDS, holds)
    assert trace.update_gate[:, 0].tolist() == [0, 0.5, 0, 0, 0, 0, 0, 0]


def test_a_token_whose_update_is_closed_might_as_well_not_be_there() -> None:
    weights = random_weights()
    without = Recurrence(weights).logits([np.delete(IDS, 3)])[0]
    trace = Recurrence(weights).trace(IDS)
    average = np.full(7, 0.5, dtype=np.float32)
    effects = gate_effects(Recurrence(weights), trace, IDS, average_reset=average)
    with_it = Recurrence(weights).logits([IDS])[0]
    assert effects.update_closed[3] == pytest.approx(without - with_it, abs=1e-6)


@pytest.mark.parametrize(
    ("hold", "complaint"),
    [
        (Hold("reset", 1.5), "cannot be held at 1.5"),
        (Hold("reset", float("nan")), "cannot be held at nan"),
        (Hold("reset", 0.5, tokens=[8]), "Token 8 does not exist: they are numbered 0 to 7"),
        (Hold("update", 0.5, units=[-1]), "Unit -1 does not exist"),
    ],
)
def test_what_cannot_be_held_is_refused(hold: Hold, complaint: str) -> None:
    with pytest.raises(InterventionError, match=complaint):
        trace_held(random_weights(), IDS, [hold])


def test_a_gate_that_does_not_exist_is_refused_by_name() -> None:
    hold = Hold("reset", 0.5)
    object.__setattr__(hold, "gate", "rset")  # the tests' type checks would refuse it earlier
    with pytest.raises(InterventionError, match="no gate 'rset': they are reset and update"):
        trace_held(random_weights(), IDS, [hold])
