"""bias + scale × (8-bit weights × states) with AMX, which multiplies tiles of 16 × 64 numbers.

The x86 extension AMX has eight registers of 16 rows of 64 bytes, *tiles*. One instruction
multiplies 16 states, 64 columns of each, by 16 rows of weights: 16,384 products, where VPDPBUSD of
AVX-512 makes 64. It takes more cycles, but the product of many states is then limited by how fast
weights are read. The product of one or two states has this limit already, and gains nothing.

Tiles have 8-bit numbers. A state of 16 bits is split into s = 256 × upper + lower, where the upper
half has a sign and the lower one has none, and each half is multiplied by the weights. One of 8
bits is multiplied as it is. All sums are exact, so the result is that of `int8.quads`, to the last
bit.

Linux lets a process use tiles only after it has requested them.
"""

import ctypes
import platform
import sys
from functools import cache
from typing import Final, no_type_check

import numpy as np
from jaxtyping import Int8

from gatewise.models.gru.kernels.aligned import CACHE_LINE, aligned
from gatewise.models.gru.kernels.compilation import compiled
from gatewise.models.gru.kernels.int8.tile_writer import (
    PIECES_OF_16_BITS,
    TILE_COLUMNS,
    TILE_LANES,
    TILE_ROWS,
    configure_tiles,
    release_tiles,
    tile_product,
)
from gatewise.models.gru.kernels.simd_target import TARGET

_PIECES_OF_24_BITS: Final = 3
_QUAD: Final = 4  # columns of a row that lie side by side in a tile of weights
_PALETTE: Final = 1  # eight tiles of up to 16 rows of up to 64 bytes
# An input whose numbers are all smaller counts as zeros; 2²² / number is finite for the others.
_SMALLEST = np.float32(2**-100)

# From Linux' `arch_prctl(2)` and `asm/prctl.h`.
_SYS_ARCH_PRCTL, _ARCH_REQ_XCOMP_PERM, _XFEATURE_XTILEDATA = 158, 0x1023, 18


@cache
def has_tiles() -> bool:
    """Return whether this process may use tiles; the first call requests them.

    Linux refuses if a thread has an alternate signal stack that is too small for the registers.
    A fork inherits the permission. Another program that the process starts does not, but calls this
    function itself.
    """
    if not (TARGET.int8_tiles and sys.platform == "linux" and platform.machine() == "x86_64"):
        return False
    system_call = ctypes.CDLL(None).syscall
    system_call.argtypes, system_call.restype = [ctypes.c_long] * 3, ctypes.c_long
    status = system_call(_SYS_ARCH_PRCTL, _ARCH_REQ_XCOMP_PERM, _XFEATURE_XTILEDATA)
    return bool(status == 0)


def pack_tiles(numbers: Int8[np.ndarray, "N D"]) -> Int8[np.ndarray, " _"]:
    """Pack weights as tiles, those of the same rows one after the other.

    Args:
        numbers: Weights; N is a multiple of TILE_ROWS.

    Returns:
        The tiles, one after the other: for each 16 rows, one for each 64 columns. A tile has 16
        groups of 4 columns; a group has these columns of the first row, then of the second, and so
        on.
    """
    rows, depth = numbers.shape
    padded = np.pad(numbers, ((0, 0), (0, -depth % TILE_COLUMNS)))  # (N, 64 C)
    by_tile = padded.reshape(
        rows // TILE_ROWS, TILE_ROWS, -1, TILE_COLUMNS // _QUAD, _QUAD
    )  # (N / 16, 16, C, 16, 4)
    return aligned(by_tile.transpose(0, 2, 3, 1, 4)).reshape(-1)


# Not more tiles of rows than there are registers for: 1 + 2 + 2, 2 + 2 + 4, and 3 + 1 + 3.
_TWO_AT_ONCE: Final = 2
_ONE_AT_ONCE: Final = 1
_one_piece = tile_product(1, _TWO_AT_ONCE)
_two_pieces = tile_product(PIECES_OF_16_BITS, _TWO_AT_ONCE)
_three_pieces = tile_product(_PIECES_OF_24_BITS, _ONE_AT_ONCE)
_STEPS_OF_24_BITS = np.float32(1 << 22)
_compiled = compiled()


@no_type_check
@_compiled
def _configuration(pieces, tiles, rows):
    """Return the sizes of the registers that `TileWriter.write` uses, as LDTILECFG reads them.

    Only so many rows of states are read and multiplied as there are states.
    """
    sizes = np.zeros(64, np.uint8)
    sizes[0] = _PALETTE
    for register in range(pieces + tiles + pieces * tiles):
        sizes[16 + 2 * register] = TILE_COLUMNS  # bytes of a row, a 16-bit number
        of_weights = pieces <= register < pieces + tiles
        sizes[48 + register] = TILE_ROWS if of_weights else rows
    return sizes


@no_type_check
@_compiled
def _memory_of_pieces(pieces, blocks):
    """Return memory for the pieces of states, which begins at a cache line."""
    size = pieces * blocks * TILE_LANES * TILE_COLUMNS
    memory = np.empty(size + CACHE_LINE, np.uint8)
    start = -memory.ctypes.data % CACHE_LINE
    return memory[start : start + size].reshape((pieces, blocks, TILE_LANES, TILE_COLUMNS))


