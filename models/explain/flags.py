"""Flags: notable events at a token, and the evidence that each requires.

    flip      the running prediction, which was clearly on the other side, changes its label at this
              token; see `explain.flips`
    reset     its recalled share is unusually low: the candidate was computed almost without the old
              state; or, if gate effects are given, setting its own reset gate to 1 or to each
              unit's mean would have changed the predicted label
    rewrite   its released share is unusually high: the update gate replaced much of the old state

A share is unusual if it lies in the outermost `UNUSUAL_PERCENT` percent of the tokens of validation
reviews at about the same position, by the statistics stored with the model.
"""

from typing import Literal

import numpy as np
from jaxtyping import Bool

from gatewise.models.explain.decomposition import Decomposition
from gatewise.models.explain.interventions import GateEffects
from gatewise.models.gate_statistics import GateStatistics, bands_of

Flag = Literal["flip", "reset", "rewrite"]


def token_flags(
    decomposition: Decomposition, statistics: GateStatistics, effects: GateEffects | None = None
) -> list[list[Flag]]:
    """Determine the flags of every token.

    Args:
        decomposition: Decomposition of the text.
        statistics: Gate statistics of the model.
        effects: Gate effects of the text, if they were computed.

    Returns:
        The flags of each token; most have none.
    """
    flip = np.isin(np.arange(len(decomposition.running_logit)), decomposition.flips)  # (T,)
    bands = bands_of(len(flip))  # (T,)
    reset = decomposition.recalled_share < statistics.low_recalled_share[bands]  # (T,)
    if effects is not None:
        reset |= _changes_label(decomposition.logit, effects)
    rewrite = decomposition.released_share > statistics.high_released_share[bands]  # (T,)
    reset[0] = rewrite[0] = False  # the first token has no old state
    flags: list[list[Flag]] = [[] for _ in flip]
    named: dict[Flag, Bool[np.ndarray, " T"]] = {"flip": flip, "reset": reset, "rewrite": rewrite}
    for name, present in named.items():
        for position in np.flatnonzero(present):
            flags[position].append(name)
    return flags


def _changes_label(logit: float, effects: GateEffects) -> Bool[np.ndarray, " T"]:
    positive = logit > 0
    at_1 = (logit + effects.reset_at_1 > 0) != positive  # (T,)
    at_average = (logit + effects.reset_at_average > 0) != positive  # (T,)
    return at_1 | at_average
