"""Two ways to write one update gate: its symbol, its sense and the equations, for every answer."""

from decimal import Decimal
from typing import TypeVar

import numpy as np
from jaxtyping import Float
from pydantic import BaseModel, Field

from service.schemas import Convention

Number = TypeVar("Number", float, Decimal, Float[np.ndarray, "..."])


class Notation(BaseModel):
    """How gates are written in this answer."""

    update_symbol: str = Field(description="`z`, or `u` for 1 − z.")
    update_sense: str = Field(description="What the two ends of the update gate mean.")
    reset: str = Field(description="Equation of the reset gate.")
    update: str = Field(description="Equation of the update gate.")
    candidate: str = Field(description="Equation of the candidate.")
    hidden: str = Field(description="Equation of the new state.")


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
    "course": Notation(
        update_symbol="u",
        update_sense="0 keeps the old state, 1 takes the candidate",
        reset=_RESET,
        update=f"u_t = 1 − {_UPDATE}",
        candidate=_CANDIDATE,
        hidden="h_t = u_t ⊙ n_t + (1 − u_t) ⊙ h_{t−1}",
    ),
}


def in_convention(update_gate: Number, convention: Convention) -> Number:
    """Turn an update gate from PyTorch's sense into that of a convention, or back."""
    return 1 - update_gate if convention == "course" else update_gate
