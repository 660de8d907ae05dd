"""bias + scale × (8-bit weights × states) with AMX, which multiplies tiles of 16 × 64 numbers.

The x86 extension AMX has eight registers of 16 rows of 64 bytes, *tiles*. One instruction
multiplies 16 states, 64 columns of each, by 16 rows of weights: sixteen times as many products as
one of AVX-512 VNNI. A product of many states is then limited by how fast weights are read, like
that of a single state, which is as fast without tiles.

Tiles have 8-bit numbers. A state has 16 bits. It is split into s = 256 × upper + lower, where the
upper half has a sign and the lower one has none, and each half is multiplied by the weights. All
sums are exact, so the result is, to the last bit, that of `int8_matmul`.

Linux lets a process use tiles only after it has requested them.
"""

import ctypes
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, no_type_check

import numpy as np
from jaxtyping import Int8
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from gatewise.models.gru.kernels.aligned import CACHE_LINE, aligned
from gatewise.models.gru.kernels.compilation import compiled
from gatewise.models.gru.kernels.simd_target import TARGET
from gatewise.models.gru.kernels.vector_writer import VectorWriter

TILE_LANES: Final = 16
"""States that are multiplied side by side."""
TILE_ROWS: Final = 16
"""Rows of weights in a tile."""
TILE_COLUMNS: Final = 64
"""Columns of weights in a tile."""
_PIECES_OF_16_BITS: Final = 2
_PIECES_OF_24_BITS: Final = 3
_QUAD = 4  # columns of a row that lie side by side in a tile of weights
_TILE_BYTES = TILE_ROWS * TILE_COLUMNS
_PALETTE: Final = 1  # eight tiles of up to 16 rows of up to 64 bytes

_I8, _I32, _I64 = (ir.IntType(bits) for bits in (8, 32, 64))
_BYTES = _I8.as_pointer()

# From Linux' `arch_prctl(2)` and `asm/prctl.h`.
_SYS_ARCH_PRCTL, _ARCH_REQ_XCOMP_PERM, _XFEATURE_XTILEDATA = 158, 0x1023, 18


@cache
def has_tiles() -> bool:
    """Return whether this process may use tiles; the first call requests them."""
    if not (TARGET.int8_tiles and sys.platform == "linux" and platform.machine() == "x86_64"):
        return False
    request = ctypes.CDLL(None).syscall(_SYS_ARCH_PRCTL, _ARCH_REQ_XCOMP_PERM, _XFEATURE_XTILEDATA)
    return bool(request == 0)


def pack_tiles(numbers: Int8[np.ndarray, "N D"]) -> Int8[np.ndarray, " _"]:
    """Pack weights as tiles, those of the same rows one after the other.

    Args:
        numbers: Weights; N is a multiple of TILE_ROWS × TILES_AT_ONCE.
    """
    rows, depth = numbers.shape
    padded = np.pad(numbers, ((0, 0), (0, -depth % TILE_COLUMNS)))  # (N, 64 C)
    by_tile = padded.reshape(
        rows // TILE_ROWS, TILE_ROWS, -1, TILE_COLUMNS // _QUAD, _QUAD
    )  # (N / 16, 16, C, 16, 4)
    return aligned(by_tile.transpose(0, 2, 3, 1, 4).ravel())


@dataclass(frozen=True)
class TileArguments:
    """The arguments of a product as LLVM values: pointers to numbers, and 64-bit integers.

    Attributes:
        tiles: Weights as packed by `pack_tiles`.
        offset: Index in `tiles` at which the first tile of rows begins.
        pieces: 8-bit pieces of the states, the one with a sign first. Each has tile after tile, of
            16 states with 64 columns.
        blocks: Number of tiles side by side.
        totals: Memory for the integer sums of every tile of rows and every piece.
        scale: What the sum of each row is multiplied by.
        bias: Biases.
        row: First row, by which scales and biases are read and results written.
        rows: Number of states whose results are written.
        sums: Where the results are written.
        stride: Distance in `sums` from the first result of one state to that of the next.
    """

    tiles: Any
    offset: Any
    pieces: Any
    blocks: Any
    totals: Any
    scale: Any
    bias: Any
    row: Any
    rows: Any
    sums: Any
    stride: Any


