"""A linear layer of 8-bit weights, stored in the order in which the compiled product reads them."""

from dataclasses import dataclass
from typing import no_type_check

import numpy as np
from jaxtyping import Float32, Int8

from gatewise.models.gru.kernels.aligned import aligned
from gatewise.models.gru.kernels.compilation import compiled
from gatewise.models.gru.kernels.int8_matmul import (
    COLUMNS,
    INT8_PANEL_ROWS,
    INT8_PANELS_AT_ONCE,
    PANEL_VECTORS,
    multiply_int8,
)
from gatewise.models.gru.kernels.int8_tiles import has_tiles, pack_tiles
from gatewise.models.gru.kernels.simd_matmul import LANES, STATE_STEPS
from gatewise.models.gru.kernels.simd_target import TARGET
from gatewise.models.gru.kernels.tile_writer import TILE_LANES
from gatewise.models.int8 import Int8Matrix

# An input of 127 becomes 127 × 128, which is less than a state of 1.
_INPUT_STEPS = np.int16(128)


@dataclass(frozen=True)
class Int8Layer:
    """bias + weights × input, where an input is a 16-bit integer in units of 1 / STATE_STEPS.

    Attributes:
        weights: Packed 8-bit integers.
        tiles: The same, packed for the product of tiles; empty if the process may not use tiles.
        scale: What the integer sum of each row is multiplied by, padded to N rows.
        bias: Biases, padded likewise.
        depth: Number of columns (D), padded to an even number.
    """

    weights: Int8[np.ndarray, " _"]
    tiles: Int8[np.ndarray, " _"]
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
            aligned(by_panel.transpose(0, 3, 1, 2, 4)).reshape(-1),
            pack_tiles(padded) if has_tiles() else np.empty(0, dtype=np.int8),
            np.pad(matrix.scales / np.float32(STATE_STEPS), (0, more_rows)),
            np.pad(bias, (0, more_rows)),
            padded.shape[1],
        )

    @property
    def lanes(self) -> int:
        """Number of states that are multiplied side by side."""
        return TILE_LANES if len(self.tiles) else LANES

    def __call__(self, inputs: Int8Matrix) -> Float32[np.ndarray, "B N"]:
        """Compute bias + weights × input; each row is independent of the others, to the bit."""
        outputs = np.empty((len(inputs.numbers), self.bias.size), dtype=np.float32)  # (B, N)
        _multiply_inputs(
            self.weights,
            self.tiles,
            self.scale,
            self.bias,
            inputs.numbers,
            inputs.scales * np.float32(STATE_STEPS / _INPUT_STEPS),
            np.zeros((self.lanes, self.depth), dtype=np.int16),
            outputs,
        )
        return outputs


@no_type_check
@compiled()
def _multiply_inputs(weights, tiles, scale, bias, numbers, factors, operands, outputs):
    """Write bias + factor × scale × (weights × numbers) for every input.

    Args:
        weights: Packed 8-bit weights.
        tiles: The same for `multiply_tiles`; empty if there are no tiles.
        scale: (N,) what the integer sum of each row is multiplied by.
        bias: (N,) biases.
        numbers: (B, D) inputs as 8-bit integers.
        factors: (B,) what the sums of each input are multiplied by.
        operands: (L, D) zeros, as 16-bit integers; D may be larger than that of `numbers`.
        outputs: (B, N), written.
    """
    lanes, depth = operands.shape
    sums, no_bias = np.empty((lanes, bias.size), np.float32), np.zeros(bias.size, np.float32)
    for first in range(0, len(numbers), lanes):
        rows = min(lanes, len(numbers) - first)
        for lane in range(rows):
            for column in range(numbers.shape[1]):
                operands[lane, column] = numbers[first + lane, column] * _INPUT_STEPS
        multiply_int8(weights, tiles, scale, no_bias, operands, depth, rows, sums)
        for lane in range(rows):
            factor = factors[first + lane]
            for row in range(bias.size):
                outputs[first + lane, row] = bias[row] + factor * sums[lane, row]
