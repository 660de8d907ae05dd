"""The exact contribution of every token to the logit, and its split by the reset gate.

Unrolling h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t-1} from h_0 = 0 writes the last state as a sum over
tokens, so with the head w, b:

    logit = b + Σ_t w · [(Π_{s>t} z_s) ⊙ (1 − z_t) ⊙ n_t]

Each term is what token t wrote, (1 − z_t) ⊙ n_t, times the share that later update gates kept. The
candidate n = tanh(a + m) is split between the new word (a = W_in x + b_in) and the recalled
context (m = r ⊙ (W_hn h + b_hn)) by the two-player Shapley value:

    φ_new = ½ [tanh(a) + tanh(a + m) − tanh(m)]      φ_context = ½ [tanh(m) + tanh(a + m) − tanh(a)]

All gates are taken as given: the decomposition shows what was written and how much of it is left,
not what would have happened with another word.
"""

from dataclasses import dataclass
from typing import Final, no_type_check

import numpy as np
from jaxtyping import Float32, Float64

from gatewise.models.explain.flips import flips
from gatewise.models.gru.equations import sigmoid
from gatewise.models.gru.kernels.compilation import compiled
from gatewise.models.gru.kernels.gru_loop import tanh
from gatewise.models.gru.trace import GateTrace


@dataclass(frozen=True)
class Decomposition:
    """Contributions of all tokens, in logit units.

    Attributes:
        bias: Bias of the head.
        logit: The logit: bias + Σ total + residual.
        residual: Rounding error of the sum.
        new_word: Contribution of each token through its word.
        recalled_context: Contribution of each token through the context that it recalled.
        kept_share: Share of each token's write, by |weight on the logit|, that the update gates of
            later tokens kept.
        recalled_share: Share of each token's candidate that comes from recalled context rather than
            from the word: |φ_context| / (|φ_context| + |φ_new|), summed over units.
        released_share: Share of the old state, by |weight on the logit|, that each token's update
            gate replaced; 0 if the old state was zero.
        running_logit: The logit if the text ended at each token.
    """

    bias: float
    logit: float
    residual: float
    new_word: Float64[np.ndarray, " T"]
    recalled_context: Float64[np.ndarray, " T"]
    kept_share: Float64[np.ndarray, " T"]
    recalled_share: Float64[np.ndarray, " T"]
    released_share: Float64[np.ndarray, " T"]
    running_logit: Float64[np.ndarray, " T"]

    @property
    def total(self) -> Float64[np.ndarray, " T"]:
        """Contribution of each token: new word plus recalled context."""
        return self.new_word + self.recalled_context

    @property
    def flips(self) -> list[int]:
        """Positions of the tokens at which the running prediction flips; see `explain.flips`."""
        return flips(sigmoid(self.running_logit))


def decompose(
    trace: GateTrace, head_weight: Float32[np.ndarray, " H"], head_bias: float
) -> Decomposition:
    """Decompose the logit of a forward pass, in float64.

    Args:
        trace: The forward pass.
        head_weight: Weights of the head.
        head_bias: Bias of the head.

    Returns:
        The contribution of every token to the logit, the shares kept, recalled and released, and
        the running logit. The head is applied to the traced states, so `logit` is that of the pass.
    """
    sums = np.zeros((_SUMS, len(trace)))  # (9, T)
    _sum_over_units(
        trace.hidden,
        trace.update_gate,
        trace.word_part,
        trace.context_part,
        head_weight.astype(np.float64),
        sums,
    )
    running_logit = sums[_LOGIT] + head_bias  # (T,)
    new_word, recalled_context = sums[_NEW_WORD], sums[_RECALLED_CONTEXT]  # (T,) each
    logit = float(running_logit[-1])
    return Decomposition(
        bias=head_bias,
        logit=logit,
        residual=logit - head_bias - float(new_word.sum() + recalled_context.sum()),
        new_word=new_word,
        recalled_context=recalled_context,
        kept_share=_share(sums[_KEPT], sums[_WRITTEN]),
        recalled_share=_share(sums[_CONTEXT], sums[_CANDIDATE]),
        released_share=_share(sums[_RELEASED], sums[_OLD]),
        running_logit=running_logit,
    )