class TileWriter(VectorWriter):
    """Writes the instructions of a product with an LLVM builder."""

    def configure(self, configuration: Any) -> None:
        """Write that tiles have the sizes of a `_configuration`; this also clears them."""
        self._call("ldtilecfg", configuration)

    def release(self) -> None:
        """Write that tiles are no longer used, so that threads are switched without saving them."""
        self._call("tilerelease")

    def write(self, arguments: TileArguments, *, pieces: int, tiles: int) -> None:
        """Write the product of 16 states with consecutive tiles of rows.

        Args:
            arguments: Where everything is read and written.
            pieces: Number of pieces of a state.
            tiles: Number of tiles of rows. They, the pieces and all sums have a register each.
        """
        states, weights = range(pieces), range(pieces, pieces + tiles)
        sums = range(pieces + tiles, pieces + tiles + pieces * tiles)
        for register in sums:
            self._call("tilezero", _I8(register))
        size = self.build.mul(arguments.blocks, _I64(_TILE_BYTES))
        of_states = self.arange(_I64(0), pieces, size)
        of_weights = self.arange(arguments.offset, tiles, size)

        def add_block(block: Any, _: Sequence[Any]) -> Sequence[Any]:
            at = self.build.mul(block, _I64(_TILE_BYTES))
            for register, first in zip(states, of_states, strict=True):
                self._load(register, arguments.pieces, self.build.add(first, at))
            for tile, (register, first) in enumerate(zip(weights, of_weights, strict=True)):
                self._load(register, arguments.tiles, self.build.add(first, at))
                for piece in states:
                    name = "tdpbusd" if piece else "tdpbssd"  # only the first has a sign
                    total = sums[tile * pieces + piece]
                    self._call(name, *map(_I8, (total, piece, register)))
            return []

        self.loop([], arguments.blocks, add_block, step=1)
        for number, register in enumerate(sums):
            place = self.build.gep(arguments.totals, [_I64(number * TILE_LANES * TILE_ROWS)])
            pointer = self.build.bitcast(place, _BYTES)
            self._call("tilestored64", _I8(register), pointer, _I64(TILE_COLUMNS))

        def write_state(state: Any, _: Sequence[Any]) -> Sequence[Any]:
            first = self.build.mul(state, _I64(TILE_ROWS))
            totals = self.arange(first, tiles * pieces, _I64(TILE_LANES * TILE_ROWS))
            start = self.build.mul(state, arguments.stride)
            for tile, row in enumerate(self.arange(arguments.row, tiles, _I64(TILE_ROWS))):
                of_tile = totals[tile * pieces : (tile + 1) * pieces]
                number = self._sum_of_pieces(arguments.totals, of_tile)
                scale, bias = (
                    self.load(array, row, self.floats)
                    for array in (arguments.scale, arguments.bias)
                )
                result = self._multiply_add(number, scale, bias)
                self.store(result, arguments.sums, self.build.add(start, row))
            return []

        self.loop([], arguments.rows, write_state, step=1)

    def _sum_of_pieces(self, array: Any, places: Sequence[Any]) -> Any:
        """Write the float32 that the sums of all pieces stand for; each is 256 times the next."""
        totals = [self.load(array, place, self.ints, align=4) for place in places]
        if len(totals) == _PIECES_OF_16_BITS:  # exact: the sum is less than 2³¹
            eight = ir.Constant(self.ints, [8] * self.target.width)
            total = self.build.add(self.build.shl(totals[0], eight), totals[1])
            return self.build.sitofp(total, self.floats)
        factor = ir.Constant(self.floats, [256.0] * self.target.width)
        number, *others = (self.build.sitofp(total, self.floats) for total in totals)
        for other in others:
            number = self._multiply_add(number, factor, other)
        return number

    def _multiply_add(self, number: Any, factor: Any, term: Any) -> Any:
        # Every processor with tiles has the instruction.
        return self.build.call(self.fused_multiply_add(), [number, factor, term])

    def _load(self, register: int, array: Any, index: Any) -> None:
        pointer = self.build.bitcast(self.build.gep(array, [index]), _BYTES)
        self._call("tileloadd64", _I8(register), pointer, _I64(TILE_COLUMNS))

    def _call(self, name: str, *arguments: Any) -> None:
        module, full_name = self.build.module, f"llvm.x86.{name}"
        function = module.globals.get(full_name)
        if function is None:
            kind = ir.FunctionType(ir.VoidType(), [argument.type for argument in arguments])
            function = ir.Function(module, kind, full_name)
        self.build.call(function, arguments)


def _product_intrinsic(pieces: int, tiles_at_once: int) -> Any:
    """Make `TileWriter.write` a function for compiled code to call.

    Returns:
        A Numba intrinsic whose arguments are those of `TileArguments`, with arrays instead of
        pointers. On a processor without tiles, for which LLVM has no code, it does nothing.
    """
    count = pieces

    @intrinsic
    def multiply(
        _context: Any,
        tiles: types.Array,
        offset: types.Type,
        pieces: types.Array,
        blocks: types.Type,
        totals: types.Array,
        scale: types.Array,
        bias: types.Array,
        row: types.Type,
        rows: types.Type,
        sums: types.Array,
        stride: types.Type,
    ) -> Any:
        kinds = (
            tiles, offset, pieces, blocks, totals, scale, bias, row, rows, sums, stride,
        )  # fmt: skip

        def write(context: Any, build: ir.IRBuilder, _: Any, values: Sequence[Any]) -> Any:
            arguments = (
                context.make_array(kind)(context, build, value).data
                if isinstance(kind, types.Array)
                else value
                for kind, value in zip(kinds, values, strict=True)
            )
            if TARGET.int8_tiles:
                TileWriter(build, TARGET).write(
                    TileArguments(*arguments), pieces=count, tiles=tiles_at_once
                )
            return context.get_dummy_value()

        return types.void(*kinds), write

    return multiply


