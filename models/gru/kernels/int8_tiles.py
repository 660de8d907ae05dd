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
from numba.core import cgutils
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
TILES_AT_ONCE: Final = 2
"""Tiles of rows that states are multiplied by at a time; there is always a multiple of it."""

_QUAD = 4  # columns of a row that lie side by side in a tile of weights
_TILE_BYTES = TILE_ROWS * TILE_COLUMNS
_PALETTE = 1  # eight tiles of up to 16 rows of up to 64 bytes
_REGISTERS = 8
# Register numbers: sums of upper and lower halves for each tile of rows, states, weights.
_SUMS, _UPPER, _LOWER, _WEIGHTS = ((0, 1), (2, 3)), 4, 5, (6, 7)

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
class TileMatmulArguments:
    """The arguments of a product as LLVM values: pointers to numbers, and 64-bit integers.

    Attributes:
        tiles: Weights as packed by `pack_tiles`.
        offset: Index in `tiles` at which the first tile of rows begins.
        scale: What the integer sum of each row is multiplied by.
        bias: Biases.
        row: First row, by which scales and biases are read and results written.
        upper: Upper halves of the states: tile after tile, of 16 states with 64 columns.
        lower: Lower halves likewise.
        blocks: Number of tiles side by side.
        rows: Number of states whose results are written.
        sums: Where the results are written.
        stride: Distance in `sums` from the first result of one state to that of the next.
    """

    tiles: Any
    offset: Any
    scale: Any
    bias: Any
    row: Any
    upper: Any
    lower: Any
    blocks: Any
    rows: Any
    sums: Any
    stride: Any


class TileMatmulWriter(VectorWriter):
    """Writes the instructions of a product with an LLVM builder."""

    def configure(self) -> None:
        """Write that all tiles have 16 rows of 64 bytes, which also clears them."""
        row_bytes = [TILE_COLUMNS, 0] * _REGISTERS  # 16-bit numbers, the lower byte first
        content = [_PALETTE, *[0] * 15, *row_bytes, *[0] * 16, *[TILE_ROWS] * _REGISTERS, *[0] * 8]
        name, kind = "tile_configuration", ir.ArrayType(_I8, len(content))
        configuration = self.build.module.globals.get(name)
        if configuration is None:
            configuration = ir.GlobalVariable(self.build.module, kind, name)
            configuration.linkage, configuration.global_constant = "private", True
            configuration.initializer = ir.Constant(kind, content)
        self._call("ldtilecfg", self.build.bitcast(configuration, _BYTES))

    def release(self) -> None:
        """Write that tiles are no longer used, so that threads are switched without saving them."""
        self._call("tilerelease")

    def write(self, arguments: TileMatmulArguments) -> None:
        """Write the product of 16 states with consecutive tiles of rows."""
        for registers in _SUMS:
            for register in registers:
                self._call("tilezero", _I8(register))
        weights = self.arange(
            arguments.offset, TILES_AT_ONCE, self.build.mul(arguments.blocks, _I64(_TILE_BYTES))
        )

        def add_block(block: Any, _: Sequence[Any]) -> Sequence[Any]:
            at = self.build.mul(block, _I64(_TILE_BYTES))
            for register, states in ((_UPPER, arguments.upper), (_LOWER, arguments.lower)):
                self._load_tile(register, states, at)
            for sums, register, first in zip(_SUMS, _WEIGHTS, weights, strict=True):
                self._load_tile(register, arguments.tiles, self.build.add(first, at))
                self._call("tdpbssd", _I8(sums[0]), _I8(_UPPER), _I8(register))
                self._call("tdpbusd", _I8(sums[1]), _I8(_LOWER), _I8(register))
            return []

        self.loop([], arguments.blocks, add_block, step=1)
        stored = [[self._store_tile(register) for register in registers] for registers in _SUMS]

        def write_state(state: Any, _: Sequence[Any]) -> Sequence[Any]:
            first = self.build.mul(state, _I64(TILE_ROWS))
            start = self.build.mul(state, arguments.stride)
            for tile, (upper, lower) in enumerate(stored):
                row = self.build.add(arguments.row, _I64(tile * TILE_ROWS))
                totals = [self.load(half, first, self.ints, align=64) for half in (upper, lower)]
                eight = ir.Constant(self.ints, [8] * self.target.width)
                number = self.build.add(self.build.shl(totals[0], eight), totals[1])
                scale, bias = (
                    self.load(array, row, self.floats)
                    for array in (arguments.scale, arguments.bias)
                )
                # A processor with tiles has a fused multiply-add.
                result = self.build.call(
                    self.fused_multiply_add(),
                    [self.build.sitofp(number, self.floats), scale, bias],
                )
                self.store(result, arguments.sums, self.build.add(start, row))
            return []

        self.loop([], arguments.rows, write_state, step=1)

    def _load_tile(self, register: int, array: Any, index: Any) -> None:
        pointer = self.build.bitcast(self.build.gep(array, [index]), _BYTES)
        self._call("tileloadd64", _I8(register), pointer, _I64(TILE_COLUMNS))

    def _store_tile(self, register: int) -> Any:
        """Write a register to the stack and return where."""
        kind = ir.ArrayType(_I32, TILE_LANES * TILE_ROWS)
        array = cgutils.alloca_once(  # type: ignore[no-untyped-call]
            self.build, kind, name=f"tile_{register}"
        )
        array.align = 64
        pointer = self.build.bitcast(array, _BYTES)
        self._call("tilestored64", _I8(register), pointer, _I64(TILE_COLUMNS))
        return self.build.bitcast(array, _I32.as_pointer())

    def _call(self, name: str, *arguments: Any) -> None:
        module, full_name = self.build.module, f"llvm.x86.{name}"
        function = module.globals.get(full_name)
        if function is None:
            kind = ir.FunctionType(ir.VoidType(), [argument.type for argument in arguments])
            function = ir.Function(module, kind, full_name)
        self.build.call(function, arguments)


