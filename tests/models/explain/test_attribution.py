"""Attributions sum to the logit for any weights, and equal their equations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.models import Predictor
from gatewise.models.artifact.location import DEFAULT_RELEASE
from gatewise.models.artifact.stored_weights import store_precision
from gatewise.models.explain.attribution import token_attributions
from gatewise.models.explain.faithfulness import kendall_tau
from gatewise.models.explain.leave_one_out import leave_one_out
from gatewise.models.gru.equations import gru_step, sigmoid
from gatewise.models.gru.kernels.int8.tiles import has_tiles
from gatewise.models.gru.product import TransposedProduct
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.int8 import Int8Matrix
from gatewise.models.weights import NetworkWeights
from gatewise.service.api.examples import EXAMPLES
from tests.models.networks import Case, cases, random_weights

IDS = np.array([3, 1, 4, 1, 5, 9, 2, 6], dtype=np.int32)


def secant_matrix(
    weights: NetworkWeights, word: np.ndarray, hidden: np.ndarray, other: np.ndarray
) -> np.ndarray:
    """Compute D_t by the equations of the module: f(other) − f(hidden) = D (other − hidden)."""
    gru, size = weights.gru, len(hidden)
    hr, hz, hn = (block.astype(np.float64) for block in np.split(gru.weight_hh, 3))
    wr, wz, wn = np.split(gru.weight_ih.astype(np.float64) @ word + gru.bias_ih, 3)
    br, bz, bn = np.split(gru.bias_hh.astype(np.float64), 3)
    moved = other - hidden
    r, r0 = sigmoid(wr + hr @ other + br), sigmoid(wr + hr @ hidden + br)
    z, z0 = sigmoid(wz + hz @ other + bz), sigmoid(wz + hz @ hidden + bz)
    m, m0 = r * (hn @ other + bn), r0 * (hn @ hidden + bn)
    n, n0 = np.tanh(wn + m), np.tanh(wn + m0)
    d_r = np.diag((r - r0) / (hr @ moved)) @ hr
    d_z = np.diag((z - z0) / (hz @ moved)) @ hz
    recalled = hn @ (other + hidden) / 2 + bn
    d_m = np.diag((r + r0) / 2) @ hn + np.diag(recalled) @ d_r
    d_n = np.diag((n - n0) / (m - m0)) @ d_m
    added = (n - other + n0 - hidden) / 2
    return np.diag(1 - (z + z0) / 2) @ (d_n - np.eye(size)) - np.diag(added) @ d_z


def plain_attributions(
    weights: NetworkWeights, ids: np.ndarray, low: float, high: float
) -> np.ndarray:
    """Compute attributions with whole matrices, forwards instead of backwards."""
    size = weights.config.hidden_size
    lower, upper, parts = np.zeros(size), np.zeros(size), list[np.ndarray]()
    for word in weights.embedding[ids].astype(np.float64):
        from_lower = gru_step(word, lower, weights.gru).hidden - lower
        from_upper = gru_step(word, upper, weights.gru).hidden - upper
        if (upper != lower).any():
            carry = secant_matrix(weights, word, lower, upper)
            parts = [part + (low + high) / 2 * carry @ part for part in parts]
        parts.append((high - low) * (from_lower + from_upper) / 2)
        lower, upper = lower + low * from_lower, upper + high * from_upper
    return np.array([weights.head_weight @ part for part in parts])


@given(
    case=cases(max_texts=1, max_tokens=100),
    growth=st.sets(st.sampled_from([0.01, 0.1, 0.25, 0.5, 0.9])),
)
def test_bias_and_attributions_sum_to_the_logit(case: Case, growth: set[float]) -> None:
    recurrence, ids = Recurrence(case.weights), case.texts[0]
    total = token_attributions(recurrence, ids, growth=[*sorted(growth), 1.0])
    logit = float(recurrence.logits([ids])[0])
    scale = max(1.0, abs(logit), float(np.abs(total).sum()))
    assert case.weights.head_bias + total.sum() == pytest.approx(logit, abs=1e-5 * scale)


@pytest.mark.parametrize("growth", [(1.0,), (0.5, 1.0), (0.1, 0.3, 1.0)])
@pytest.mark.parametrize(("in_8_bits", "tolerance"), [(False, 1e-5), (True, 1e-3)])
def test_attributions_equal_their_equations(
    growth: tuple[float, ...], in_8_bits: bool, tolerance: float
) -> None:
    weights = random_weights(scale=2.0)
    weights = store_precision(weights) if in_8_bits else weights
    expected = sum(
        plain_attributions(weights, IDS, low, high)
        for low, high in zip((0.0, *growth[:-1]), growth, strict=True)
    )
    found = token_attributions(Recurrence(weights), IDS, growth=growth)
    np.testing.assert_allclose(found, expected, atol=tolerance)


def test_a_fine_growth_converges_to_the_integral_of_the_gradient() -> None:
    """The gradient is computed by finite differences, the integral by the midpoint rule."""
    weights = random_weights(scale=2.0)
    size, words = weights.config.hidden_size, weights.embedding[IDS].astype(np.float64)

    def logit(shares: np.ndarray) -> float:
        hidden = np.zeros(size)
        for share, word in zip(shares, words, strict=True):
            hidden = hidden + share * (gru_step(word, hidden, weights.gru).hidden - hidden)
        return float(weights.head_weight @ hidden)

    midpoints, more = (np.arange(50) + 0.5) / 50, 1e-5
    expected = [
        np.mean(
            [
                (
                    logit(np.full(len(IDS), m) + more * one)
                    - logit(np.full(len(IDS), m) - more * one)
                )
                / (2 * more)
                for m in midpoints
            ]
        )
        for one in np.eye(len(IDS))
    ]
    fine = token_attributions(Recurrence(weights), IDS, growth=np.linspace(0, 1, 65)[1:].tolist())
    np.testing.assert_allclose(fine, expected, atol=1e-3)


@pytest.mark.skipif(not has_tiles(), reason="this processor multiplies no tiles")
def test_tiles_change_attributions_in_their_last_digits_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    predictor = Predictor.load(DEFAULT_RELEASE)
    recurrence = Recurrence(predictor.artifact.weights)
    ids = predictor.encode([EXAMPLES[0].text])[0].ids
    assert len(recurrence.transposed.tiles)
    found = token_attributions(recurrence, ids)
    matrix = Int8Matrix.nearest(predictor.artifact.weights.gru.weight_hh)
    without = TransposedProduct.of_integers(matrix, in_tiles=False)
    monkeypatch.setattr(recurrence, "transposed", without)
    np.testing.assert_allclose(found, token_attributions(recurrence, ids), atol=1e-6)


def test_a_single_token_has_the_whole_attribution() -> None:
    weights = random_weights()
    recurrence = Recurrence(weights)
    logit = recurrence.logits([IDS[:1]])[0]
    assert token_attributions(recurrence, IDS[:1]) == pytest.approx([logit - weights.head_bias])


@pytest.mark.parametrize("growth", [(), (0.5,), (0.5, 0.5, 1.0), (0.0, 1.0)])
def test_growth_that_does_not_ascend_to_one_raises_an_error(growth: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="must ascend"):
        token_attributions(Recurrence(random_weights()), IDS, growth=growth)


@pytest.mark.parametrize("release", ["imdb-gru-256", "imdb-gru-512"])
def test_attribution_agrees_with_leave_one_out_far_more_than_decomposition_does(
    release: str,
) -> None:
    predictor = Predictor.load(DEFAULT_RELEASE.parent / release)
    recurrence = Recurrence(predictor.artifact.weights)
    agreement = []
    for explanation in map(predictor.explain, (example.text for example in EXAMPLES)):
        effects = leave_one_out(recurrence, explanation.encoding.ids)
        accounts = predictor.attribution(explanation).total, explanation.decomposition.total
        agreement.append([kendall_tau(account, effects) for account in accounts])
    by_attribution, by_decomposition = np.mean(agreement, axis=0)
    assert by_attribution > by_decomposition + 0.25
