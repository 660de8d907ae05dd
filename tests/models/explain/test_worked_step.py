"""The worked step follows from its displayed numbers, and equals the step of the network."""

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.models.errors import InvalidStepError, UnknownUnitError
from gatewise.models.explain.worked_step import (
    DECIMALS,
    CandidateLine,
    GateLine,
    UnitStep,
    worked_step,
)
from gatewise.models.gru.equations import gru
from gatewise.models.gru.recurrence import Recurrence
from tests.models.networks import Case, cases, random_weights

IDS = np.array([3, 1, 4, 1, 5], dtype=np.int32)


def work(case: Case, data: st.DataObject) -> tuple[int, list[UnitStep]]:
    ids = case.texts[0]
    step = data.draw(st.integers(0, len(ids) - 1))
    units = range(case.weights.config.hidden_size)
    trace = Recurrence(case.weights).trace(ids)
    return step, worked_step(case.weights, trace, ids, step=step, units=units)


def printed(value: float) -> float:
    return round(value, DECIMALS)


def sigmoid(value: Decimal) -> float:
    return 1 / (1 + math.exp(-value))


@given(case=cases(max_texts=1), data=st.data())
def test_a_gate_follows_exactly_from_its_displayed_terms(case: Case, data: st.DataObject) -> None:
    for unit in work(case, data)[1]:
        for line in (unit.reset, unit.update):
            parts = line.from_word + line.word_bias + line.from_state + line.state_bias
            assert parts == line.total
            assert printed(sigmoid(line.total)) == float(line.value)


@given(case=cases(max_texts=1), data=st.data())
def test_a_candidate_follows_exactly_from_its_displayed_terms(
    case: Case, data: st.DataObject
) -> None:
    for unit in work(case, data)[1]:
        line = unit.candidate
        assert line.from_word + line.word_bias == line.word
        assert line.from_state + line.state_bias == line.state
        assert abs(unit.reset.value * line.state - line.recalled) <= Decimal(10) ** -DECIMALS / 2
        assert line.word + line.recalled == line.total
        assert printed(math.tanh(line.total)) == float(line.value)


@given(case=cases(max_texts=1), data=st.data())
def test_the_new_state_follows_exactly_from_the_displayed_numbers(
    case: Case, data: st.DataObject
) -> None:
    half = Decimal(10) ** -DECIMALS / 2
    for unit in work(case, data)[1]:
        z, n = unit.update.value, unit.candidate.value
        assert abs((1 - z) * n - unit.written) <= half
        assert abs(z * unit.before - unit.kept) <= half
        assert unit.written + unit.kept == unit.after


@given(case=cases(max_texts=1), data=st.data())
def test_the_worked_step_equals_the_reference_step(case: Case, data: st.DataObject) -> None:
    step, units = work(case, data)
    weights = case.weights
    reference = gru(weights.embedding[case.texts[0]], weights.gru)
    before = reference[step - 1].hidden if step else np.zeros(len(units))
    for unit in units:
        large = 1 + abs(float(unit.candidate.state))  # what an error of r is multiplied by
        close = 2e-5 * large
        at = unit.unit
        assert float(unit.before) == pytest.approx(before[at], abs=close)
        assert float(unit.reset.value) == pytest.approx(reference[step].reset_gate[at], abs=close)
        assert float(unit.update.value) == pytest.approx(reference[step].update_gate[at], abs=close)
        assert float(unit.candidate.value) == pytest.approx(
            reference[step].candidate[at], abs=close
        )
        assert float(unit.after) == pytest.approx(reference[step].hidden[at], abs=close)


def test_every_term_is_one_product_or_one_bias() -> None:
    weights = random_weights()
    trace = Recurrence(weights).trace(IDS)
    (unit,) = worked_step(weights, trace, IDS, step=2, units=[5])
    gru_weights, word = weights.gru, weights.embedding[IDS[2]]
    lines: list[GateLine | CandidateLine] = [unit.reset, unit.update, unit.candidate]
    for block, line in enumerate(lines):
        row = 7 * block + 5
        assert float(line.from_word) == pytest.approx(gru_weights.weight_ih[row] @ word, abs=1e-6)
        assert float(line.word_bias) == pytest.approx(gru_weights.bias_ih[row], abs=1e-6)
        from_state = gru_weights.weight_hh[row] @ trace.hidden[1]
        assert float(line.from_state) == pytest.approx(from_state, abs=1e-6)
        assert float(line.state_bias) == pytest.approx(gru_weights.bias_hh[row], abs=1e-6)


def test_the_first_step_starts_from_the_zero_state() -> None:
    weights = random_weights()
    (unit,) = worked_step(weights, Recurrence(weights).trace(IDS), IDS, step=0, units=[3])
    assert unit.before == unit.kept == unit.reset.from_state == 0


@pytest.mark.parametrize("step", [-1, 5])
def test_a_step_beyond_the_text_raises_an_error(step: int) -> None:
    weights = random_weights()
    trace = Recurrence(weights).trace(IDS)
    with pytest.raises(InvalidStepError, match=f"Step {step} .* numbered 0 to 4"):
        worked_step(weights, trace, IDS, step=step, units=[0])


def test_an_unknown_unit_raises_an_error() -> None:
    weights = random_weights()
    trace = Recurrence(weights).trace(IDS)
    with pytest.raises(UnknownUnitError, match="numbered 0 to 6"):
        worked_step(weights, trace, IDS, step=0, units=[7])
