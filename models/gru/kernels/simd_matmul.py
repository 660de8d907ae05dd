"""bias + weights × states, written as LLVM vector instructions.

Compilers do not find the fast form of this product. It keeps the sums of several states with
several vectors of weights in registers during the whole loop over the columns: a weight that has
been loaded is then used for all states, and a state for all vectors of weights.

The types follow from the arrays: weights are float32, or bfloat16 in pairs of two columns, as
uint16; with the latter, states are float32 or bfloat16. A bfloat16 is the upper half of a float32,
so it is converted by a shift; processors with AVX512-BF16 multiply it without conversion.

The tests run the vector shapes of all targets (see `simd_target`) on the processor at hand. Machine
code for AArch64, AVX-512 and AVX512-BF16 is generated and inspected by the tests on every machine,
but executed only on a processor that has these instructions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from gatewise.models.gru.kernels.simd_target import TARGET, SimdTarget
from gatewise.models.gru.kernels.vector_writer import VectorWriter, pointers

WIDTH: Final = TARGET.width
"""float32 numbers in a vector."""
VECTORS_PER_PANEL: Final = 3
"""Vectors of weights, of consecutive rows, that are multiplied by the same state at a time."""
PANEL_ROWS: Final = VECTORS_PER_PANEL * WIDTH
"""Rows of weights that are packed together."""
LANES: Final = TARGET.lanes
"""States that are multiplied side by side."""
PANELS_AT_ONCE: Final = 4
"""Panels that a single state is multiplied by at a time; packed weights have a multiple of it."""
STATE_STEPS: Final[Mapping[type[np.signedinteger], int]] = {np.int16: 1 << 14, np.int8: 127}
"""Integer that represents a state of 1, by the type of the integers."""

_FLOAT, _I8, _I16, _I32, _I64 = ir.FloatType(), *(ir.IntType(bits) for bits in (8, 16, 32, 64))


class _Bfloat16Vector(ir.VectorType):  # type: ignore[misc]
    """A vector of bfloat16, a type that llvmlite lacks."""

    def __init__(self, count: int) -> None:
        super().__init__(_I16, count)

    def _to_string(self) -> str:
        return f"<{self.count} x bfloat>"

    __str__ = _to_string


@dataclass(frozen=True)
class MatmulArguments:
    """The arguments of a product as LLVM values: pointers to numbers, and 64-bit integers.

    Attributes:
        weights: Packed weights.
        offset: Index in `weights` at which the first panel begins.
        bias: Biases.
        row: First row of the panels, by which biases are read and sums written.
        states: States, one after the other.
        depth: Length of a state, which is the number of columns of the weights.
        sums: Where the sums are written.
        stride: Distance in `sums` from the first sum of one state to that of the next.
    """

    weights: Any
    offset: Any
    bias: Any
    row: Any
    states: Any
    depth: Any
    sums: Any
    stride: Any


class MatmulWriter(VectorWriter):
    """Writes the instructions of a product with an LLVM builder."""

    def __init__(
        self,
        builder: ir.IRBuilder,
        *,
        weights_bfloat16: bool,
        states_bfloat16: bool,
        target: SimdTarget = TARGET,
    ) -> None:
        """Prepare for one combination of types.

        Args:
            builder: Where the instructions are written.
            weights_bfloat16: Whether weights are pairs of bfloat16 rather than float32.
            states_bfloat16: Whether states are bfloat16 rather than float32.
            target: Instruction set.
        """
        super().__init__(builder, target)
        self._pairs, self._states_bfloat16 = weights_bfloat16, states_bfloat16
        self._dot_product = states_bfloat16 and target.bfloat16_dot_product

    def write(self, arguments: MatmulArguments, *, rows: int, panels: int) -> None:
        """Write the product of `rows` states with `panels` consecutive panels of weights.

        Each sum runs over the columns in order, whatever `rows` and `panels` are, so its value does
        not depend on what is multiplied beside it.
        """
        panel_rows = _I64(VECTORS_PER_PANEL * self.target.width)

        def add_column(column: Any, sums: Sequence[Any]) -> Sequence[Any]:
            first = self.build.add(arguments.offset, self.build.mul(column, panel_rows))
            starts = self.arange(first, panels, self.build.mul(arguments.depth, panel_rows))
            weights = self._load_weights(arguments.weights, starts)
            places = self.arange(column, rows, arguments.depth)
            for factors in map(product, self._load_states(arguments.states, places), weights):
                pairs = zip(sums, factors, strict=True)
                sums = [self._multiply_add(total, *factor) for total, factor in pairs]
            return sums

        places = self.arange(arguments.row, VECTORS_PER_PANEL * panels, _I64(self.target.width))
        biases = [self.load(arguments.bias, place, self.floats) for place in places]
        step = 1 + self._pairs
        sums = self.loop(biases * rows, arguments.depth, add_column, step=step)
        outputs = product(self.arange(_I64(0), rows, arguments.stride), places)
        for vector, (start, place) in zip(sums, outputs, strict=True):
            self.store(vector, arguments.sums, self.build.add(start, place))

    def _load_weights(self, array: Any, starts: Sequence[Any]) -> list[list[Any]]:
        """Load the vectors of one panel from each start, a list for every column."""
        width = self.target.width
        step, kind = (2 * width, self.ints) if self._pairs else (width, self.floats)
        places = [
            place for start in starts for place in self.arange(start, VECTORS_PER_PANEL, _I64(step))
        ]
        vectors = [self.load(array, place, kind) for place in places]
        return self._to_float32(vectors) if self._pairs and not self._dot_product else [vectors]

    def _load_states(self, array: Any, starts: Sequence[Any]) -> list[list[Any]]:
        """Load a number from each start into all of a vector, a list for every column."""
        if self._states_bfloat16:
            pairs = [self.broadcast(array, start, self.ints) for start in starts]
            return [pairs] if self._dot_product else self._to_float32(pairs)
        columns = [self.arange(start, 1 + self._pairs, _I64(1)) for start in starts]
        return [
            [self.broadcast(array, place, self.floats) for place in places]
            for places in zip(*columns, strict=True)
        ]

    def _multiply_add(self, total: Any, state: Any, weight: Any) -> Any:
        """Write total + state × weight; for pairs of bfloat16, both products are added."""
        if self._dot_product:
            bits = 32 * self.target.width
            pairs = _Bfloat16Vector(2 * self.target.width)
            name, kinds = f"llvm.x86.avx512bf16.dpbf16ps.{bits}", [self.floats, pairs, pairs]
            factors = [self.build.bitcast(factor, pairs) for factor in (state, weight)]
            return self.build.call(self.declare(name, kinds), [total, *factors])
        if self.target.fused_multiply_add:
            return self.build.call(self.fused_multiply_add(), [state, weight, total])
        return self.build.fadd(total, self.build.fmul(state, weight))

    def _to_float32(self, vectors: Sequence[Any]) -> list[list[Any]]:
        """Convert vectors of bfloat16 pairs into first numbers and second numbers."""
        sixteen, upper_half = (
            ir.Constant(self.ints, [number] * self.target.width) for number in (16, -(1 << 16))
        )
        firsts = [self.build.shl(pairs, sixteen) for pairs in vectors]
        seconds = [self.build.and_(pairs, upper_half) for pairs in vectors]
        return [[self.build.bitcast(v, self.floats) for v in part] for part in (firsts, seconds)]


def matmul_intrinsic(rows: int, panels: int) -> Any:
    """Make the product of `rows` states with `panels` panels of weights, for compiled code to call.

    Args:
        rows: Number of states.
        panels: Number of panels, of `PANEL_ROWS` rows each.

    Returns:
        A Numba intrinsic f(weights, offset, bias, row, states, depth, sums, stride); its arguments
        are those of `MatmulArguments`, with arrays instead of pointers.
    """

    @intrinsic
    def matmul(
        _context: Any,
        weights: types.Array,
        offset: types.Type,
        bias: types.Array,
        row: types.Type,
        states: types.Array,
        depth: types.Type,
        sums: types.Array,
        stride: types.Type,
    ) -> Any:
        kinds = (weights, offset, bias, row, states, depth, sums, stride)
        weights_bfloat16 = weights.dtype == types.uint16
        states_bfloat16 = states.dtype == types.uint16

        def write(context: Any, build: ir.IRBuilder, _: Any, values: Sequence[Any]) -> Any:
            arguments = MatmulArguments(*pointers(context, build, kinds, values))
            writer = MatmulWriter(
                build, weights_bfloat16=weights_bfloat16, states_bfloat16=states_bfloat16
            )
            writer.write(arguments, rows=rows, panels=panels)
            return context.get_dummy_value()

        return types.void(*kinds), write

    return matmul


@intrinsic
def store_number(_context: Any, array: types.Array, index: types.Type, number: types.Type) -> Any:
    """Store a float32 as the type of an array: float32, bfloat16 (uint16), or an integer.

    An integer is the nearest multiple of 1 / STATE_STEPS of its type, between −1 and 1; NaN becomes
    1.
    """
    kind = array

    def write(context: Any, build: ir.IRBuilder, _: Any, values: Sequence[Any]) -> Any:
        array, index, number = values
        if kind.dtype == types.uint16:
            number = _round_to_bfloat16(build, number)
        elif kind.dtype == types.int16:
            number = build.trunc(_round_to_steps(build, number, STATE_STEPS[np.int16]), _I16)
        elif kind.dtype == types.int8:
            number = build.trunc(_round_to_steps(build, number, STATE_STEPS[np.int8]), _I8)
        data = context.make_array(kind)(context, build, array).data
        build.store(number, build.gep(data, [index]))
        return context.get_dummy_value()

    return types.void(array, index, number), write


def _round_to_bfloat16(build: ir.IRBuilder, number: Any) -> Any:
    """Write the upper 16 bits of the nearest bfloat16, ties to even."""
    bits = build.bitcast(number, _I32)
    odd = build.and_(build.lshr(bits, _I32(16)), _I32(1))
    nearest = build.add(bits, build.add(odd, _I32(0x7FFF)))
    return build.trunc(build.lshr(nearest, _I32(16)), _I16)


def _round_to_steps(build: ir.IRBuilder, number: Any, most: int) -> Any:
    """Write the nearest 32-bit integer to number × most, ties to even, of at most this size."""
    steps = build.fmul(number, _FLOAT(float(most)))
    for comparison, limit in (("<", most), (">", -most)):
        bound = _FLOAT(float(limit))
        steps = build.select(build.fcmp_ordered(comparison, steps, bound), steps, bound)
    name, function_type = "llvm.rint.f32", ir.FunctionType(_FLOAT, [_FLOAT])
    rint = build.module.globals.get(name) or ir.Function(build.module, function_type, name)
    return build.fptosi(build.call(rint, [steps]), _I32)