@no_type_check
@_compiled
def _blocks(depth):
    """Return the number of tiles side by side for so many columns."""
    return (depth + TILE_COLUMNS - 1) // TILE_COLUMNS


@no_type_check
@_compiled
def _split(states, depth, rows, blocks):
    """Return the 8-bit pieces of states, the upper ones first: (pieces, blocks, lanes, columns)."""
    count = states.itemsize
    pieces = _memory_of_pieces(count, blocks)
    for block in range(blocks):
        first = block * TILE_COLUMNS
        for lane in range(rows):
            if first + TILE_COLUMNS > depth:
                pieces[:, block, lane] = 0
            for column in range(min(TILE_COLUMNS, depth - first)):
                state = np.int32(states[lane, first + column])
                for piece in range(count):
                    pieces[piece, block, lane, column] = (state >> 8 * (count - 1 - piece)) & 255
    return pieces


@no_type_check
@_compiled
def multiply_tiles(tiles, scale, bias, states, depth, rows, sums):
    """Write bias + scale × (weights × states) for the first `rows` states.

    `has_tiles` must have returned True in this process; otherwise the system ends it (SIGILL).

    Args:
        tiles: Weights as packed by `pack_tiles`; N is a multiple of 2 × TILE_ROWS.
        scale: (N,) what the integer sum of each row is multiplied by.
        bias: (N,) biases.
        states: (_, D) states as 16-bit or 8-bit integers.
        depth: D, at most MAX_DEPTH of `int8.matmul`.
        rows: Number of states, 1 to TILE_LANES.
        sums: (_, N), written.
    """
    blocks = _blocks(depth)
    pieces = _split(states, depth, rows, blocks)
    totals = np.empty(_TWO_AT_ONCE * PIECES_OF_16_BITS * TILE_LANES * TILE_ROWS, np.int32)
    configure_tiles(_configuration(len(pieces), _TWO_AT_ONCE, rows))
    for row in range(0, bias.size, _TWO_AT_ONCE * TILE_ROWS):
        offset = row * blocks * TILE_COLUMNS
        if len(pieces) > 1:
            _two_pieces(
                tiles, offset, pieces, blocks, totals, scale, bias, row, rows, sums, bias.size
            )
        else:
            _one_piece(
                tiles, offset, pieces, blocks, totals, scale, bias, row, rows, sums, bias.size
            )
    release_tiles()


@no_type_check
@_compiled
def _largest_magnitude(numbers):
    """Return the largest absolute value of float32 numbers, with NaN above infinity."""
    largest = np.int32(0)
    bits = numbers.view(np.int32)  # without the sign, they are ordered like the numbers
    for index in range(len(bits)):
        largest = max(largest, np.int32(bits[index] & 0x7FFFFFFF))
    return np.array([largest]).view(np.float32)[0]


@no_type_check
@_compiled
def multiply_tiles_24_bits(tiles, inputs, depth, rows, sums):
    """Write weights × inputs for the first `rows` inputs.

    `has_tiles` must have returned True in this process; otherwise the system ends it (SIGILL).
    Each input is rounded to multiples of 2⁻²² of its largest absolute value. The results of an
    input with a number that is not finite are NaN.

    Args:
        tiles: Weights as packed by `pack_tiles`.
        inputs: (_, D) float32.
        depth: D, at most 66,311, so that no sum exceeds 32 bits.
        rows: Number of inputs, 1 to TILE_LANES.
        sums: (_, N), written.
    """
    blocks = _blocks(depth)
    pieces = _memory_of_pieces(_PIECES_OF_24_BITS, blocks)
    largest = np.empty(rows, np.float32)
    for lane in range(rows):
        largest[lane] = _largest_magnitude(inputs[lane, :depth])
        if largest[lane] >= _SMALLEST and np.isfinite(largest[lane]):
            steps = _STEPS_OF_24_BITS / largest[lane]
        else:
            steps = np.float32(0)
        for block in range(blocks):
            first = block * TILE_COLUMNS
            if first + TILE_COLUMNS > depth or not steps:
                pieces[:, block, lane] = 0
            for column in range(min(TILE_COLUMNS, depth - first) if steps else 0):
                number = np.int32(np.rint(inputs[lane, first + column] * steps))
                pieces[0, block, lane, column] = number >> 16
                pieces[1, block, lane, column] = (number >> 8) & 255
                pieces[2, block, lane, column] = number & 255
    size = sums.shape[1]  # N
    no_scale, no_bias = np.ones(size, np.float32), np.zeros(size, np.float32)
    totals = np.empty(_ONE_AT_ONCE * _PIECES_OF_24_BITS * TILE_LANES * TILE_ROWS, np.int32)
    configure_tiles(_configuration(_PIECES_OF_24_BITS, _ONE_AT_ONCE, rows))
    for row in range(0, size, _ONE_AT_ONCE * TILE_ROWS):
        offset = row * blocks * TILE_COLUMNS
        _three_pieces(
            tiles, offset, pieces, blocks, totals, no_scale, no_bias, row, rows, sums, size
        )
    release_tiles()
    for lane in range(rows):
        is_finite = np.isfinite(largest[lane])
        step = largest[lane] / _STEPS_OF_24_BITS if is_finite else np.float32(np.nan)
        for row in range(size):
            sums[lane, row] *= step
