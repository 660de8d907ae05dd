"""What one pass over a text computed: the arrays, frozen."""

from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Float32

from models.gates import GRUStep


@dataclass(frozen=True)
class GateTrace:
    """The states and gates of one pass, T tokens by H units, in PyTorch's convention.

    `word_part` and `context_part` are the two halves of the candidate before its tanh:
    W_in x + b_in, and r ⊙ (W_hn h + b_hn). The arrays are read-only.
    """

    hidden: Float32[np.ndarray, "T H"]
    reset_gate: Float32[np.ndarray, "T H"]
    update_gate: Float32[np.ndarray, "T H"]
    candidate: Float32[np.ndarray, "T H"]
    word_part: Float32[np.ndarray, "T H"]
    context_part: Float32[np.ndarray, "T H"]

    def __post_init__(self) -> None:
        """Freeze the arrays, so that an explanation cannot drift from its prediction."""
        for field in fields(self):
            getattr(self, field.name).setflags(write=False)

    def __len__(self) -> int:
        """Count the tokens."""
        return len(self.hidden)

    @classmethod
    def from_steps(cls, steps: list[GRUStep]) -> "GateTrace":
        """Stack the steps of the reference recurrence."""
        return cls(
            **{
                field.name: np.stack([getattr(step, field.name) for step in steps])
                for field in fields(cls)
            }
        )
