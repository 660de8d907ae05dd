"""The arrays that one forward pass over a text computed."""

from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Float32

from gatewise.models.gru.equations import GRUStep


@dataclass(frozen=True)
class GateTrace:
    """States and gates at every token of a text, in PyTorch's convention. The arrays are read-only.

    Attributes:
        hidden: State h after each token.
        reset_gate: r, 0 to 1.
        update_gate: z, 0 to 1; 1 keeps the old state.
        candidate: n, −1 to 1.
        word_part: W_in x + b_in, the part of the candidate (before tanh) from the new word.
        context_part: r ⊙ (W_hn h + b_hn), the part from the old state.
    """

    hidden: Float32[np.ndarray, "T H"]
    reset_gate: Float32[np.ndarray, "T H"]
    update_gate: Float32[np.ndarray, "T H"]
    candidate: Float32[np.ndarray, "T H"]
    word_part: Float32[np.ndarray, "T H"]
    context_part: Float32[np.ndarray, "T H"]

    def __post_init__(self) -> None:
        """Make the arrays read-only, so that an explanation always matches its prediction."""
        for field in fields(self):
            getattr(self, field.name).setflags(write=False)

    def __len__(self) -> int:
        """Return the number of tokens (T)."""
        return len(self.hidden)

    @classmethod
    def from_steps(cls, steps: list[GRUStep]) -> "GateTrace":
        """Stack the steps of the reference implementation (`equations.gru`)."""
        return cls(
            **{
                field.name: np.stack([getattr(step, field.name) for step in steps])
                for field in fields(cls)
            }
        )
