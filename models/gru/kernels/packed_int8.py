"""A linear layer of 8-bit weights, stored in the order in which the compiled product reads them."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int8

from gatewise.models.gru.kernels.int8_matmul import (
    COLUMNS,
    INT8_PANEL_ROWS,
    INT8_PANELS_AT_ONCE,
    PANEL_VECTORS,
    multiply_int8,
)
from gatewise.models.gru.kernels.simd_matmul import LANES, STATE_STEPS
from gatewise.models.gru.kernels.simd_target import TARGET
from gatewise.models.int8 import Int8Matrix

# An input of 127 becomes 127 × 128, which is less than a state of 1.
_INPUT_STEPS = np.int16(128)


@dataclass(frozen=True)
class Int8Layer:
    """bias + weights × input, where an input is a 16-bit integer in units of 1 / STATE_STEPS.

    Attributes:
        weights: Packed 8-bit integers.
        scale: What the integer sum of each row is multiplied by, padded to N rows.
        bias: Biases, padded likewise.
        depth: Number of columns (D), padded to an even number.
    """

    weights: Int8[np.ndarray, " _"]
    scale: Float32[np.ndarray, " N"]
    bias: Float32[np.ndarray, " N"]
    depth: int

    @classmethod
    def pack(cls, matrix: Int8Matrix, bias: Float32[np.ndarray, " R"]) -> "Int8Layer":
        """Pack a layer.

        Args:
            matrix: Weights, a row for each output.
            bias: Bias of each row.
        """
        rows, depth = matrix.numbers.shape
        more_rows, more_columns = -rows % (INT8_PANEL_ROWS * INT8_PANELS_AT_ONCE), -depth % COLUMNS
        padded = np.pad(matrix.numbers, ((0, more_rows), (0, more_columns)))  # (N, D)
        by_panel = padded.reshape(
            -1, PANEL_VECTORS, TARGET.width, padded.shape[1] // COLUMNS, COLUMNS
        )  # (panels, 4, WIDTH, D / 2, 2)
        return cls(
            by_panel.transpose(0, 3, 1, 2, 4).ravel(),
            np.pad(matrix.scales / np.float32(STATE_STEPS), (0, more_rows)),
            np.pad(bias, (0, more_rows)),
            padded.shape[1],
        )

    def __call__(self, inputs: Int8Matrix) -> Float32[np.ndarray, "B N"]:
        """Compute bias + weights × input; each row is independent of the others, to the bit."""
        count, depth = inputs.numbers.shape
        groups = -(-count // LANES)
        operands = np.zeros((groups, LANES, self.depth), dtype=np.int16)
        operands.reshape(-1, self.depth)[:count, :depth] = inputs.numbers  # (B, D)
        operands *= _INPUT_STEPS
        outputs = np.empty((groups, LANES, self.bias.size), dtype=np.float32)
        no_bias = np.zeros_like(self.bias)  # (N,)
        for states, sums in zip(operands, outputs, strict=True):
            multiply_int8(self.weights, self.scale, no_bias, states, self.depth, LANES, sums)
        rows = outputs.reshape(-1, self.bias.size)[:count]  # (B, N)
        rows *= (inputs.scales * np.float32(STATE_STEPS / _INPUT_STEPS))[:, None]
        rows += self.bias
        return rows