@intrinsic
def _configure_tiles(_context: Any, configuration: types.Array) -> Any:
    def write(context: Any, build: ir.IRBuilder, signature: Any, values: Sequence[Any]) -> Any:
        if TARGET.int8_tiles:
            data = context.make_array(signature.args[0])(context, build, values[0]).data
            TileWriter(build, TARGET).configure(data)
        return context.get_dummy_value()

    return types.void(configuration), write


@intrinsic
def _release_tiles(_context: Any) -> Any:
    def write(context: Any, build: ir.IRBuilder, _: Any, __: Sequence[Any]) -> Any:
        if TARGET.int8_tiles:
            TileWriter(build, TARGET).release()
        return context.get_dummy_value()

    return types.void(), write


# As many tiles of rows as there are registers for.
_TWO_AT_ONCE: Final = 2
_ONE_AT_ONCE: Final = 1
_two_pieces = _product_intrinsic(_PIECES_OF_16_BITS, _TWO_AT_ONCE)
_three_pieces = _product_intrinsic(_PIECES_OF_24_BITS, _ONE_AT_ONCE)
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
def multiply_tiles(tiles, scale, bias, states, depth, rows, sums):
    """Write bias + scale × (weights × states) for the first `rows` states.

    Args:
        tiles: Weights as packed by `pack_tiles`.
        scale: (N,) what the integer sum of each row is multiplied by.
        bias: (N,) biases.
        states: (_, D) states as 16-bit integers.
        depth: D.
        rows: Number of states, 1 to TILE_LANES.
        sums: (_, N), written.
    """
    blocks = _blocks(depth)
    pieces = _memory_of_pieces(_PIECES_OF_16_BITS, blocks)
    for block in range(blocks):
        first = block * TILE_COLUMNS
        for lane in range(rows):
            if first + TILE_COLUMNS > depth:
                pieces[:, block, lane] = 0
            for column in range(min(TILE_COLUMNS, depth - first)):
                state = states[lane, first + column]
                pieces[0, block, lane, column] = state >> 8
                pieces[1, block, lane, column] = state & 255
    totals = np.empty(_TWO_AT_ONCE * _PIECES_OF_16_BITS * TILE_LANES * TILE_ROWS, np.int32)
    _configure_tiles(_configuration(_PIECES_OF_16_BITS, _TWO_AT_ONCE, rows))
    for row in range(0, bias.size, _TWO_AT_ONCE * TILE_ROWS):
        offset = row * blocks * TILE_COLUMNS
        _two_pieces(tiles, offset, pieces, blocks, totals, scale, bias, row, rows, sums, bias.size)
    _release_tiles()


@no_type_check
@_compiled
def _largest_magnitude(numbers):
    """Return the largest absolute value of float32 numbers that are finite."""
    largest = np.int32(0)
    bits = numbers.view(np.int32)  # without the sign, they are ordered like the numbers
    for index in range(len(bits)):
        largest = max(largest, np.int32(bits[index] & 0x7FFFFFFF))
    return np.array([largest]).view(np.float32)[0]


@no_type_check
@_compiled
def multiply_tiles_24_bits(tiles, inputs, depth, rows, sums):
    """Write weights × inputs for the first `rows` inputs, rounded to 24 bits.

    The largest number of every input is 2²² steps, and each of its numbers a whole number of them.

    Args:
        tiles: Weights as packed by `pack_tiles`.
        inputs: (_, D) float32.
        depth: D.
        rows: Number of inputs, 1 to TILE_LANES.
        sums: (_, N), written.
    """
    blocks = _blocks(depth)
    pieces = _memory_of_pieces(_PIECES_OF_24_BITS, blocks)
    largest = np.empty(rows, np.float32)
    for lane in range(rows):
        largest[lane] = _largest_magnitude(inputs[lane, :depth])
        steps = _STEPS_OF_24_BITS / largest[lane] if largest[lane] > 0 else np.float32(0)
        for block in range(blocks):
            first = block * TILE_COLUMNS
            if first + TILE_COLUMNS > depth:
                pieces[:, block, lane] = 0
            for column in range(min(TILE_COLUMNS, depth - first)):
                number = np.int32(np.rint(inputs[lane, first + column] * steps))
                pieces[0, block, lane, column] = number >> 16
                pieces[1, block, lane, column] = (number >> 8) & 255
                pieces[2, block, lane, column] = number & 255
    size = sums.shape[1]  # N
    no_scale, no_bias = np.ones(size, np.float32), np.zeros(size, np.float32)
    totals = np.empty(_ONE_AT_ONCE * _PIECES_OF_24_BITS * TILE_LANES * TILE_ROWS, np.int32)
    _configure_tiles(_configuration(_PIECES_OF_24_BITS, _ONE_AT_ONCE, rows))
    for row in range(0, size, _ONE_AT_ONCE * TILE_ROWS):
        offset = row * blocks * TILE_COLUMNS
        _three_pieces(
            tiles, offset, pieces, blocks, totals, no_scale, no_bias, row, rows, sums, size
        )
    _release_tiles()
    for lane in range(rows):
        step = largest[lane] / _STEPS_OF_24_BITS
        for row in range(size):
            sums[lane, row] *= step
