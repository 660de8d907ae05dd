"""bias + scale × (8-bit weights × states), four columns at a time; see `int8.matmul`.

VPDPBUSD, of processors with VNNI, multiplies four 8-bit integers by four others, and adds all four
products to a sum of 32 bits. Weights need not be widened first, as they are for pairs of columns.

A state of 16 bits is split into two pieces with a sign, s = 256 × upper + lower, and each is
multiplied by the weights. The first factor of the instruction must not have a sign, so 128 is added
to every weight when it is packed, and 128 times the sum of a state is subtracted from each of its
results. Sums may exceed 32 bits before that; they wrap around, so the result is exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Final, no_type_check

import numpy as np
from jaxtyping import Int8
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from gatewise.models.gru.kernels.compilation import compiled
from gatewise.models.gru.kernels.int8.panels import PANEL_ROWS, PANEL_VECTORS, PANELS_AT_ONCE
from gatewise.models.gru.kernels.int8.pieces import OFFSET, PIECE_BITS, signed_pieces
from gatewise.models.gru.kernels.simd_matmul import LANES, WIDTH
from gatewise.models.gru.kernels.simd_target import TARGET
from gatewise.models.gru.kernels.vector_writer import VectorWriter, pointers

QUAD: Final = 4
"""Columns of a row that are packed side by side."""

_I64 = ir.IntType(64)


def without_sign(numbers: Int8[np.ndarray, "N C"]) -> Int8[np.ndarray, "N C"]:
    """Add 128 to weights, so that their bits are those of integers from 0 to 255."""
    return (numbers.view(np.uint8) + np.uint8(OFFSET)).view(np.int8)


@dataclass(frozen=True)
class QuadArguments:
    """The arguments of a product as LLVM values: pointers to numbers, and 64-bit integers.

    Attributes:
        weights: Packed weights, without a sign.
        offset: Index in `weights` at which the first vector begins.
        scale: What the integer sum of each row is multiplied by.
        bias: Biases.
        row: First row, by which scales and biases are read and results written.
        lane: Index of the first state.
        pieces: 8-bit pieces of states, the upper ones of all states first.
        piece_size: Distance in `pieces` from the upper pieces to the lower ones.
        corrections: What is added to the integer sums of each state, as 32-bit integers.
        depth: Length of a state, which is the number of columns of the weights.
        sums: Where the results are written.
        stride: Distance in `sums` from the first result of one state to that of the next.
    """

    weights: Any
    offset: Any
    scale: Any
    bias: Any
    row: Any
    lane: Any
    pieces: Any
    piece_size: Any
    corrections: Any
    depth: Any
    sums: Any
    stride: Any


class QuadWriter(VectorWriter):
    """Writes the instructions of a product with an LLVM builder."""

    def write(self, arguments: QuadArguments, *, rows: int, vectors: int, piece_count: int) -> None:
        """Write the product of `rows` states with consecutive vectors of weights.

        Args:
            arguments: Where everything is read and written.
            rows: Number of states.
            vectors: Number of vectors: a part of a panel, or several panels.
            piece_count: Number of pieces of a state, 1 or 2.
        """
        width = self.target.width
        panel = self.build.mul(arguments.depth, _I64(PANEL_VECTORS * width))
        at_once = min(vectors, 2 * self.target.lanes // (rows * piece_count))
        for first in range(0, vectors, at_once):  # all sums of a part stay in registers
            panels, in_panel = divmod(first, PANEL_VECTORS)
            before = self.build.add(
                self.build.mul(_I64(panels), panel), _I64(in_panel * QUAD * width)
            )
            part = replace(
                arguments,
                offset=self.build.add(arguments.offset, before),
                row=self.build.add(arguments.row, _I64(first * width)),
            )
            sums = self._write_sums(part, rows, at_once, piece_count)
            self._write_results(part, sums)

    def _write_sums(
        self, arguments: QuadArguments, rows: int, vectors: int, piece_count: int
    ) -> list[Sequence[Any]]:
        """Write the integer sums, a list for each state with one vector for each of weights."""
        width = self.target.width
        panel_rows, packed = _I64(PANEL_VECTORS * width), _I64(QUAD * width)
        panels, in_panel = -(-vectors // PANEL_VECTORS), min(vectors, PANEL_VECTORS)
        first_state = self.build.mul(arguments.lane, arguments.depth)
        places_of_pieces = [
            place
            for start in self.arange(first_state, piece_count, arguments.piece_size)
            for place in self.arange(start, rows, arguments.depth)
        ]

        def add_columns(column: Any, sums: Sequence[Any]) -> Sequence[Any]:
            first = self.build.add(arguments.offset, self.build.mul(column, panel_rows))
            starts = self.arange(first, panels, self.build.mul(arguments.depth, panel_rows))
            places = [place for start in starts for place in self.arange(start, in_panel, packed)]
            weights = [self.load(arguments.weights, place, self.ints) for place in places]
            pieces = [
                self.broadcast(arguments.pieces, self.build.add(place, column), self.ints)
                for place in places_of_pieces
            ]
            factors = product(pieces, weights)
            return [self._dot(total, *pair) for total, pair in zip(sums, factors, strict=True)]

        zeros = [ir.Constant(self.ints, None)] * (piece_count * rows * vectors)
        sums = self.loop(zeros, arguments.depth, add_columns, step=QUAD)
        upper, lower = sums[: rows * vectors], sums[rows * vectors :]
        if lower:
            bits = ir.Constant(self.ints, [PIECE_BITS] * width)
            pairs = zip(upper, lower, strict=True)
            upper = [self.build.add(self.build.shl(high, bits), low) for high, low in pairs]
        return [upper[first : first + vectors] for first in range(0, len(upper), vectors)]

    def _write_results(self, arguments: QuadArguments, sums: Sequence[Sequence[Any]]) -> None:
        """Write bias + scale × (sum + correction) for every state and vector."""
        places = self.arange(arguments.row, len(sums[0]), _I64(self.target.width))
        scales, biases = (
            [self.load(array, place, self.floats) for place in places]
            for array in (arguments.scale, arguments.bias)
        )
        lanes = self.arange(arguments.lane, len(sums), _I64(1))
        for lane, totals in zip(lanes, sums, strict=True):
            start = self.build.mul(lane, arguments.stride)
            correction = self.broadcast(arguments.corrections, lane, self.ints)
            for place, total, scale, bias in zip(places, totals, scales, biases, strict=True):
                number = self.build.sitofp(self.build.add(total, correction), self.floats)
                result = self.multiply_add(number, scale, bias)
                self.store(result, arguments.sums, self.build.add(start, place))

    def _dot(self, total: Any, state: Any, weight: Any) -> Any:
        """Write total + the products of each four weights without a sign with four states."""
        name = f"llvm.x86.avx512.vpdpbusd.{32 * self.target.width}"
        return self.build.call(self.declare(name, [self.ints] * 3), [total, weight, state])


def _quad_product(rows: int, vectors: int) -> Any:
    """Make the product of `rows` states with so many vectors, for compiled code to call.

    Returns:
        A Numba intrinsic whose arguments are those of `QuadArguments`, with arrays instead of
        pointers, and `pieces` as `signed_pieces` returns them. On a processor without the
        instruction, for which LLVM has no code, it writes nothing.
    """

    @intrinsic
    def matmul(
        _context: Any,
        weights: types.Array,
        offset: types.Type,
        scale: types.Array,
        bias: types.Array,
        row: types.Type,
        lane: types.Type,
        pieces: types.Array,
        piece_size: types.Type,
        corrections: types.Array,
        depth: types.Type,
        sums: types.Array,
        stride: types.Type,
    ) -> Any:
        kinds = (
            weights, offset, scale, bias, row, lane, pieces, piece_size, corrections, depth, sums,
            stride,
        )  # fmt: skip

        def write(context: Any, build: ir.IRBuilder, _: Any, values: Sequence[Any]) -> Any:
            piece_count = pieces.ndim - 1  # (L, D) or (2, L, D)
            if TARGET.int8_dot_product:
                arguments = QuadArguments(*pointers(context, build, kinds, values))
                QuadWriter(build, TARGET).write(
                    arguments, rows=rows, vectors=vectors, piece_count=piece_count
                )
            return context.get_dummy_value()

        return types.void(*kinds), write

    return matmul


_compiled = compiled()


_HALF_LANES: Final = LANES // 2
_FEWEST_IN_HALF: Final = max(2, _HALF_LANES - 1)
_FEW_VECTORS, _SOME_VECTORS, _MANY_VECTORS = 2, 4, PANEL_VECTORS * PANELS_AT_ONCE
_all_lanes = _quad_product(LANES, _FEW_VECTORS)
_half_lanes = _quad_product(_HALF_LANES, _SOME_VECTORS)
_one_lane = _quad_product(1, _MANY_VECTORS)


@no_type_check
@_compiled
def _multiply_from(lane, count, weights, scale, bias, pieces, corrections, depth, sums):
    """Multiply `count` states, beginning with number `lane`; LANES, half of them, or one."""
    stride, size = bias.size, LANES * depth
    vectors = (
        _FEW_VECTORS if count == LANES else _SOME_VECTORS if count == _HALF_LANES else _MANY_VECTORS
    )
    for row in range(0, stride, WIDTH * vectors):
        within = row % PANEL_ROWS
        offset = (row - within) * depth + within * QUAD
        if count == LANES:
            _all_lanes(
                weights, offset, scale, bias, row, lane, pieces, size, corrections, depth, sums,
                stride,
            )  # fmt: skip
        elif count == _HALF_LANES:
            _half_lanes(
                weights, offset, scale, bias, row, lane, pieces, size, corrections, depth, sums,
                stride,
            )  # fmt: skip
        else:
            _one_lane(
                weights, offset, scale, bias, row, lane, pieces, size, corrections, depth, sums,
                stride,
            )  # fmt: skip


@no_type_check
@_compiled
def multiply_quads(weights, scale, bias, states, depth, rows, sums):
    """Write bias + scale × (weights × states) for the first `rows` states.

    Only for a target with `int8_dot_product`; for others, nothing is written.

    Args:
        weights: Packed 8-bit weights without a sign, in quads of columns.
        scale: (N,) what the integer sum of each row is multiplied by.
        bias: (N,) biases.
        states: (L, D) states as 16-bit or 8-bit integers; L is at least LANES.
        depth: D, a multiple of QUAD.
        rows: Number of states to multiply, 1 to LANES; more may be multiplied.
        sums: (L, N), written.
    """
    pieces, corrections = signed_pieces(states, depth, rows)
    lane = 0
    while lane < rows:
        left = rows - lane  # one unused lane takes less time than the others one by one
        count = LANES if left >= LANES - 1 else _HALF_LANES if left >= _FEWEST_IN_HALF else 1
        _multiply_from(lane, count, weights, scale, bias, pieces, corrections, depth, sums)
        lane += count
