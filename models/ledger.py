"""Every token's exact contribution to the logit, and its split by the reset gate.

Unrolling h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t-1} from h_0 = 0 writes the last state as a sum over
tokens, so with the head w, b:

    logit = b + Σ_t w · [(Π_{s>t} z_s) ⊙ (1 − z_t) ⊙ n_t]

A term is what token t wrote, (1 − z_t) ⊙ n_t, times what later update gates kept of it. The
candidate n = tanh(a + m) is split between the new word (a = W_in x + b_in) and the recalled
context (m = r ⊙ (W_hn h + b_hn)) by the two-player Shapley value:

    φ_new = ½ [tanh(a) + tanh(a + m) − tanh(m)]      φ_context = ½ [tanh(m) + tanh(a + m) − tanh(a)]

The gates themselves are taken as they were: the ledger answers "what was written and what of it
is left", not "what if this word had been another".
"""

from dataclasses import dataclass
from typing import Final, no_type_check

import numba
import numpy as np
from jaxtyping import Float32, Float64

from models.kernel import tanh
from models.trace import GateTrace


@dataclass(frozen=True)
class Ledger:
    """Contributions in logit units; they and the bias sum to the logit, but for `residual`."""

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
        """Contribution of each token: new word and recalled context together."""
        return self.new_word + self.recalled_context

    @property
    def flips(self) -> list[int]:
        """Positions at which the running verdict changes sides."""
        positive = self.running_logit > 0  # (T,)
        return (np.flatnonzero(positive[1:] != positive[:-1]) + 1).tolist()


def build_ledger(
    trace: GateTrace, head_weight: Float32[np.ndarray, " H"], head_bias: float
) -> Ledger:
    """Account for the logit of `trace`, in float64.

    `kept_share` is how much of a token's write (by |weight on the logit|) the update gates of
    later tokens left standing; `recalled_share` how much of its candidate came from recalled
    context rather than from the word, as |φ_context| over both; `released_share` how much of the
    old state (again by |weight on the logit|) its own update gate let go, 0 if there was none.
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
    running_logit = sums[0] + head_bias  # (T,)
    new_word, recalled_context = sums[1], sums[2]  # (T,) each
    logit = float(running_logit[-1])
    return Ledger(
        bias=head_bias,
        logit=logit,
        residual=logit - head_bias - float(new_word.sum() + recalled_context.sum()),
        new_word=new_word,
        recalled_context=recalled_context,
        kept_share=_share(sums[3], sums[4]),
        recalled_share=_share(sums[5], sums[6]),
        released_share=_share(sums[7], sums[8]),
        running_logit=running_logit,
    )


_SUMS: Final = 9


# As of the recurrence itself; besides, the order of a sum is free, so that vectors can take parts.
@no_type_check
@numba.njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz"})
def _sum_over_units(hidden, update_gate, word_part, context_part, weight, sums):
    """Write what a ledger is made of, for every token: sums over its units, in float64.

    sums    logit so far; new word; recalled context; then pairs of part and whole, of which shares
            are taken: what is left of what was written, recalled of all, released of what stood
    """
    tokens, units = hidden.shape
    kept = np.ones(units)  # (H,) Π_{s>t} z_s
    nothing = np.zeros(units, np.float32)  # (H,) the state before the first token
    whole, of_word, of_context = np.empty((3, units), np.float32)  # (H,) each: tanh of a + m, a, m
    for token in range(tokens - 1, -1, -1):
        state, z = hidden[token], update_gate[token]
        a, m = word_part[token], context_part[token]
        before = hidden[token - 1] if token else nothing
        logit = new_word = recalled_context = left_size = written_size = 0.0
        context_size = all_size = released = stood = 0.0
        # One loop that writes and reads all of these arrays would not be turned into vectors.
        for unit in range(units):
            whole[unit] = tanh(a[unit] + m[unit])
        for unit in range(units):
            of_word[unit], of_context[unit] = tanh(a[unit]), tanh(m[unit])
        for unit in range(units):
            n = whole[unit]
            by_order = (of_word[unit] - of_context[unit]) / 2
            new, context = n / 2 + by_order, n / 2 - by_order
            written = (1 - z[unit]) * weight[unit]
            left = written * kept[unit]
            new_word += left * new
            recalled_context += left * context
            left_size += abs(left * n)
            written_size += abs(written * n)
            context_size += abs(context)
            all_size += abs(context) + abs(new)
        for unit in range(units):
            standing = abs(before[unit] * weight[unit])
            logit += state[unit] * weight[unit]
            released += (1 - z[unit]) * standing
            stood += standing
        for unit in range(units):
            kept[unit] *= z[unit]
        sums[0, token], sums[1, token], sums[2, token] = logit, new_word, recalled_context
        sums[3, token], sums[4, token] = left_size, written_size
        sums[5, token], sums[6, token] = context_size, all_size
        sums[7, token], sums[8, token] = released, stood


def unit_contributions(
    trace: GateTrace, head_weight: Float32[np.ndarray, " H"]
) -> Float64[np.ndarray, "T H"]:
    """Answer what each unit has of each token's contribution: rows sum to `Ledger.total`."""
    written = (1 - trace.update_gate) * trace.candidate * head_weight.astype(np.float64)  # (T, H)
    return written * _kept_by_later(trace.update_gate)


def _kept_by_later(update: Float32[np.ndarray, "T H"]) -> Float64[np.ndarray, "T H"]:
    """Multiply the update gates of all later tokens: Π_{s>t} z_s, which is 1 at the last."""
    kept = np.ones(update.shape)  # (T, H)
    np.cumprod(update[:0:-1], axis=0, dtype=np.float64, out=kept[-2::-1])
    return kept


def _share(
    part: Float64[np.ndarray, " T"], whole: Float64[np.ndarray, " T"]
) -> Float64[np.ndarray, " T"]:
    """Divide; a token that wrote nothing at all has a share of 0.

    Part and whole are rounded each in its own order, so a part that is all can come out larger.
    """
    share = np.zeros(len(part))  # (T,)
    np.divide(part, whole, out=share, where=whole > 0)
    return np.minimum(share, 1)  # (T,)
