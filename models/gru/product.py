"""The recurrent weights, in the form in which the compiled loops multiply them."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int8, UInt16

from gatewise.models.gru.kernels.int8.layer import Int8Layer
from gatewise.models.gru.kernels.int8.tile_writer import TILE_ROWS
from gatewise.models.gru.kernels.int8.tiles import pack_tiles
from gatewise.models.gru.kernels.packed_linear import PackedLayer
from gatewise.models.gru.kernels.simd_matmul import LANES, STATE_STEPS
from gatewise.models.int8 import Int8Matrix

_NO_SCALE, _NO_TILES = np.empty(0, dtype=np.float32), np.empty(0, dtype=np.int8)
_NO_WEIGHTS = np.empty(0, dtype=np.uint16)


@dataclass(frozen=True)
class Product:
    """The arguments of the compiled loop that depend on how weights are multiplied.

    Attributes:
        weights: Packed weights.
        tiles: 8-bit weights, packed for the product of tiles; else empty.
        scale: What the integer sum of each row of 8-bit weights is multiplied by; else empty.
        bias: Biases, padded to N rows.
        depth: Length of a state, padded (D).
        operand_type: Type in which states are multiplied.
        lanes: States that are multiplied side by side.
    """

    weights: Float32[np.ndarray, " _"] | UInt16[np.ndarray, " _"] | Int8[np.ndarray, " _"]
    tiles: Int8[np.ndarray, " _"]
    scale: Float32[np.ndarray, " _"]
    bias: Float32[np.ndarray, " N"]
    depth: int
    operand_type: type[np.generic]
    lanes: int

    @classmethod
    def of_floats(cls, layer: PackedLayer, operand_type: type[np.generic]) -> "Product":
        """Prepare a product of floating-point numbers.

        Args:
            layer: The weights.
            operand_type: np.float32, or np.uint16 for bfloat16.
        """
        return cls(
            layer.weights, _NO_TILES, _NO_SCALE, layer.bias, layer.depth, operand_type, LANES
        )

    @classmethod
    def of_integers(
        cls,
        matrix: Int8Matrix,
        bias: Float32[np.ndarray, " R"],
        *,
        state_type: type[np.signedinteger],
    ) -> "Product":
        """Prepare a product of 8-bit weights.

        Args:
            matrix: The weights.
            bias: Bias of each row.
            state_type: Type in which states are multiplied, np.int8 or np.int16.
        """
        layer = Int8Layer.pack(matrix, bias, steps=STATE_STEPS[state_type])
        return cls(
            layer.weights,
            layer.tiles,
            layer.scale,
            layer.bias,
            layer.depth,
            state_type,
            layer.lanes,
        )


@dataclass(frozen=True)
class TransposedProduct:
    """The recurrent weights, transposed, which map gradients of gates to those of states.

    Attributes:
        weights: Packed weights, without their scales; empty if there are tiles.
        tiles: 8-bit weights, packed for the product of tiles; else empty.
        scale: What each input must be multiplied by before the product.
        no_bias: Zeros, as many as there are rows (N).
        depth: Length of an input (D).
    """

    weights: Float32[np.ndarray, " _"] | UInt16[np.ndarray, " _"]
    tiles: Int8[np.ndarray, " _"]
    scale: Float32[np.ndarray, " ThreeH"]
    no_bias: Float32[np.ndarray, " N"]
    depth: int

    @classmethod
    def of_floats(
        cls, weights: Float32[np.ndarray, "ThreeH H"], *, bfloat16: bool
    ) -> "TransposedProduct":
        """Prepare a product of weights that are not 8-bit ones.

        Args:
            weights: The weights, not transposed.
            bfloat16: Whether to round them to bfloat16.
        """
        layer = _transposed(weights, bfloat16=bfloat16)
        scale = np.ones(len(weights), dtype=np.float32)  # (3H,)
        return cls(layer.weights, _NO_TILES, scale, layer.bias, layer.depth)

    @classmethod
    def of_integers(cls, matrix: Int8Matrix, *, in_tiles: bool) -> "TransposedProduct":
        """Prepare a product of 8-bit weights.

        Args:
            matrix: The weights, not transposed.
            in_tiles: Whether to multiply in tiles, which rounds inputs to 24 bits.
        """
        if not in_tiles:
            # 8-bit integers are exact in bfloat16; multiplied by their scale they would not be.
            layer = _transposed(matrix.numbers.astype(np.float32), bfloat16=True)
            return cls(layer.weights, _NO_TILES, matrix.scales, layer.bias, layer.depth)
        rows, units = matrix.numbers.shape
        transposed = np.pad(matrix.numbers.T, ((0, -units % TILE_ROWS), (0, 0)))  # (N, 3H)
        no_bias = np.zeros(len(transposed), dtype=np.float32)  # (N,)
        return cls(_NO_WEIGHTS, pack_tiles(transposed), matrix.scales, no_bias, rows)


def _transposed(weights: Float32[np.ndarray, "ThreeH H"], *, bfloat16: bool) -> PackedLayer:
    no_bias = np.zeros(weights.shape[1], dtype=np.float32)  # (H,)
    return PackedLayer.pack(np.ascontiguousarray(weights.T), no_bias, bfloat16=bfloat16)
