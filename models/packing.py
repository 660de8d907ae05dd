"""Weights as the compiled recurrence reads them: in its order, and padded to its vectors."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt16

from models.kernel import multiply
from models.product import LANES, PANEL, PANELS_AT_ONCE, WIDTH


@dataclass(frozen=True)
class PackedLayer:
    """bias + weights × input, packed.

    `weights` are float32, or bfloat16 as the 16 bits it is made of. N
    is the number of rows, padded.
    """

    weights: Float32[np.ndarray, " _"] | UInt16[np.ndarray, " _"]
    bias: Float32[np.ndarray, " N"]
    depth: int

    @classmethod
    def pack(
        cls,
        weights: Float32[np.ndarray, "R D"],
        bias: Float32[np.ndarray, " R"],
        *,
        half: bool,
    ) -> "PackedLayer":
        """Pack a layer, in bfloat16 if `half`: what lies between two of these is rounded."""
        rows, depth = weights.shape
        span = PANEL * PANELS_AT_ONCE
        more_rows, more_columns = -rows % span, depth % 2
        padded = np.pad(weights, ((0, more_rows), (0, more_columns)))  # (N, D)
        columns = padded.shape[1]
        by_panel = padded.reshape(-1, 3, WIDTH, columns)  # (panels, 3, WIDTH, D)
        if half:
            pairs = to_bfloat16(by_panel).reshape(-1, 3, WIDTH, columns // 2, 2)
            packed = pairs.transpose(0, 3, 1, 2, 4).ravel()
        else:
            packed = by_panel.transpose(0, 3, 1, 2).ravel()
        return cls(packed, np.pad(bias, (0, more_rows)), columns)

    def __call__(self, inputs: Float32[np.ndarray, "B D"]) -> Float32[np.ndarray, "B N"]:
        """Answer bias + weights × input for every input; each as if it were alone."""
        groups = -(-len(inputs) // LANES)
        padded = np.zeros((groups, LANES, self.depth), dtype=np.float32)
        padded.reshape(-1, self.depth)[: len(inputs), : inputs.shape[1]] = inputs  # (B, D)
        answers = np.empty((groups, LANES, self.bias.size), dtype=np.float32)
        for states, sums in zip(padded, answers, strict=True):
            multiply(self.weights, self.bias, states, self.depth, LANES, sums)
        return answers.reshape(-1, self.bias.size)[: len(inputs)]  # (B, N)


def to_bfloat16(numbers: Float32[np.ndarray, "..."]) -> UInt16[np.ndarray, "..."]:
    """Round to the nearest bfloat16, or the even one of two; answer its bits."""
    bits = numbers.view(np.uint32)
    return ((bits + ((bits >> 16) & 1) + 0x7FFF) >> 16).astype(np.uint16)


def from_bfloat16(halves: UInt16[np.ndarray, "..."]) -> Float32[np.ndarray, "..."]:
    """Widen the bits of bfloat16 to float32."""
    return (halves.astype(np.uint32) << 16).view(np.float32)
