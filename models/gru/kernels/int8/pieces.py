"""States as 8-bit pieces with a sign, for the product of four columns at a time (`int8.quads`)."""

from typing import Final, no_type_check

import numpy as np
from numba import types
from numba.extending import overload

from gatewise.models.gru.kernels.simd_matmul import LANES

PIECE_BITS: Final = 8
"""Bits of a piece."""
OFFSET: Final = 128
"""What is added to weights so that they have no sign."""


@no_type_check
def signed_pieces(states, depth, rows):
    """Split the first `rows` states into pieces, s = 256 × upper + lower; only in compiled code.

    Args:
        states: (L, D) states as 8-bit integers, or as 16-bit ones up to ±32,639.
        depth: D.
        rows: Number of states to split.

    Returns:
        The pieces: (L, D), the states themselves, if they have 8 bits; otherwise (2, LANES, D), the
        upper pieces first. And (LANES,) what must be added to the sums of each state, because
        weights have no sign.
    """


@no_type_check
@overload(signed_pieces)
def _select(states, depth, rows):  # noqa: ARG001
    def of_bytes(states, depth, rows):
        corrections = np.empty(LANES, np.int32)
        for lane in range(rows):
            total = 0
            for column in range(depth):
                total += states[lane, column]
            corrections[lane] = -OFFSET * total
        return states, corrections

    def of_shorts(states, depth, rows):
        pieces, corrections = np.empty((2, LANES, depth), np.int8), np.empty(LANES, np.int32)
        for lane in range(rows):
            total = np.int32(0)
            for column in range(depth):
                state = np.int32(states[lane, column])
                upper = (state + OFFSET) >> PIECE_BITS  # leaves −128 to 127
                pieces[0, lane, column] = upper
                pieces[1, lane, column] = state - (upper << PIECE_BITS)
                total += state
            corrections[lane] = -OFFSET * total  # wraps around, as the sums do
        return pieces, corrections

    return of_bytes if states.dtype == types.int8 else of_shorts
