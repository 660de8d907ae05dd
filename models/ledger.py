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

import numpy as np
from jaxtyping import Float32, Float64

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
    weight = head_weight.astype(np.float64)  # (H,)
    update = trace.update_gate.astype(np.float64)  # (T, H)
    word_part = trace.word_part.astype(np.float64)  # (T, H)
    context_part = trace.context_part.astype(np.float64)  # (T, H)

    alone, recalled = np.tanh(word_part), np.tanh(context_part)  # (T, H) each
    together = np.tanh(word_part + context_part)  # (T, H)
    new = (alone + together - recalled) / 2  # (T, H)
    context = (recalled + together - alone) / 2  # (T, H)

    written = (1 - update) * weight  # (T, H) logit per unit of candidate, when written
    left = written * _kept_by_later(update)  # (T, H) the same, at the end of the text
    states = trace.hidden.astype(np.float64) * weight  # (T, H) logit held by each unit
    standing = np.abs(np.concatenate([np.zeros_like(states[:1]), states[:-1]]))  # (T, H) before
    running_logit = states.sum(axis=1) + head_bias  # (T,)
    new_word, recalled_context = (left * new).sum(axis=1), (left * context).sum(axis=1)  # (T,)
    logit = float(running_logit[-1])
    return Ledger(
        bias=head_bias,
        logit=logit,
        residual=logit - head_bias - float(new_word.sum() + recalled_context.sum()),
        new_word=new_word,
        recalled_context=recalled_context,
        kept_share=_share(np.abs(left * together), np.abs(written * together)),
        recalled_share=_share(np.abs(context), np.abs(context) + np.abs(new)),
        released_share=_share((1 - update) * standing, standing),
        running_logit=running_logit,
    )


def unit_contributions(
    trace: GateTrace, head_weight: Float32[np.ndarray, " H"]
) -> Float64[np.ndarray, "T H"]:
    """Answer what each unit has of each token's contribution: rows sum to `Ledger.total`."""
    update = trace.update_gate.astype(np.float64)  # (T, H)
    written = (1 - update) * trace.candidate * head_weight.astype(np.float64)  # (T, H)
    return written * _kept_by_later(update)


def _kept_by_later(update: Float64[np.ndarray, "T H"]) -> Float64[np.ndarray, "T H"]:
    """Multiply the update gates of all later tokens: Π_{s>t} z_s, which is 1 at the last."""
    kept = np.ones_like(update)  # (T, H)
    np.cumprod(update[:0:-1], axis=0, out=kept[-2::-1])
    return kept


def _share(
    part: Float64[np.ndarray, "T H"], whole: Float64[np.ndarray, "T H"]
) -> Float64[np.ndarray, " T"]:
    """Divide the sums over units; a token that wrote nothing at all has a share of 0."""
    numerator, denominator = part.sum(axis=1), whole.sum(axis=1)  # (T,) each
    share = np.zeros_like(numerator)  # (T,)
    return np.divide(numerator, denominator, out=share, where=denominator > 0)
