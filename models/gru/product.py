"""The recurrent weights, in the form in which the compiled loops multiply them."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int8, UInt16

from gatewise.models.gru.kernels.packed_int8 import Int8Layer
from gatewise.models.gru.kernels.packed_linear import PackedLayer
from gatewise.models.gru.kernels.simd_matmul import LANES
from gatewise.models.int8 import Int8Matrix

_NO_SCALE, _NO_TILES = np.empty(0, dtype=np.float32), np.empty(0, dtype=np.int8)


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
    def of_integers(cls, matrix: Int8Matrix, bias: Float32[np.ndarray, " R"]) -> "Product":
        """Prepare a product of 8-bit weights and 16-bit states."""
        layer = Int8Layer.pack(matrix, bias)
        return cls(
            layer.weights,
            layer.tiles,
            layer.scale,
            layer.bias,
            layer.depth,
            np.int16,
            layer.lanes,
        )
