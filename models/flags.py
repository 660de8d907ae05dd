"""What may be said of a token in one word, and the evidence that it takes.

    flip      the running verdict changes sides at this token
    reset     its recalled share is unusually low: the candidate was made almost without the old
              state; or, where the effects were asked for, opening its own reset gate, to 1 or to
              each unit's average, would have changed the label of the verdict
    rewrite   its released share is unusually high: the update gate let much of the old state go

Unusual is what fewer than `UNUSUAL_PERCENT` of a hundred tokens of validation reviews reach, among
those about as far from the start, by the statistics stored with the model. No mean of a gate, and
no constant, decides anything here.
"""

from typing import Literal

import numpy as np
from jaxtyping import Bool

from models.intervene import GateEffects
from models.ledger import Ledger
from models.statistics import GateStatistics, bands_of

Flag = Literal["flip", "reset", "rewrite"]


def token_flags(
    ledger: Ledger, statistics: GateStatistics, effects: GateEffects | None = None
) -> list[list[Flag]]:
    """Name what happened at every token; most have no flag."""
    flip = np.isin(np.arange(len(ledger.running_logit)), ledger.flips)  # (T,)
    bands = bands_of(len(flip))  # (T,)
    reset = ledger.recalled_share < statistics.low_recalled_share[bands]  # (T,)
    if effects is not None:
        reset |= _changes_label(ledger.logit, effects)
    rewrite = ledger.released_share > statistics.high_released_share[bands]  # (T,)
    reset[0] = rewrite[0] = False  # there is no old state to keep out or to let go
    flags: list[list[Flag]] = [[] for _ in flip]
    named: dict[Flag, Bool[np.ndarray, " T"]] = {"flip": flip, "reset": reset, "rewrite": rewrite}
    for name, present in named.items():
        for position in np.flatnonzero(present):
            flags[position].append(name)
    return flags


def _changes_label(logit: float, effects: GateEffects) -> Bool[np.ndarray, " T"]:
    positive = logit > 0
    opened = (logit + effects.reset_opened > 0) != positive  # (T,)
    averaged = (logit + effects.reset_averaged > 0) != positive  # (T,)
    return opened | averaged
