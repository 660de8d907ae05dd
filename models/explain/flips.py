"""The tokens at which the running prediction changes sides, without its wobbles round one half.

The running probability of a review crosses one half about four times, mostly by a small amount. A
crossing is a flip only if the prediction had clearly been on the other side before: by more than
`FLIP_BAND`, that is below 0.3 or above 0.7. The last flip is the turning point of a text: there the
prediction settled on its final side. A third of reviews and a seventh of snippets have one.
"""

import numpy as np
from jaxtyping import Float64

_HALF = 0.5
FLIP_BAND = 0.2


def flips(running_probability: Float64[np.ndarray, " T"], *, band: float = FLIP_BAND) -> list[int]:
    """Find the flips of a text.

    The prediction is settled where the running probability is beyond the band, and at the last
    token, which decides the label. Between two settled tokens of different labels there is one
    flip: the first token with the later label. Nothing else is a flip, so labels alternate.

    Args:
        running_probability: P(positive) after each token.
        band: How far from one half the probability must have been on the side that it leaves.

    Returns:
        Positions of the tokens at which the running prediction flips.
    """
    positive = running_probability > _HALF  # (T,)
    clear = np.abs(running_probability - _HALF) > band  # (T,)
    clear[-1:] = True
    settled = np.flatnonzero(clear)  # (S,)
    turns = np.flatnonzero(positive[settled[1:]] != positive[settled[:-1]])
    found = []
    for before, after in zip(settled[turns], settled[turns + 1], strict=True):
        label = positive[after]
        found.append(int(before + np.argmax(positive[before : after + 1] == label)))
    return found