# Rows of the sums: the state times the head, the two contributions, then part and whole of the
# shares kept, recalled and released.
_LOGIT, _NEW_WORD, _RECALLED_CONTEXT = 0, 1, 2
_KEPT, _WRITTEN = 3, 4
_CONTEXT, _CANDIDATE = 5, 6
_RELEASED, _OLD = 7, 8
_SUMS: Final = 9


@no_type_check
@compiled(reorder_sums=True)
def _sum_over_units(hidden, update_gate, word_part, context_part, weight, sums):
    """Write the sums over units of which a decomposition consists, for every token, in float64.

    Args:
        hidden: (T, H) as in `GateTrace`; so are the next three.
        update_gate: (T, H).
        word_part: (T, H).
        context_part: (T, H).
        weight: (H,) weights of the head.
        sums: (9, T), written; the rows are named above.
    """
    tokens, units = hidden.shape
    kept = np.ones(units)  # (H,) Π_{s>t} z_s
    zero = np.zeros(units, np.float32)  # (H,) the state before the first token
    # (H,) each: tanh of a + m, a, m
    whole, of_word, of_context = np.empty((3, units), np.float32)
    for token in range(tokens - 1, -1, -1):
        state, z = hidden[token], update_gate[token]
        a, m = word_part[token], context_part[token]
        before = hidden[token - 1] if token else zero
        logit = new_word = recalled_context = kept_size = written_size = 0.0
        context_size = candidate_size = released = old_size = 0.0
        # Several loops, because a single one over all of these arrays would not be vectorized.
        for unit in range(units):
            whole[unit] = tanh(a[unit] + m[unit])
        for unit in range(units):
            of_word[unit], of_context[unit] = tanh(a[unit]), tanh(m[unit])
        for unit in range(units):
            n = whole[unit]
            half_difference = (of_word[unit] - of_context[unit]) / 2
            new, context = n / 2 + half_difference, n / 2 - half_difference
            written = (1 - z[unit]) * weight[unit]
            still_kept = written * kept[unit]
            new_word += still_kept * new
            recalled_context += still_kept * context
            kept_size += abs(still_kept * n)
            written_size += abs(written * n)
            context_size += abs(context)
            candidate_size += abs(context) + abs(new)
        for unit in range(units):
            old = abs(before[unit] * weight[unit])
            logit += state[unit] * weight[unit]
            released += (1 - z[unit]) * old
            old_size += old
        for unit in range(units):
            kept[unit] *= z[unit]
        sums[_LOGIT, token] = logit
        sums[_NEW_WORD, token], sums[_RECALLED_CONTEXT, token] = new_word, recalled_context
        sums[_KEPT, token], sums[_WRITTEN, token] = kept_size, written_size
        sums[_CONTEXT, token], sums[_CANDIDATE, token] = context_size, candidate_size
        sums[_RELEASED, token], sums[_OLD, token] = released, old_size


def unit_contributions(
    trace: GateTrace, head_weight: Float32[np.ndarray, " H"]
) -> Float64[np.ndarray, "T H"]:
    """Compute the part of each unit in each token's contribution.

    Args:
        trace: The forward pass.
        head_weight: Weights of the head.

    Returns:
        Contributions in logit units; each row sums to that token's `Decomposition.total`.
    """
    written = (1 - trace.update_gate) * trace.candidate * head_weight.astype(np.float64)  # (T, H)
    return written * _kept_by_later(trace.update_gate)


def _kept_by_later(update: Float32[np.ndarray, "T H"]) -> Float64[np.ndarray, "T H"]:
    """Compute Π_{s>t} z_s, the product of the update gates of all later tokens; 1 at the last."""
    kept = np.ones(update.shape)  # (T, H)
    np.cumprod(update[:0:-1], axis=0, dtype=np.float64, out=kept[-2::-1])
    return kept


def _share(
    part: Float64[np.ndarray, " T"], whole: Float64[np.ndarray, " T"]
) -> Float64[np.ndarray, " T"]:
    """Divide part by whole; the share of a whole of 0 is 0.

    Part and whole are summed with different rounding, so the quotient is limited to 1.
    """
    share = np.zeros(len(part))  # (T,)
    np.divide(part, whole, out=share, where=whole > 0)
    return np.minimum(share, 1)  # (T,)
