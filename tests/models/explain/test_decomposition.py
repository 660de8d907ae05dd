"""The decomposition sums to the logit, and its parts have the documented meaning."""

import numpy as np
import pytest
from hypothesis import given

from gatewise.models.explain.decomposition import Decomposition, decompose, unit_contributions
from gatewise.models.gru.equations import gru
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.gru.trace import GateTrace
from gatewise.models.weights import GRUParameters
from tests.models.networks import Case, cases


def decomposition_of(case: Case) -> Decomposition:
    trace = Recurrence(case.weights).trace(case.texts[0])
    return decompose(trace, case.weights.head_weight, case.weights.head_bias)


def one_unit(words: list[float], **intervened: float) -> Decomposition:
    """Decompose one unit with unit weights, no biases and given gates; the head is 2 h + 0.5."""
    parameters = GRUParameters(
        weight_ih=np.array([[1], [1], [1]], dtype=np.float32),
        weight_hh=np.array([[1], [1], [1]], dtype=np.float32),
        bias_ih=np.zeros(3, dtype=np.float32),
        bias_hh=np.zeros(3, dtype=np.float32),
    )
    gates = {name: np.array([value], dtype=np.float32) for name, value in intervened.items()}
    steps = gru(np.array(words, dtype=np.float32)[:, None], parameters, **gates)
    return decompose(GateTrace.from_steps(steps), np.array([2], dtype=np.float32), 0.5)


@given(case=cases(max_tokens=200))
def test_bias_and_contributions_sum_to_the_logit(case: Case) -> None:
    decomposition = decomposition_of(case)
    scale = max(1.0, abs(decomposition.logit), float(np.abs(decomposition.total).sum()))
    assert decomposition.bias + decomposition.total.sum() == pytest.approx(
        decomposition.logit, abs=1e-5 * scale
    )
    assert decomposition.residual == pytest.approx(
        decomposition.logit - decomposition.bias - decomposition.total.sum(), abs=1e-9 * scale
    )


@given(case=cases())
def test_the_unit_contributions_of_a_token_sum_to_its_total(case: Case) -> None:
    trace = Recurrence(case.weights).trace(case.texts[0])
    decomposition = decompose(trace, case.weights.head_weight, case.weights.head_bias)
    by_unit = unit_contributions(trace, case.weights.head_weight)
    scale = max(1.0, float(np.abs(by_unit).sum()))
    np.testing.assert_allclose(by_unit.sum(axis=1), decomposition.total, atol=1e-5 * scale)


@given(case=cases())
def test_the_running_logit_ends_at_the_logit(case: Case) -> None:
    decomposition = decomposition_of(case)
    assert decomposition.running_logit[-1] == decomposition.logit


@given(case=cases())
def test_shares_lie_between_0_and_1(case: Case) -> None:
    decomposition = decomposition_of(case)
    for share in (
        decomposition.kept_share,
        decomposition.recalled_share,
        decomposition.released_share,
    ):
        assert share.min() >= 0
        assert share.max() <= 1


@given(case=cases())
def test_the_last_token_has_a_kept_share_of_one(case: Case) -> None:
    assert decomposition_of(case).kept_share[-1] == pytest.approx(1)


def test_contributions_equal_a_calculation_by_hand() -> None:
    """Two words of 1, r = 0, z = ½: h_1 = ½ tanh 1, h_2 = ½ tanh 1 + ¼ tanh 1."""
    decomposition = one_unit([1.0, 1.0], reset_gate=0.0, update_gate=0.5)
    np.testing.assert_allclose(
        decomposition.total, [2 * np.tanh(1) / 4, 2 * np.tanh(1) / 2], rtol=1e-6
    )
    np.testing.assert_allclose(decomposition.kept_share, [0.5, 1.0], rtol=1e-6)


def test_with_reset_0_nothing_is_recalled() -> None:
    decomposition = one_unit([1.0, -1.0, 0.5], reset_gate=0.0)
    np.testing.assert_array_equal(decomposition.recalled_context, 0)
    np.testing.assert_array_equal(decomposition.recalled_share, 0)


def test_a_word_with_a_zero_vector_contributes_only_recalled_context() -> None:
    decomposition = one_unit([1.0, 0.0], reset_gate=1.0, update_gate=0.5)
    assert decomposition.new_word[1] == pytest.approx(0)
    assert decomposition.recalled_context[1] == pytest.approx(np.tanh(0.5 * np.tanh(1)), rel=1e-6)


def test_the_shapley_split_equals_a_calculation_by_hand() -> None:
    """At the second word a = 1 and m = h_1; φ is the two-player Shapley value of tanh(a + m)."""
    decomposition = one_unit([1.0, 1.0], reset_gate=1.0, update_gate=0.0)
    a, m = 1.0, float(np.tanh(1))
    new = (np.tanh(a) + np.tanh(a + m) - np.tanh(m)) / 2
    recalled = (np.tanh(m) + np.tanh(a + m) - np.tanh(a)) / 2
    assert decomposition.new_word[1] == pytest.approx(2 * new, rel=1e-6)
    assert decomposition.recalled_context[1] == pytest.approx(2 * recalled, rel=1e-6)
    assert decomposition.recalled_share[1] == pytest.approx(recalled / (new + recalled), rel=1e-6)


def test_the_first_token_releases_nothing() -> None:
    assert one_unit([1.0, 1.0], update_gate=0.0).released_share.tolist() == [0, 1]


def test_an_update_gate_of_1_releases_nothing() -> None:
    assert one_unit([1.0, 1.0], update_gate=1.0).released_share.tolist() == [0, 0]


@given(case=cases())
def test_the_released_share_is_weighted_by_each_units_part_of_the_logit(
    case: Case,
) -> None:
    trace = Recurrence(case.weights).trace(case.texts[0])
    released = decomposition_of(case).released_share
    for position in range(1, len(trace)):
        standing = np.abs(trace.hidden[position - 1] * case.weights.head_weight).astype(np.float64)
        let_go = (1 - trace.update_gate[position].astype(np.float64)) @ standing
        assert released[position] == pytest.approx(let_go / standing.sum(), rel=1e-5)


@pytest.mark.parametrize("units", range(1, 65))
def test_an_update_gate_of_0_releases_exactly_all(units: int) -> None:
    draw = np.random.default_rng(units)
    hidden, word, context = draw.normal(size=(3, 50, units)).astype(np.float32)  # (T, H) each
    opened = np.zeros_like(hidden)  # (T, H): z = 0
    trace = GateTrace(
        hidden=hidden,
        reset_gate=opened,
        update_gate=opened,
        candidate=np.tanh(word + context),
        word_part=word,
        context_part=context,
    )
    released = decompose(trace, hidden[0], 0.0).released_share[1:]
    assert released.max() <= 1
    np.testing.assert_allclose(released, 1, rtol=1e-12)


def test_a_word_whose_state_is_replaced_later_contributes_nothing() -> None:
    decomposition = one_unit([5.0, 1.0], reset_gate=0.0, update_gate=0.0)
    assert decomposition.total[0] == 0
    assert decomposition.kept_share[0] == 0


def test_a_token_that_writes_nothing_has_a_kept_share_of_zero() -> None:
    decomposition = one_unit([1.0, 1.0], update_gate=1.0)
    np.testing.assert_array_equal(decomposition.total, 0)
    np.testing.assert_array_equal(decomposition.kept_share, 0)
