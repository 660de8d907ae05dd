"""P(positive) had a token, or several in a row, not been in the text.

`leave_one_out` runs the rest of the text once more for every token: T² / 2 steps. But most of the
effect of a deletion on the later states is there after a few tokens. So only the next `READ` tokens
are run, from the state before the deleted ones. Let h' be the state after them, and h_s that of the
whole text at the same token. From there, the logit is estimated by its gradient in the run of the
whole text:

    logit without ≈ logit + ∂logit/∂h_s · (h' − h_s)

It is exact where no more than `READ` tokens follow. On validation texts its ranking of the tokens
has a Kendall's τ of .96 with that of leave-one-out (.94 for 4 tokens, .98 to .99 for 16), at the
cost of six runs of the text in a batch.
"""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Float32, Float64, Int32

from gatewise.models.explain.interventions import previous_states
from gatewise.models.explain.phrases import Span
from gatewise.models.gru.recurrence import Recurrence

# Tokens that are run after a deleted token.
READ = 6
# Deletions that are computed together between two calls of `check`.
_PART = 256


def logits_without(
    recurrence: Recurrence,
    ids: Int32[np.ndarray, " T"],
    hidden: Float32[np.ndarray, "T H"],
    gradient: Float32[np.ndarray, "T H"],
    spans: Sequence[Span],
    *,
    read: int | None = READ,
    check: Callable[[], None] | None = None,
) -> Float64[np.ndarray, " S"]:
    """Compute the logit of the text without each of several ranges of tokens.

    Args:
        recurrence: The network.
        ids: Word ids of the text.
        hidden: State after each token of the whole text.
        gradient: Gradient of the logit with respect to each of these states.
        spans: The ranges; each is deleted alone.
        read: Number of tokens to run after the deleted ones; None for all of them, which is exact.
        check: Called between parts of the computation. It may raise an exception to stop it.

    Returns:
        The logit without each range.
    """
    weights, tokens = recurrence.weights, len(ids)
    head = weights.head_weight.astype(np.float64)  # (H,)
    logit = weights.head_bias + hidden[-1] @ head
    before = previous_states(hidden)  # (T, H)
    reach = tokens if read is None else read
    starts = np.array([span.start for span in spans], dtype=np.int64)  # (S,)
    stops = np.array([min(span.end + reach, tokens) for span in spans], dtype=np.int64)  # (S,)
    rests = [ids[span.end : stop] for span, stop in zip(spans, stops.tolist(), strict=True)]
    logits = np.empty(len(spans))  # (S,)
    for first in range(0, len(spans), _PART):
        if check is not None:
            check()
        part = slice(first, first + _PART)
        reached = recurrence.last_states(rests[part], initial=before[starts[part]])  # (part, H)
        ends = stops[part] - 1  # (part,)
        moved = reached.astype(np.float64) - hidden[ends]  # (part, H)
        logits[part] = logit + (moved * gradient[ends]).sum(axis=1)
    return logits


def single_tokens(tokens: int) -> list[Span]:
    """Return the ranges of one token each of a text with so many tokens."""
    return [Span(place, place + 1) for place in range(tokens)]
