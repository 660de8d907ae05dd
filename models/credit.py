"""A second exact account of the logit: what each token did, through the gates of later words, too.

The ledger takes all gates as they were. But a word also moves the gates of the words after it, and
so changes what is written later and what is kept; had it not been there, they would have stood
elsewhere. Credit counts that. Step t adds to the state

    f_t(h_{t-1}) = h_t − h_{t-1} = (1 − z_t) ⊙ (n_t − h_{t-1})

and would have added f_t(0) to an empty one. The difference is a joint effect of the token and of
the state that it met. A share β of it is the token's, the rest is theirs who wrote the state:

    h_t = h_{t-1} + (1 − β) D_t h_{t-1} + [β f_t(h_{t-1}) + (1 − β) f_t(0)]
    D_t h_{t-1} = f_t(h_{t-1}) − f_t(0)

D_t is a matrix of secants: slopes of σ and tanh between the two points, means of both factors
where there is a product. That is DeepLIFT's idea (Shrikumar et al. 2017, arXiv 1704.02685), applied
to what the gates let in rather than to the embedding. Secants meet both points: the sum is exact.
Backwards from the head w:

    g_T = w      g_{t-1} = g_t + (1 − β) D_tᵀ g_t
    credit_t = g_t · [β f_t(h_{t-1}) + (1 − β) f_t(0)]      logit = b + Σ_t credit_t

With β = 1 a credit is the step of the running logit at its token.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int32

from models.gates import sigmoid
from models.intervene import states_before
from models.weights import NetworkWeights

# ½ shares the joint effect evenly. Reviews prefer more for the token (if all tokens grew from 0 at
# once, the state would be there long before the writes); snippets are as comprehensively ranked by
# 0.5 as by 0.8, and agree more with leave-one-out at 0.5. Chosen on validation texts.
TOKEN_SHARE = 0.7
# Nearer than this, float32 rounding outweighs the secant, and what the tangent misses is no more.
_TANGENT = 1e-3


@dataclass(frozen=True)
class Credits:
    """Credits in logit units; they and the bias sum to the logit, but for `residual`."""

    total: Float64[np.ndarray, " T"]
    residual: float


@dataclass(frozen=True)
class _Gates:
    """Gates and candidate of every step, read from one state each, with what they are made of."""

    before: Float32[np.ndarray, "T H"]
    from_state: Float32[np.ndarray, "T ThreeH"]
    reset: Float32[np.ndarray, "T H"]
    update: Float32[np.ndarray, "T H"]
    context: Float32[np.ndarray, "T H"]
    candidate: Float32[np.ndarray, "T H"]

    @property
    def recalled(self) -> Float32[np.ndarray, "T H"]:
        """What the reset gate chooses from: W_hn h + b_hn."""
        return np.split(self.from_state, 3, axis=1)[2]

    @property
    def written(self) -> Float32[np.ndarray, "T H"]:
        """What the step adds to the state."""
        return (1 - self.update) * (self.candidate - self.before)


def token_credits(
    weights: NetworkWeights,
    ids: Int32[np.ndarray, " T"],
    hidden: Float32[np.ndarray, "T H"],
    *,
    token_share: float = TOKEN_SHARE,
) -> Credits:
    """Credit every token for its part in the logit, given the states of an ordinary pass.

    One further pass, backwards; `token_share` is β. With states of a pass in which gates were held
    the sum would not be exact: these are not what the weights alone would do.
    """
    gru = weights.gru
    from_word = weights.embedding[ids] @ gru.weight_ih.T + gru.bias_ih  # (T, 3H)
    before = states_before(hidden)  # (T, H)
    from_state = before @ gru.weight_hh.T + gru.bias_hh  # (T, 3H)
    actual = _gates(from_word, from_state, before)
    bias_alone = np.broadcast_to(gru.bias_hh, from_state.shape)  # (T, 3H)
    nothing = _gates(from_word, bias_alone, np.zeros_like(before))
    share = np.float32(token_share)
    own = share * actual.written + (1 - share) * nothing.written  # (T, H)
    reach = _reach(weights, actual, nothing, 1 - share)  # (T, H)
    total = (reach * own).sum(axis=1, dtype=np.float64)  # (T,)
    residual = hidden[-1].astype(np.float64) @ weights.head_weight - total.sum()
    return Credits(total=total, residual=float(residual))


def _reach(
    weights: NetworkWeights,
    actual: _Gates,
    nothing: _Gates,
    state_share: np.float32,
) -> Float32[np.ndarray, "T H"]:
    """Follow the head backwards: how far a change of each state after token t reaches the logit."""
    open_ = 1 - _mean(actual.update, nothing.update)  # (T, H)
    added = _mean(actual.candidate - actual.before, nothing.candidate)  # (T, H)
    slope_r, slope_z, slope_n = _secants(actual, nothing)  # (T, H) each
    into_candidate = open_ * slope_n  # (T, H)
    parts = [
        into_candidate * _mean(actual.recalled, nothing.recalled) * slope_r,
        -added * slope_z,
        into_candidate * _mean(actual.reset, nothing.reset),
    ]  # (T, H) each: what a step writes for a change of W_hr h, W_hz h and W_hn h
    by_gate = state_share * np.stack(parts, axis=1)  # (T, 3, H)
    kept = 1 - state_share * open_  # (T, H)
    reach = np.empty_like(kept)  # (T, H)
    backwards = weights.head_weight  # (H,)
    for position in range(len(kept) - 1, -1, -1):
        reach[position] = backwards
        gates = (by_gate[position] * backwards).ravel()  # (3H,)
        backwards = gates @ weights.gru.weight_hh + kept[position] * backwards  # (H,)
    return reach


def _secants(actual: _Gates, nothing: _Gates) -> list[Float32[np.ndarray, "T H"]]:
    """Slopes of reset gate, update gate and candidate between their two arguments."""
    moved = actual.from_state - nothing.from_state  # (T, 3H)
    moved_r, moved_z, _ = np.split(moved, 3, axis=1)  # (T, H) each
    r, z, n = actual.reset, actual.update, actual.candidate  # (T, H) each
    return [
        _secant(r - nothing.reset, moved_r, r * (1 - r)),
        _secant(z - nothing.update, moved_z, z * (1 - z)),
        _secant(n - nothing.candidate, actual.context - nothing.context, 1 - n * n),
    ]


def _secant(
    rise: Float32[np.ndarray, "T H"],
    run: Float32[np.ndarray, "T H"],
    tangent: Float32[np.ndarray, "T H"],
) -> Float32[np.ndarray, "T H"]:
    far = np.abs(run) > _TANGENT  # (T, H)
    return np.where(far, rise / np.where(far, run, 1), tangent)


def _mean(
    a: Float32[np.ndarray, "T H"], b: Float32[np.ndarray, "T H"]
) -> Float32[np.ndarray, "T H"]:
    return (a + b) / 2


def _gates(
    from_word: Float32[np.ndarray, "T ThreeH"],
    from_state: Float32[np.ndarray, "T ThreeH"],
    before: Float32[np.ndarray, "T H"],
) -> _Gates:
    word_r, word_z, word_part = np.split(from_word, 3, axis=1)  # (T, H) each
    state_r, state_z, state_n = np.split(from_state, 3, axis=1)  # (T, H) each
    reset, update = sigmoid(word_r + state_r), sigmoid(word_z + state_z)  # (T, H) each
    context = reset * state_n  # (T, H)
    candidate = np.tanh(word_part + context)  # (T, H)
    return _Gates(before, from_state, reset, update, context, candidate)
