"""The two conventions of the update gate: symbol, meaning and equations."""

from decimal import Decimal
from typing import TypeVar

import numpy as np
from jaxtyping import Float

from gatewise.service.api.schemas.common import Convention, Notation

Number = TypeVar("Number", float, Decimal, Float[np.ndarray, "..."])

_RESET = "r_t = σ(W_ir x_t + b_ir + W_hr h_{t−1} + b_hr)"
_UPDATE = "σ(W_iz x_t + b_iz + W_hz h_{t−1} + b_hz)"
_CANDIDATE = "n_t = tanh(W_in x_t + b_in + r_t ⊙ (W_hn h_{t−1} + b_hn))"

NOTATIONS: dict[Convention, Notation] = {
    "pytorch": Notation(
        update_symbol="z",
        update_sense="0 takes the candidate, 1 keeps the old state",
        reset=_RESET,
        update=f"z_t = {_UPDATE}",
        candidate=_CANDIDATE,
        hidden="h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t−1}",
    ),
    "chung2014": Notation(
        update_symbol="u",
        update_sense="0 keeps the old state, 1 takes the candidate",
        reset=_RESET,
        update=f"u_t = 1 − {_UPDATE}",
        candidate=_CANDIDATE,
        hidden="h_t = u_t ⊙ n_t + (1 − u_t) ⊙ h_{t−1}",
    ),
}


def in_convention(update_gate: Number, convention: Convention) -> Number:
    """Convert an update gate from PyTorch's convention to another one, or back."""
    return 1 - update_gate if convention == "chung2014" else update_gate
