"""Credits sum to the logit, whatever the weights, and are what their equations say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import Predictor
from models.credit import Credits, token_credits
from models.faithfulness import kendall_tau, leave_one_out
from models.gates import gru_step, sigmoid
from models.ledger import build_ledger
from models.predictor import DEFAULT_RELEASE
from models.recurrence import Recurrence
from models.weights import NetworkWeights
from tests.models.networks import Case, cases, random_weights

IDS = np.array([3, 1, 4, 1, 5, 9, 2, 6], dtype=np.int32)


def credits_of(weights: NetworkWeights, ids: np.ndarray, **options: float) -> Credits:
    return token_credits(weights, ids, Recurrence(weights).trace(ids).hidden, **options)


def secant_matrix(weights: NetworkWeights, word: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """D of one step, written out from the module's equations: f(h) − f(0) as a matrix times h."""
    gru, size = weights.gru, len(hidden)
    hr, hz, hn = (block.astype(np.float64) for block in np.split(gru.weight_hh, 3))
    inputs = gru.weight_ih.astype(np.float64) @ word + gru.bias_ih
    wr, wz, wn = np.split(inputs, 3)
    br, bz, bn = np.split(gru.bias_hh.astype(np.float64), 3)
    r, r0 = sigmoid(wr + hr @ hidden + br), sigmoid(wr + br)
    z, z0 = sigmoid(wz + hz @ hidden + bz), sigmoid(wz + bz)
    m, m0 = r * (hn @ hidden + bn), r0 * bn
    n, n0 = np.tanh(wn + m), np.tanh(wn + m0)
    d_r = np.diag((r - r0) / (hr @ hidden)) @ hr
    d_z = np.diag((z - z0) / (hz @ hidden)) @ hz
    d_m = np.diag((r + r0) / 2) @ hn + np.diag((hn @ hidden + 2 * bn) / 2) @ d_r
    d_n = np.diag((n - n0) / (m - m0)) @ d_m
    d_added = d_n - np.eye(size)
    added, added_0 = n - hidden, n0
    return np.diag(1 - (z + z0) / 2) @ d_added - np.diag((added + added_0) / 2) @ d_z


def plain_credits(weights: NetworkWeights, ids: np.ndarray, share: float) -> list[float]:
    """Multiply whole matrices, forwards: what of each token's own part reaches the last state."""
    empty = np.zeros(weights.config.hidden_size)
    hidden, parts = empty, list[np.ndarray]()
    for word in weights.embedding[ids].astype(np.float64):
        step = gru_step(word, hidden, weights.gru).hidden
        alone = gru_step(word, empty, weights.gru).hidden
        if hidden.any():
            carry = np.eye(len(hidden)) + (1 - share) * secant_matrix(weights, word, hidden)
            parts = [carry @ part for part in parts]
        parts.append(share * (step - hidden) + (1 - share) * alone)
        hidden = step
    return [float(weights.head_weight @ part) for part in parts]


@given(case=cases(max_texts=1, max_tokens=100), share=st.floats(0, 1))
def test_bias_and_credits_sum_to_the_logit(case: Case, share: float) -> None:
    weights, ids = case.weights, case.texts[0]
    credit = credits_of(weights, ids, token_share=share)
    logit = float(Recurrence(weights).logits([ids])[0])
    scale = max(1.0, abs(logit), float(np.abs(credit.total).sum()))
    total = weights.head_bias + credit.total.sum()
    assert total == pytest.approx(logit, abs=1e-5 * scale)
    assert credit.residual == pytest.approx(logit - total, abs=1e-6 * scale)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.7, 1.0])
def test_credits_are_their_equations(share: float) -> None:
    weights = random_weights(scale=2.0)
    np.testing.assert_allclose(
        credits_of(weights, IDS, token_share=share).total,
        plain_credits(weights, IDS, share),
        atol=1e-5,
    )


@given(case=cases(max_texts=1))
def test_with_all_of_the_joint_effect_a_credit_is_the_step_of_the_running_logit(case: Case) -> None:
    weights = case.weights
    trace = Recurrence(weights).trace(case.texts[0])
    ledger = build_ledger(trace, weights.head_weight, weights.head_bias)
    credit = token_credits(weights, case.texts[0], trace.hidden, token_share=1.0)
    steps = np.diff(ledger.running_logit, prepend=weights.head_bias)
    np.testing.assert_allclose(credit.total, steps, atol=1e-4)


def test_the_only_token_has_all_the_credit() -> None:
    weights = random_weights()
    logit = Recurrence(weights).logits([IDS[:1]])[0]
    assert credits_of(weights, IDS[:1]).total == pytest.approx([logit - weights.head_bias])


@pytest.mark.parametrize(("release", "agreement"), [("imdb-gru-256", 0.6), ("imdb-gru-512", 0.49)])
def test_a_release_ranks_closer_to_leave_one_out_by_credit_than_by_ledger(
    release: str, agreement: float
) -> None:
    predictor = Predictor.load(DEFAULT_RELEASE.parent / release)
    recurrence = Recurrence(predictor.artifact.weights)
    explanation = predictor.explain(
        "The plot is thin and the first half drags, but the cast is a joy and I loved the ending."
    )
    effects = leave_one_out(recurrence, explanation.encoding.ids)
    by_credit = kendall_tau(predictor.credits(explanation).total, effects)
    assert by_credit > kendall_tau(explanation.ledger.total, effects)
    assert by_credit > agreement
