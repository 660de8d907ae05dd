"""The token from which on the running prediction stays on its final side.

The running probability of a review crosses one half about four times, mostly by a small amount. A
crossing is a turn only if the prediction had clearly been on the other side before: by more than
`TURN_BAND`, that is below 0.3 or above 0.7. A third of reviews and a seventh of snippets have a
turn.
"""

import numpy as np
from jaxtyping import Float64

_HALF = 0.5
TURN_BAND = 0.2


def turning_point(
    running_probability: Float64[np.ndarray, " T"], *, band: float = TURN_BAND
) -> int | None:
    """Find the turning point of a text.

    Args:
        running_probability: P(positive) after each token. The last decides which side is final.
        band: How far from one half the other side must have been reached.

    Returns:
        The first token on the final side after the last one that was beyond the band on the other
        side. None if no token was: the running prediction never turned.
    """
    sign = 1 if running_probability[-1] > _HALF else -1
    margin = sign * (running_probability - _HALF)  # (T,), positive or 0 at the last token
    opposed = np.flatnonzero(margin < -band)
    if not len(opposed):
        return None
    after = int(opposed[-1]) + 1
    return after + int(np.argmax(margin[after:] >= 0))
