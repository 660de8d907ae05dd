"""The ledger sums to the logit, and its parts mean what they are called."""

import numpy as np
import pytest
from hypothesis import given

from models.gates import GRUParameters, gru
from models.ledger import Ledger, build_ledger, unit_contributions
from models.recurrence import Recurrence
from models.trace import GateTrace
from tests.models.networks import Case, cases


def ledger_of(case: Case) -> Ledger:
    trace = Recurrence(case.weights).trace(case.texts[0])
    return build_ledger(trace, case.weights.head_weight, case.weights.head_bias)


def one_unit(words: list[float], **held: float) -> Ledger:
    """Trace one unit with unit weights and no biases, with gates held; the head is 2 h + 0.5."""
    parameters = GRUParameters(
        weight_ih=np.array([[1], [1], [1]], dtype=np.float32),
        weight_hh=np.array([[1], [1], [1]], dtype=np.float32),
        bias_ih=np.zeros(3, dtype=np.float32),
        bias_hh=np.zeros(3, dtype=np.float32),
    )
    gates = {name: np.array([value], dtype=np.float32) for name, value in held.items()}
    steps = gru(np.array(words, dtype=np.float32)[:, None], parameters, **gates)
    return build_ledger(GateTrace.from_steps(steps), np.array([2], dtype=np.float32), 0.5)


@given(case=cases(max_tokens=200))
def test_bias_and_contributions_sum_to_the_logit(case: Case) -> None:
    ledger = ledger_of(case)
    scale = max(1.0, abs(ledger.logit), float(np.abs(ledger.total).sum()))
    assert ledger.bias + ledger.total.sum() == pytest.approx(ledger.logit, abs=1e-5 * scale)
    assert ledger.residual == pytest.approx(
        ledger.logit - ledger.bias - ledger.total.sum(), abs=1e-9 * scale
    )


@given(case=cases())
def test_the_units_of_a_token_sum_to_its_contribution(case: Case) -> None:
    trace = Recurrence(case.weights).trace(case.texts[0])
    ledger = build_ledger(trace, case.weights.head_weight, case.weights.head_bias)
    by_unit = unit_contributions(trace, case.weights.head_weight)
    scale = max(1.0, float(np.abs(by_unit).sum()))
    np.testing.assert_allclose(by_unit.sum(axis=1), ledger.total, atol=1e-5 * scale)


@given(case=cases())
def test_the_running_logit_ends_at_the_logit(case: Case) -> None:
    ledger = ledger_of(case)
    assert ledger.running_logit[-1] == ledger.logit


@given(case=cases())
def test_shares_lie_between_0_and_1(case: Case) -> None:
    ledger = ledger_of(case)
    for share in (ledger.kept_share, ledger.recalled_share, ledger.released_share):
        assert share.min() >= 0
        assert share.max() <= 1


@given(case=cases())
def test_all_of_the_last_write_is_still_there(case: Case) -> None:
    assert ledger_of(case).kept_share[-1] == pytest.approx(1)


def test_contributions_by_hand() -> None:
    """Two words of 1, r = 0, z = ½: h_1 = ½ tanh 1, h_2 = ½ tanh 1 + ¼ tanh 1."""
    ledger = one_unit([1.0, 1.0], reset_gate=0.0, update_gate=0.5)
    np.testing.assert_allclose(ledger.total, [2 * np.tanh(1) / 4, 2 * np.tanh(1) / 2], rtol=1e-6)
    np.testing.assert_allclose(ledger.kept_share, [0.5, 1.0], rtol=1e-6)


def test_with_the_reset_gate_shut_nothing_is_recalled() -> None:
    ledger = one_unit([1.0, -1.0, 0.5], reset_gate=0.0)
    np.testing.assert_array_equal(ledger.recalled_context, 0)
    np.testing.assert_array_equal(ledger.recalled_share, 0)


def test_a_word_without_a_vector_only_recalls() -> None:
    ledger = one_unit([1.0, 0.0], reset_gate=1.0, update_gate=0.5)
    assert ledger.new_word[1] == pytest.approx(0)
    assert ledger.recalled_context[1] == pytest.approx(np.tanh(0.5 * np.tanh(1)), rel=1e-6)


def test_the_split_by_hand() -> None:
    """At the second word a = 1 and m = h_1; φ is the two-player Shapley value of tanh(a + m)."""
    ledger = one_unit([1.0, 1.0], reset_gate=1.0, update_gate=0.0)
    a, m = 1.0, float(np.tanh(1))
    new = (np.tanh(a) + np.tanh(a + m) - np.tanh(m)) / 2
    recalled = (np.tanh(m) + np.tanh(a + m) - np.tanh(a)) / 2
    assert ledger.new_word[1] == pytest.approx(2 * new, rel=1e-6)
    assert ledger.recalled_context[1] == pytest.approx(2 * recalled, rel=1e-6)
    assert ledger.recalled_share[1] == pytest.approx(recalled / (new + recalled), rel=1e-6)


def test_the_first_token_has_nothing_to_release() -> None:
    assert one_unit([1.0, 1.0], update_gate=0.0).released_share.tolist() == [0, 1]


def test_a_closed_update_gate_releases_nothing() -> None:
    assert one_unit([1.0, 1.0], update_gate=1.0).released_share.tolist() == [0, 0]


@given(case=cases())
def test_the_released_share_is_one_minus_what_each_unit_keeps_weighed_by_its_logit(
    case: Case,
) -> None:
    trace = Recurrence(case.weights).trace(case.texts[0])
    released = ledger_of(case).released_share
    for position in range(1, len(trace)):
        standing = np.abs(trace.hidden[position - 1] * case.weights.head_weight).astype(np.float64)
        let_go = (1 - trace.update_gate[position].astype(np.float64)) @ standing
        assert released[position] == pytest.approx(let_go / standing.sum(), rel=1e-5)


@pytest.mark.parametrize("units", range(1, 65))
def test_an_open_update_gate_releases_all_and_no_more(units: int) -> None:
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
    released = build_ledger(trace, hidden[0], 0.0).released_share[1:]
    assert released.max() <= 1
    np.testing.assert_allclose(released, 1, rtol=1e-12)


def test_a_word_that_a_later_rewrite_erases_contributes_nothing() -> None:
    ledger = one_unit([5.0, 1.0], reset_gate=0.0, update_gate=0.0)
    assert ledger.total[0] == 0
    assert ledger.kept_share[0] == 0


def test_a_token_that_writes_nothing_has_no_shares() -> None:
    ledger = one_unit([1.0, 1.0], update_gate=1.0)
    np.testing.assert_array_equal(ledger.total, 0)
    np.testing.assert_array_equal(ledger.kept_share, 0)
