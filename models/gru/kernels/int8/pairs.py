"""bias + scale × (8-bit weights × states), two columns at a time; see `int8.matmul`.

All x86 processors have an instruction that multiplies pairs of 16-bit integers and adds both
products (PMADDWD). The instructions are written in the general form of LLVM, which recognizes
PMADDWD in it for every vector width, and SMLAL on AArch64. States of 8 bits are widened.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final, no_type_check

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

from gatewise.models.gru.kernels.compilation import compiled
from gatewise.models.gru.kernels.int8.panels import PANEL_ROWS, PANEL_VECTORS, PANELS_AT_ONCE
from gatewise.models.gru.kernels.simd_matmul import LANES, WIDTH
from gatewise.models.gru.kernels.simd_target import TARGET, SimdTarget
from gatewise.models.gru.kernels.vector_writer import VectorWriter, pointers

PAIR: Final = 2
"""Columns of a row that are packed side by side."""

_I8, _I16, _I32, _I64 = (ir.IntType(bits) for bits in (8, 16, 32, 64))


@dataclass(frozen=True)
class PairArguments:
    """The arguments of a product as LLVM values: pointers to numbers, and 64-bit integers.

    Attributes:
        weights: Packed 8-bit weights.
        offset: Index in `weights` at which the first vector begins.
        scale: What the integer sum of each row is multiplied by.
        bias: Biases.
        row: First row, by which scales and biases are read and results written.
        states: States as 16-bit integers, one after the other.
        depth: Length of a state, which is the number of columns of the weights.
        sums: Where the results are written.
        stride: Distance in `sums` from the first result of one state to that of the next.
    """

    weights: Any
    offset: Any
    scale: Any
    bias: Any
    row: Any
    states: Any
    depth: Any
    sums: Any
    stride: Any


class PairWriter(VectorWriter):
    """Writes the instructions of a product with an LLVM builder."""

    def __init__(self, builder: ir.IRBuilder, *, target: SimdTarget = TARGET) -> None:
        """Prepare for a target.

        Args:
            builder: Where the instructions are written.
            target: Instruction set.
        """
        super().__init__(builder, target)
        count = PAIR * target.width
        self._bytes, self._shorts, self._wide = (
            ir.VectorType(kind, count) for kind in (_I8, _I16, _I32)
        )
        # Without an instruction that adds the products of two columns, each column has sums.
        self._sums = self.ints if target.int16_dot_product else self._wide

    def write(self, arguments: PairArguments, *, rows: int, vectors: int) -> None:
        """Write the product of `rows` states with consecutive vectors of weights.

        Args:
            arguments: Where everything is read and written.
            rows: Number of states.
            vectors: Number of vectors: a part of a panel, or several panels.
        """
        width = self.target.width
        panel_rows, packed = _I64(PANEL_VECTORS * width), _I64(PAIR * width)
        panels, in_panel = -(-vectors // PANEL_VECTORS), min(vectors, PANEL_VECTORS)

        def add_columns(column: Any, sums: Sequence[Any]) -> Sequence[Any]:
            first = self.build.add(arguments.offset, self.build.mul(column, panel_rows))
            starts = self.arange(first, panels, self.build.mul(arguments.depth, panel_rows))
            places = [place for start in starts for place in self.arange(start, in_panel, packed)]
            weights = [
                self.build.sext(
                    self.load(arguments.weights, place, self._bytes, align=1), self._shorts
                )
                for place in places
            ]
            states = [
                self.build.bitcast(self.broadcast(arguments.states, place, self.ints), self._shorts)
                for place in self.arange(column, rows, arguments.depth)
            ]
            products = [self._products(*factors) for factors in product(states, weights)]
            return [self.build.add(*terms) for terms in zip(sums, products, strict=True)]

        places = self.arange(arguments.row, vectors, _I64(width))
        zeros = [ir.Constant(self._sums, None)] * (rows * len(places))
        sums = self.loop(zeros, arguments.depth, add_columns, step=PAIR)
        scales, biases = (
            [self.load(array, place, self.floats) for place in places] * rows
            for array in (arguments.scale, arguments.bias)
        )
        outputs = product(self.arange(_I64(0), rows, arguments.stride), places)
        for total, scale, bias, (start, place) in zip(sums, scales, biases, outputs, strict=True):
            number = self.build.sitofp(self._row_sums(total), self.floats)
            scaled = self.multiply_add(number, scale, bias)
            self.store(scaled, arguments.sums, self.build.add(start, place))

    def _products(self, state: Any, weight: Any) -> Any:
        """Write the products of 16-bit integers, of two columns together if the target can."""
        wide = [self.build.sext(factor, self._wide) for factor in (state, weight)]
        products = self.build.mul(*wide, flags=("nsw",))
        return self._add_columns(products) if self.target.int16_dot_product else products

    def _row_sums(self, sums: Any) -> Any:
        """Write the sums of whole rows, given those of `_products`."""
        return sums if self.target.int16_dot_product else self._add_columns(sums)

    def _add_columns(self, numbers: Any) -> Any:
        """Write the sums of each two neighbouring integers."""
        unused, count = ir.Constant(self._wide, ir.Undefined), PAIR * self.target.width
        columns = (
            self.build.shuffle_vector(
                numbers, unused, ir.Constant(self.ints, list(range(first, count, PAIR)))
            )
            for first in range(PAIR)
        )
        return self.build.add(*columns)


def _pair_product(rows: int, vectors: int) -> Any:
    """Make the product of `rows` states with so many vectors, for compiled code to call.

    Returns:
        A Numba intrinsic f(weights, offset, scale, bias, row, states, depth, sums, stride); its
        arguments are those of `PairArguments`, with arrays instead of pointers.
    """

    @intrinsic
    def matmul(
        _context: Any,
        weights: types.Array,
        offset: types.Type,
        scale: types.Array,
        bias: types.Array,
        row: types.Type,
        states: types.Array,
        depth: types.Type,
        sums: types.Array,
        stride: types.Type,
    ) -> Any:
        kinds = (weights, offset, scale, bias, row, states, depth, sums, stride)

        def write(context: Any, build: ir.IRBuilder, _: Any, values: Sequence[Any]) -> Any:
            arguments = PairArguments(*pointers(context, build, kinds, values))
            PairWriter(build).write(arguments, rows=rows, vectors=vectors)
            return context.get_dummy_value()

        return types.void(*kinds), write

    return matmul


_compiled = compiled()
_HALF_LANES: Final = LANES // 2
# Chosen such that all sums stay in registers.
_FEW_VECTORS = 2 if TARGET.int16_dot_product else 1
_SOME_VECTORS = 2 * _FEW_VECTORS
_MANY_VECTORS = PANEL_VECTORS * PANELS_AT_ONCE
_all_lanes = _pair_product(LANES, _FEW_VECTORS)
_half_lanes = _pair_product(_HALF_LANES, _SOME_VECTORS)
_one_lane = _pair_product(1, _MANY_VECTORS)


@no_type_check
def _as_shorts(states, rows):
    """Return the first `rows` states, at least, as 16-bit integers."""


@no_type_check
@overload(_as_shorts)
def _select_as_shorts(states, rows):  # noqa: ARG001
    def of_bytes(states, rows):
        shorts = np.empty(states.shape, np.int16)
        shorts[:rows] = states[:rows]
        return shorts

    def of_shorts(states, rows):  # noqa: ARG001
        return states

    return of_bytes if states.dtype == types.int8 else of_shorts


@no_type_check
@_compiled
def multiply_pairs(weights, scale, bias, states, depth, rows, sums):
    """Write bias + scale × (weights × states) for the first `rows` states.

    Args:
        weights: Packed 8-bit weights, in pairs of columns.
        scale: (N,) what the integer sum of each row is multiplied by.
        bias: (N,) biases.
        states: (L, D) states as 16-bit or 8-bit integers; L is at least LANES.
        depth: D, a multiple of PAIR.
        rows: Number of states to multiply, 1 to LANES; more may be multiplied.
        sums: (L, N), written.
    """
    stride, shorts = bias.size, _as_shorts(states, rows)
    vectors = _FEW_VECTORS if rows > _HALF_LANES else _SOME_VECTORS if rows > 1 else _MANY_VECTORS
    for row in range(0, stride, WIDTH * vectors):
        within = row % PANEL_ROWS
        offset = (row - within) * depth + within * PAIR
        if rows > _HALF_LANES:
            _all_lanes(weights, offset, scale, bias, row, shorts, depth, sums, stride)
        elif rows > 1:
            _half_lanes(weights, offset, scale, bias, row, shorts, depth, sums, stride)
        else:
            _one_lane(weights, offset, scale, bias, row, shorts, depth, sums, stride)
