"""The instructions of AMX, written for LLVM; see `int8.tiles`.

A tile register has a number, and as many rows and bytes in a row as it was configured for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from gatewise.models.gru.kernels.simd_target import TARGET
from gatewise.models.gru.kernels.vector_writer import VectorWriter, pointers

TILE_LANES: Final = 16
"""States that are multiplied side by side."""
TILE_ROWS: Final = 16
"""Rows of weights in a tile."""
TILE_COLUMNS: Final = 64
"""Columns of weights in a tile."""
PIECES_OF_16_BITS: Final = 2
"""8-bit pieces of a 16-bit integer."""

_TILE_BYTES = TILE_ROWS * TILE_COLUMNS
_I8, _I32, _I64 = (ir.IntType(bits) for bits in (8, 32, 64))
_BYTES = _I8.as_pointer()


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
        """Write that tiles have the sizes of a configuration; this also clears them."""
        self._call("ldtilecfg", configuration)

    def release(self) -> None:
        """Write TILERELEASE, which clears the registers, so that Linux need not save them."""
        self._call("tilerelease")

    def write(self, arguments: TileArguments, *, piece_count: int, tile_count: int) -> None:
        """Write the product of 16 states with consecutive tiles of rows.

        Args:
            arguments: Where everything is read and written.
            piece_count: Number of pieces of a state.
            tile_count: Number of tiles of rows. They, the pieces and all sums have a register each.
        """
        states, weights = range(piece_count), range(piece_count, piece_count + tile_count)
        sums = range(piece_count + tile_count, piece_count + tile_count + piece_count * tile_count)
        for register in sums:
            self._call("tilezero", _I8(register))
        size = self.build.mul(arguments.blocks, _I64(_TILE_BYTES))
        of_states = self.arange(_I64(0), piece_count, size)
        of_weights = self.arange(arguments.offset, tile_count, size)

        def add_block(block: Any, _: Sequence[Any]) -> Sequence[Any]:
            at = self.build.mul(block, _I64(_TILE_BYTES))
            for register, first in zip(states, of_states, strict=True):
                self._load(register, arguments.pieces, self.build.add(first, at))
            for tile, (register, first) in enumerate(zip(weights, of_weights, strict=True)):
                self._load(register, arguments.tiles, self.build.add(first, at))
                for piece in states:
                    name = "tdpbusd" if piece else "tdpbssd"  # only the first has a sign
                    total = sums[tile * piece_count + piece]
                    self._call(name, *map(_I8, (total, piece, register)))
            return []

        self.loop([], arguments.blocks, add_block, step=1)
        for number, register in enumerate(sums):
            place = self.build.gep(arguments.totals, [_I64(number * TILE_LANES * TILE_ROWS)])
            pointer = self.build.bitcast(place, _BYTES)
            self._call("tilestored64", _I8(register), pointer, _I64(TILE_COLUMNS))

        def write_state(state: Any, _: Sequence[Any]) -> Sequence[Any]:
            first = self.build.mul(state, _I64(TILE_ROWS))
            totals = self.arange(first, tile_count * piece_count, _I64(TILE_LANES * TILE_ROWS))
            start = self.build.mul(state, arguments.stride)
            for tile, row in enumerate(self.arange(arguments.row, tile_count, _I64(TILE_ROWS))):
                of_tile = totals[tile * piece_count : (tile + 1) * piece_count]
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
        if len(totals) == PIECES_OF_16_BITS:  # exact: the sum is less than 2³¹
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
        kinds = [argument.type for argument in arguments]
        function = self.declare(f"llvm.x86.{name}", kinds, result=ir.VoidType())
        self.build.call(function, arguments)


def tile_product(piece_count: int, tile_count: int) -> Any:
    """Make `TileWriter.write` a function for compiled code to call.

    Returns:
        A Numba intrinsic whose arguments are those of `TileArguments`, with arrays instead of
        pointers. On a processor without tiles, for which LLVM has no code, it writes nothing.
    """

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
            if TARGET.int8_tiles:
                arguments = TileArguments(*pointers(context, build, kinds, values))
                TileWriter(build, TARGET).write(
                    arguments, piece_count=piece_count, tile_count=tile_count
                )
            return context.get_dummy_value()

        return types.void(*kinds), write

    return multiply


@intrinsic
def configure_tiles(_context: Any, configuration: types.Array) -> Any:
    """Give the registers the sizes of a configuration, as LDTILECFG reads it."""
    kinds = (configuration,)

    def write(context: Any, build: ir.IRBuilder, _: Any, values: Sequence[Any]) -> Any:
        if TARGET.int8_tiles:
            TileWriter(build, TARGET).configure(*pointers(context, build, kinds, values))
        return context.get_dummy_value()

    return types.void(*kinds), write


@intrinsic
def release_tiles(_context: Any) -> Any:
    """Clear the registers and end their use; see `TileWriter.release`."""

    def write(context: Any, build: ir.IRBuilder, _: Any, __: Sequence[Any]) -> Any:
        if TARGET.int8_tiles:
            TileWriter(build, TARGET).release()
        return context.get_dummy_value()

    return types.void(), write
