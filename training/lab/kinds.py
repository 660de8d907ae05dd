"""The switches of the gated cell."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class CellKind:
    """What a cell has of a GRU. As the switches stand by default, it is PyTorch's GRU.

    `reset`: learned; `open`, r = 1; `coupled`, r = 1 − z, the minimal gated unit of Zhou et al.
    2016 (arXiv 1603.09420). `update`: learned; `take`, z = 0. `reset_before` applies r to the state
    before the matrix product (the first version of Cho et al. 2014; Keras' `reset_after=False`).
    """

    reset: Literal["learned", "open", "coupled"] = "learned"
    update: Literal["learned", "take"] = "learned"
    activation: Literal["tanh", "relu"] = "tanh"
    reset_before: bool = False

    def __post_init__(self) -> None:
        """Refuse a reset gate that is coupled to no update gate."""
        if self.reset == "coupled" and self.update != "learned":
            raise ValueError("A coupled reset gate is 1 − z: it needs a learned update gate.")

    @property
    def gates(self) -> int:
        """Number of gates with weights of their own."""
        return (self.reset == "learned") + (self.update == "learned")