@intrinsic
def _tile_product(
    _context: Any,
    tiles: types.Array,
    offset: types.Type,
    scale: types.Array,
    bias: types.Array,
    row: types.Type,
    upper: types.Array,
    lower: types.Array,
    blocks: types.Type,
    rows: types.Type,
    sums: types.Array,
    stride: types.Type,
) -> Any:
    """Multiply; the arguments are those of `TileMatmulArguments`, with arrays for pointers."""
    kinds = (tiles, offset, scale, bias, row, upper, lower, blocks, rows, sums, stride)

    def write(context: Any, build: ir.IRBuilder, _: Any, values: Sequence[Any]) -> Any:
        if TARGET.int8_tiles:  # LLVM has no code for these instructions on other processors
            arguments = (
                context.make_array(kind)(context, build, value).data
                if isinstance(kind, types.Array)
                else value
                for kind, value in zip(kinds, values, strict=True)
            )
            TileMatmulWriter(build, TARGET).write(TileMatmulArguments(*arguments))
        return context.get_dummy_value()

    return types.void(*kinds), write


@intrinsic
def _configure_tiles(_context: Any) -> Any:
    def write(context: Any, build: ir.IRBuilder, _: Any, __: Sequence[Any]) -> Any:
        if TARGET.int8_tiles:
            TileMatmulWriter(build, TARGET).configure()
        return context.get_dummy_value()

    return types.void(), write


@intrinsic
def _release_tiles(_context: Any) -> Any:
    def write(context: Any, build: ir.IRBuilder, _: Any, __: Sequence[Any]) -> Any:
        if TARGET.int8_tiles:
            TileMatmulWriter(build, TARGET).release()
        return context.get_dummy_value()

    return types.void(), write


@no_type_check
@compiled()
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
    blocks = (depth + TILE_COLUMNS - 1) // TILE_COLUMNS
    size = blocks * TILE_LANES * TILE_COLUMNS
    memory = np.zeros(2 * size + CACHE_LINE, np.uint8)
    start = -memory.ctypes.data % CACHE_LINE
    halves = memory[start : start + 2 * size].reshape(2, blocks, TILE_LANES, TILE_COLUMNS)
    upper, lower = halves[0], halves[1]
    for block in range(blocks):
        first = block * TILE_COLUMNS
        for lane in range(rows):
            for column in range(min(TILE_COLUMNS, depth - first)):
                state = states[lane, first + column]
                upper[block, lane, column] = state >> 8
                lower[block, lane, column] = state & 255
    _configure_tiles()
    for row in range(0, bias.size, TILES_AT_ONCE * TILE_ROWS):
        offset = row * blocks * TILE_COLUMNS
        _tile_product(tiles, offset, scale, bias, row, upper, lower, blocks, rows, sums, bias.size)
    _release_tiles()
