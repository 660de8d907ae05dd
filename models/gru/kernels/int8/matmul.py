"""bias + scale × (8-bit weights × states), with an exact product of integers.

A state of a GRU lies within ±1. It is rounded to a multiple of 2⁻¹⁴, so that it is a 16-bit
integer, or to one of 1 / 127, an 8-bit integer, and multiplied by the 8-bit integers of the
weights. All products and sums of integers are exact, so the result does not depend on their order,
nor on the processor. A row's sum is then multiplied by its scale, as float32.

Three ways of multiplying give the same integers. Processors with AMX multiply several states in
tiles (`int8.tiles`). Those with VNNI multiply four columns at a time (`int8.quads`), all others two
(`int8.pairs`). 8-bit states are half of the work with tiles and VNNI; they change a logit by some
0.003, 16-bit ones by 0.00002.
"""

from typing import Final, no_type_check

import numpy as np
from jaxtyping import Int8

from gatewise.models.gru.kernels.compilation import compiled
from gatewise.models.gru.kernels.int8.pairs import PAIR, multiply_pairs
from gatewise.models.gru.kernels.int8.panels import pack_panels
from gatewise.models.gru.kernels.int8.quads import QUAD, multiply_quads, without_sign
from gatewise.models.gru.kernels.int8.tiles import multiply_tiles
from gatewise.models.gru.kernels.simd_matmul import STATE_STEPS
from gatewise.models.gru.kernels.simd_target import TARGET

COLUMNS: Final = QUAD if TARGET.int8_dot_product else PAIR
"""Columns of a row that are packed side by side."""
LARGEST_WEIGHT: Final = 127
"""Largest absolute value of a weight as an integer."""
MAX_DEPTH: Final = (2**31 - 1) // (LARGEST_WEIGHT * max(STATE_STEPS.values()))
"""Largest number of columns for which no sum exceeds 32 bits, whatever the type of the states."""

# One or two states are multiplied as fast without tiles.
_FEWEST_IN_TILES: Final = 3
_IN_QUADS: Final = TARGET.int8_dot_product


def pack_weights(numbers: Int8[np.ndarray, "N D"]) -> Int8[np.ndarray, " _"]:
    """Pack weights for `multiply_int8`.

    Args:
        numbers: Weights, padded by `pad_to_panels` for COLUMNS.
    """
    return pack_panels(without_sign(numbers) if _IN_QUADS else numbers, columns=COLUMNS)


@no_type_check
@compiled()
def multiply_int8(weights, tiles, scale, bias, states, depth, rows, sums):
    """Write bias + scale × (weights × states) for the first `rows` states.

    Args:
        weights: Packed 8-bit weights.
        tiles: The same for `multiply_tiles`; empty if there are no tiles.
        scale: (N,) what the integer sum of each row is multiplied by.
        bias: (N,) biases.
        states: (L, D) states as 16-bit or 8-bit integers; L is at least LANES.
        depth: D, a multiple of COLUMNS.
        rows: Number of states to multiply, 1 to LANES, or to TILE_LANES if there are tiles; without
            tiles more may be multiplied.
        sums: (L, N), written.
    """
    if len(tiles) and rows >= _FEWEST_IN_TILES:
        multiply_tiles(tiles, scale, bias, states, depth, rows, sums)
    elif _IN_QUADS:
        multiply_quads(weights, scale, bias, states, depth, rows, sums)
    else:
        multiply_pairs(weights, scale, bias, states, depth, rows, sums)
