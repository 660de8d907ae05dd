"""A linear layer whose weights are stored in the order in which the compiled product reads them."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt16

from gatewise.models.bfloat16 import to_bfloat16
from gatewise.models.gru.kernels.aligned import aligned
from gatewise.models.gru.kernels.gru_loop import multiply
from gatewise.models.gru.kernels.simd_matmul import (
    LANES,
    PANEL_ROWS,
    PANELS_AT_ONCE,
    VECTORS_PER_PANEL,
    WIDTH,
)


@dataclass(frozen=True)
class PackedLayer:
    """bias + weights × input.

    Attributes:
        weights: Packed weights: float32, or bfloat16 as uint16.
        bias: Biases, padded to N rows.
        depth: Number of columns (D), padded to an even number.
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
        bfloat16: bool,
    ) -> "PackedLayer":
        """Pack a layer.

        Args:
            weights: Weights, a row for each output.
            bias: Bias of each row.
            bfloat16: Whether to round the weights to bfloat16, which halves their memory.
        """
        rows, depth = weights.shape
        more_rows, more_columns = -rows % (PANEL_ROWS * PANELS_AT_ONCE), depth % 2
        padded = np.pad(weights, ((0, more_rows), (0, more_columns)))  # (N, D)
        columns = padded.shape[1]
        by_panel = padded.reshape(-1, VECTORS_PER_PANEL, WIDTH, columns)  # (panels, 3, WIDTH, D)
        if bfloat16:
            pairs = to_bfloat16(by_panel).reshape(*by_panel.shape[:3], columns // 2, 2)
            packed = pairs.transpose(0, 3, 1, 2, 4)
        else:
            packed = by_panel.transpose(0, 3, 1, 2)
        return cls(aligned(packed).reshape(-1), np.pad(bias, (0, more_rows)), columns)

    def __call__(self, inputs: Float32[np.ndarray, "B D"]) -> Float32[np.ndarray, "B N"]:
        """Compute bias + weights × input; each row is independent of the others, to the bit."""
        groups = -(-len(inputs) // LANES)
        padded = np.zeros((groups, LANES, self.depth), dtype=np.float32)
        padded.reshape(-1, self.depth)[: len(inputs), : inputs.shape[1]] = inputs  # (B, D)
        outputs = np.empty((groups, LANES, self.bias.size), dtype=np.float32)
        for states, sums in zip(padded, outputs, strict=True):
            multiply(self.weights, self.bias, states, self.depth, LANES, sums)
        return outputs.reshape(-1, self.bias.size)[: len(inputs)]  # (B, N)
