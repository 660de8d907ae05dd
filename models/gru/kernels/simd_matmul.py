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

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from gatewise.models.gru.kernels.simd_target import TARGET, SimdTarget

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

_FLOAT, _I16, _I32, _I64 = ir.FloatType(), ir.IntType(16), ir.IntType(32), ir.IntType(64)


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


class MatmulWriter:
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
        self._build, self._target = builder, target
        self._pairs, self._states_bfloat16 = weights_bfloat16, states_bfloat16
        self._dot_product = states_bfloat16 and target.bfloat16_dot_product
        self._floats = ir.VectorType(_FLOAT, target.width)
        self._ints = ir.VectorType(_I32, target.width)

    def write(self, arguments: MatmulArguments, *, rows: int, panels: int) -> None:
        """Write the product of `rows` states with `panels` consecutive panels of weights.

        Each sum runs over the columns in order, whatever `rows` and `panels` are, so its value does
        not depend on what is multiplied beside it.
        """
        panel_rows = _I64(VECTORS_PER_PANEL * self._target.width)

        def add_column(column: Any, sums: Sequence[Any]) -> Sequence[Any]:
            first = self._build.add(arguments.offset, self._build.mul(column, panel_rows))
            starts = self._arange(first, panels, self._build.mul(arguments.depth, panel_rows))
            weights = self._load_weights(arguments.weights, starts)
            places = self._arange(column, rows, arguments.depth)
            for factors in map(product, self._load_states(arguments.states, places), weights):
                pairs = zip(sums, factors, strict=True)
                sums = [self._multiply_add(total, *factor) for total, factor in pairs]
            return sums

        places = self._arange(arguments.row, VECTORS_PER_PANEL * panels, _I64(self._target.width))
        biases = [self._load(arguments.bias, place, self._floats) for place in places]
        sums = self._loop(biases * rows, arguments.depth, add_column)
        outputs = product(self._arange(_I64(0), rows, arguments.stride), places)
        for vector, (start, place) in zip(sums, outputs, strict=True):
            self._store(vector, arguments.sums, self._build.add(start, place))

    def _arange(self, start: Any, count: int, step: Any) -> list[Any]:
        """Write start, start + step, start + 2 × step and so on."""
        multiples = (self._build.mul(_I64(number), step) for number in range(count))
        return [self._build.add(start, multiple) for multiple in multiples]

    def _load(self, array: Any, index: Any, kind: ir.Type) -> Any:
        """Load a value of some type from an array, beginning at number `index`."""
        pointer = self._build.bitcast(self._build.gep(array, [index]), kind.as_pointer())
        return self._build.load(pointer, align=2)

    def _store(self, vector: Any, array: Any, index: Any) -> None:
        """Store a vector of floats in an array, beginning at number `index`."""
        pointer = self._build.gep(array, [index])
        self._build.store(vector, self._build.bitcast(pointer, self._floats.as_pointer()), align=4)

    def _load_weights(self, array: Any, starts: Sequence[Any]) -> list[list[Any]]:
        """Load the vectors of one panel from each start, a list for every column."""
        width = self._target.width
        step, kind = (2 * width, self._ints) if self._pairs else (width, self._floats)
        places = [
            place
            for start in starts
            for place in self._arange(start, VECTORS_PER_PANEL, _I64(step))
        ]
        vectors = [self._load(array, place, kind) for place in places]
        return self._to_float32(vectors) if self._pairs and not self._dot_product else [vectors]

    def _load_states(self, array: Any, starts: Sequence[Any]) -> list[list[Any]]:
        """Load a number from each start into all of a vector, a list for every column."""
        if self._states_bfloat16:
            pairs = [self._broadcast(array, start, self._ints) for start in starts]
            return [pairs] if self._dot_product else self._to_float32(pairs)
        columns = [self._arange(start, 1 + self._pairs, _I64(1)) for start in starts]
        return [
            [self._broadcast(array, place, self._floats) for place in places]
            for places in zip(*columns, strict=True)
        ]

    def _multiply_add(self, total: Any, state: Any, weight: Any) -> Any:
        """Write total + state × weight; for pairs of bfloat16, both products are added."""
        if self._dot_product:
            bits = 32 * self._target.width
            pairs = _Bfloat16Vector(2 * self._target.width)
            name, kinds = f"llvm.x86.avx512bf16.dpbf16ps.{bits}", [self._floats, pairs, pairs]
            factors = [self._build.bitcast(factor, pairs) for factor in (state, weight)]
            return self._build.call(self._declare(name, kinds), [total, *factors])
        if self._target.fused_multiply_add:
            name, kinds = f"llvm.fma.v{self._target.width}f32", [self._floats] * 3
            return self._build.call(self._declare(name, kinds), [state, weight, total])
        return self._build.fadd(total, self._build.fmul(state, weight))

    def _loop(self, initial: Sequence[Any], depth: Any, body: Callable[[Any, Any], Any]) -> Any:
        """Write a loop over the columns.

        Args:
            initial: Sums before the first column.
            depth: Number of columns.
            body: Writes one iteration, from the column and the sums so far to the new sums.

        Returns:
            The sums after the last column.
        """
        before = self._build.block
        within, after = (self._build.append_basic_block(name) for name in ("column", "summed"))
        self._build.branch(within)
        self._build.position_at_end(within)
        column, *sums = phis = [self._build.phi(value.type) for value in (_I64(0), *initial)]
        new_sums = body(column, sums)
        next_column = self._build.add(column, _I64(1 + self._pairs))
        for phi, first, following in zip(
            phis, [_I64(0), *initial], [next_column, *new_sums], strict=True
        ):
            phi.add_incoming(first, before)
            phi.add_incoming(following, within)
        self._build.cbranch(self._build.icmp_signed("<", next_column, depth), within, after)
        self._build.position_at_end(after)
        return new_sums

    def _broadcast(self, array: Any, index: Any, kind: ir.VectorType) -> Any:
        """Load one element into all of a vector."""
        empty = ir.Constant(kind, ir.Undefined)
        value = self._load(array, index, kind.element)
        single = self._build.insert_element(empty, value, _I32(0))
        mask = ir.Constant(self._ints, [0] * self._target.width)
        return self._build.shuffle_vector(single, empty, mask)

    def _to_float32(self, vectors: Sequence[Any]) -> list[list[Any]]:
        """Convert vectors of bfloat16 pairs into first numbers and second numbers."""
        sixteen, upper_half = (
            ir.Constant(self._ints, [number] * self._target.width) for number in (16, -(1 << 16))
        )
        firsts = [self._build.shl(pairs, sixteen) for pairs in vectors]
        seconds = [self._build.and_(pairs, upper_half) for pairs in vectors]
        return [[self._build.bitcast(v, self._floats) for v in part] for part in (firsts, seconds)]

    def _declare(self, name: str, kinds: list[ir.Type]) -> ir.Function:
        """Declare an LLVM intrinsic with these parameters, whose result has the first type."""
        module, function_type = self._build.module, ir.FunctionType(kinds[0], kinds)
        return module.globals.get(name) or ir.Function(module, function_type, name)


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
            arguments = (
                context.make_array(kind)(context, build, value).data
                if isinstance(kind, types.Array)
                else value
                for kind, value in zip(kinds, values, strict=True)
            )
            writer = MatmulWriter(
                build, weights_bfloat16=weights_bfloat16, states_bfloat16=states_bfloat16
            )
            writer.write(MatmulArguments(*arguments), rows=rows, panels=panels)
            return context.get_dummy_value()

        return types.void(*kinds), write

    return matmul


@intrinsic
def store_number(_context: Any, array: types.Array, index: types.Type, number: types.Type) -> Any:
    """Store a float32 in an array of float32, or rounded in an array of bfloat16 (uint16)."""
    kind = array

    def write(context: Any, build: ir.IRBuilder, _: Any, values: Sequence[Any]) -> Any:
        array, index, number = values
        if kind.dtype == types.uint16:
            bits = build.bitcast(number, _I32)
            odd = build.and_(build.lshr(bits, _I32(16)), _I32(1))
            nearest = build.add(bits, build.add(odd, _I32(0x7FFF)))  # ties to even
            number = build.trunc(build.lshr(nearest, _I32(16)), _I16)
        data = context.make_array(kind)(context, build, array).data
        build.store(number, build.gep(data, [index]))
        return context.get_dummy_value()

    return types.void(array, index, number), write
