"""A linear layer of 8-bit weights, stored in the order in which the compiled product reads them."""

from dataclasses import dataclass
from typing import no_type_check

import numpy as np
from jaxtyping import Float32, Int8

from gatewise.models.gru.kernels.compilation import compiled
from gatewise.models.gru.kernels.int8.matmul import COLUMNS, multiply_int8, pack_weights
from gatewise.models.gru.kernels.int8.panels import pad_to_panels
from gatewise.models.gru.kernels.int8.tile_writer import TILE_LANES
from gatewise.models.gru.kernels.int8.tiles import has_tiles, pack_tiles
from gatewise.models.gru.kernels.simd_matmul import LANES
from gatewise.models.int8 import Int8Matrix


@dataclass(frozen=True)
class Int8Layer:
    """bias + weights × input, where an input is an integer in units of 1 / steps.

    Attributes:
        weights: Packed 8-bit integers.
        tiles: The same, packed for the product of tiles; empty if the process may not use tiles.
        scale: What the integer sum of each row is multiplied by, padded to N rows.
        bias: Biases, padded likewise.
        depth: Number of columns (D), padded to a multiple of COLUMNS.
    """

    weights: Int8[np.ndarray, " _"]
    tiles: Int8[np.ndarray, " _"]
    scale: Float32[np.ndarray, " N"]
    bias: Float32[np.ndarray, " N"]
    depth: int

    @classmethod
    def pack(
        cls, matrix: Int8Matrix, bias: Float32[np.ndarray, " R"], *, steps: int
    ) -> "Int8Layer":
        """Pack a layer.

        Args:
            matrix: Weights, a row for each output.
            bias: Bias of each row.
            steps: Integer that represents an input of 1.
        """
        padded = pad_to_panels(matrix.numbers, columns=COLUMNS)  # (N, D)
        more_rows = len(padded) - len(matrix.numbers)
        return cls(
            pack_weights(padded),
            pack_tiles(padded) if has_tiles() else np.empty(0, dtype=np.int8),
            np.pad(matrix.scales / np.float32(steps), (0, more_rows)),
            np.pad(bias, (0, more_rows)),
            padded.shape[1],
        )

    @property
    def lanes(self) -> int:
        """Number of states that are multiplied side by side."""
        return TILE_LANES if len(self.tiles) else LANES

    def __call__(self, inputs: Int8Matrix) -> Float32[np.ndarray, "B N"]:
        """Compute bias + weights × input for 8-bit inputs; the layer must be packed with steps=1.

        Each row is independent of the others, to the bit.
        """
        outputs = np.empty((len(inputs.numbers), self.bias.size), dtype=np.float32)  # (B, N)
        _multiply_inputs(
            self.weights,
            self.tiles,
            self.scale,
            self.bias,
            inputs.numbers,
            inputs.scales,
            np.zeros((self.lanes, self.depth), dtype=np.int8),
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
        operands: (L, D) zeros, as 8-bit integers; D may be larger than that of `numbers`.
        outputs: (B, N), written.
    """
    lanes, depth = operands.shape
    sums, no_bias = np.empty((lanes, bias.size), np.float32), np.zeros(bias.size, np.float32)
    for first in range(0, len(numbers), lanes):
        rows = min(lanes, len(numbers) - first)
        for lane in range(rows):
            for column in range(numbers.shape[1]):
                operands[lane, column] = numbers[first + lane, column]
        multiply_int8(weights, tiles, scale, no_bias, operands, depth, rows, sums)
        for lane in range(rows):
            factor = factors[first + lane]
            for row in range(bias.size):
                outputs[first + lane, row] = bias[row] + factor * sums[lane, row]
