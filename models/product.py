"""bias + weights × states in the processor's vectors, written instruction by instruction.

A compiler does not find the fast form of this product by itself. The sums of several rows of
states with several vectors of weights must all stay in registers while one goes along the columns:
then a weight that has been fetched serves every row, and a state every vector.

Kinds, by the type of the arrays: weights float32, or bfloat16 as pairs of 16 bits in uint16, two
columns at a time; with those, states float32 or bfloat16. bfloat16 is the upper half of a float32,
so that widening it is a shift; some processors multiply it as it is.

`kernel.py` compiles this in, and what it compiled is cached until kernel.py itself is saved anew:
do that after a change here.
"""

from collections.abc import Callable, Sequence
from itertools import product as product_of_sets
from typing import Any, Final

from llvmlite import binding, ir
from numba import types
from numba.extending import intrinsic

_FEATURES = binding.get_host_cpu_features()
_WIDE: Final = bool(_FEATURES.get("avx512f"))
_MULTIPLIES_BFLOAT16: Final = _WIDE and bool(_FEATURES.get("avx512bf16"))

WIDTH: Final = 16 if _WIDE else 8
"""Numbers in a vector."""
PANEL: Final = 3 * WIDTH
"""Rows of weights that are packed together."""
LANES: Final = 8 if _WIDE else 4
"""Rows of states side by side: with a panel of sums for each, they fill the registers."""
PANELS_AT_ONCE: Final = 4
"""Panels that a lone row sums side by side; packed weights come in multiples of as many."""

_FLOAT, _I16, _I32, _I64 = ir.FloatType(), ir.IntType(16), ir.IntType(32), ir.IntType(64)
_FLOATS, _INTS = ir.VectorType(_FLOAT, WIDTH), ir.VectorType(_I32, WIDTH)


class _Bfloat16s(ir.VectorType):  # type: ignore[misc]
    """A vector of bfloat16, a type that llvmlite has no name for."""

    def __init__(self) -> None:
        super().__init__(_I16, 2 * WIDTH)

    def _to_string(self) -> str:
        return f"<{self.count} x bfloat>"

    __str__ = _to_string


class _Writer:
    """Writes the instructions of one product, for one combination of kinds."""

    def __init__(self, builder: ir.IRBuilder, *, weights: types.Type, states: types.Type) -> None:
        self.build = builder
        self.pairs, self._rounded = weights == types.uint16, states == types.uint16
        self._as_it_is = self._rounded and _MULTIPLIES_BFLOAT16

    def spread(self, base: Any, count: int, distance: Any) -> list[Any]:
        """Write base, base + distance, base + 2 × distance and so on."""
        multiples = (self.build.mul(_I64(number), distance) for number in range(count))
        return [self.build.add(base, multiple) for multiple in multiples]

    def read(self, array: Any, index: Any, kind: ir.Type) -> Any:
        """Read what begins at a number of an array, as a value of some kind."""
        pointer = self.build.bitcast(self.build.gep(array, [index]), kind.as_pointer())
        return self.build.load(pointer, align=2)

    def store(self, vector: Any, array: Any, index: Any) -> None:
        """Write a vector into an array, from a number on."""
        pointer = self.build.gep(array, [index])
        self.build.store(vector, self.build.bitcast(pointer, _FLOATS.as_pointer()), align=4)

    def weights(self, array: Any, starts: Sequence[Any]) -> list[list[Any]]:
        """Read three vectors from every start: all of a column, then all of the next."""
        step, kind = (2 * WIDTH, _INTS) if self.pairs else (WIDTH, _FLOATS)
        places = [place for start in starts for place in self.spread(start, 3, _I64(step))]
        vectors = [self.read(array, place, kind) for place in places]
        return self._widened(vectors) if self.pairs and not self._as_it_is else [vectors]

    def states(self, array: Any, starts: Sequence[Any]) -> list[list[Any]]:
        """Read a number from every start into all of a vector, by column as `weights` are."""
        if self._rounded:
            pairs = [self._everywhere(array, start, _INTS) for start in starts]
            return [pairs] if self._as_it_is else self._widened(pairs)
        columns = [self.spread(start, 1 + self.pairs, _I64(1)) for start in starts]
        return [
            [self._everywhere(array, place, _FLOATS) for place in places]
            for places in zip(*columns, strict=True)
        ]

    def add_product(self, total: Any, state: Any, weight: Any) -> Any:
        """Write total + state × weight; of pairs of bfloat16, both products are added."""
        if state.type == _FLOATS:
            name, kinds = f"llvm.fma.v{WIDTH}f32", [_FLOATS] * 3
            return self.build.call(self._declared(name, kinds), [state, weight, total])
        name, kind = f"llvm.x86.avx512bf16.dpbf16ps.{32 * WIDTH}", _Bfloat16s()
        factors = [self.build.bitcast(factor, kind) for factor in (state, weight)]
        return self.build.call(self._declared(name, [_FLOATS, kind, kind]), [total, *factors])

    def loop(self, initial: Sequence[Any], depth: Any, body: Callable[[Any, Any], Any]) -> Any:
        """Write a loop over the columns, which `body(column, totals)` sums up; answer the sums."""
        before = self.build.block
        within, after = (self.build.append_basic_block(name) for name in ("column", "summed"))
        self.build.branch(within)
        self.build.position_at_end(within)
        column, *totals = phis = [self.build.phi(value.type) for value in (_I64(0), *initial)]
        sums = body(column, totals)
        following = self.build.add(column, _I64(1 + self.pairs))
        for phi, first, next_ in zip(phis, [_I64(0), *initial], [following, *sums], strict=True):
            phi.add_incoming(first, before)
            phi.add_incoming(next_, within)
        self.build.cbranch(self.build.icmp_signed("<", following, depth), within, after)
        self.build.position_at_end(after)
        return sums

    def _everywhere(self, array: Any, index: Any, kind: ir.VectorType) -> Any:
        empty = ir.Constant(kind, ir.Undefined)
        value = self.read(array, index, kind.element)
        single = self.build.insert_element(empty, value, _I32(0))
        return self.build.shuffle_vector(single, empty, ir.Constant(_INTS, [0] * WIDTH))

    def _widened(self, vectors: Sequence[Any]) -> list[list[Any]]:
        sixteen, upper_half = (ir.Constant(_INTS, [n] * WIDTH) for n in (16, -(1 << 16)))
        firsts = [self.build.shl(pairs, sixteen) for pairs in vectors]
        seconds = [self.build.and_(pairs, upper_half) for pairs in vectors]
        return [[self.build.bitcast(v, _FLOATS) for v in part] for part in (firsts, seconds)]

    def _declared(self, name: str, kinds: list[ir.Type]) -> ir.Function:
        module, function_type = self.build.module, ir.FunctionType(kinds[0], kinds)
        return module.globals.get(name) or ir.Function(module, function_type, name)


def product(rows: int, panels: int) -> Any:
    """Make the product of `rows` states with `panels` panels of weights, for compiled code to call.

        f(weights, start, bias, at, states, depth, sums, stride)

    reads weights from number `start` on, biases from `at` on, and `depth` numbers of each state; it
    writes sums from `at` on, those of the next state `stride` numbers further. Each sum runs over
    the columns in order: it comes out the same, to the bit, in whatever company.
    """

    @intrinsic
    def multiply(
        _context: Any,
        weights: types.Array,
        start: types.Type,
        bias: types.Array,
        at: types.Type,
        states: types.Array,
        depth: types.Type,
        sums: types.Array,
        stride: types.Type,
    ) -> Any:
        kinds = (weights, start, bias, at, states, depth, sums, stride)

        def write(context: Any, build: ir.IRBuilder, _: Any, values: Sequence[Any]) -> Any:
            weights, start, bias, at, states, depth, sums, stride = (
                context.make_array(kind)(context, build, value).data
                if isinstance(kind, types.Array)
                else value
                for kind, value in zip(kinds, values, strict=True)
            )
            writer = _Writer(build, weights=kinds[0].dtype, states=kinds[4].dtype)

            def add_column(column: Any, totals: Sequence[Any]) -> Sequence[Any]:
                first = build.add(start, build.mul(column, _I64(PANEL)))
                starts = writer.spread(first, panels, build.mul(depth, _I64(PANEL)))
                weight_parts = writer.weights(weights, starts)
                state_parts = writer.states(states, writer.spread(column, rows, depth))
                for factors in map(product_of_sets, state_parts, weight_parts):
                    added = zip(totals, factors, strict=True)
                    totals = [writer.add_product(total, *pair) for total, pair in added]
                return totals

            places = writer.spread(at, 3 * panels, _I64(WIDTH))
            biases = [writer.read(bias, place, _FLOATS) for place in places]
            totals = writer.loop(biases * rows, depth, add_column)
            targets = product_of_sets(writer.spread(_I64(0), rows, stride), places)
            for total, (row, place) in zip(totals, targets, strict=True):
                writer.store(total, sums, build.add(row, place))
            return context.get_dummy_value()

        return types.void(*kinds), write

    return multiply


@intrinsic
def put(_context: Any, array: types.Array, index: types.Type, number: types.Type) -> Any:
    """Write a float32 into an array: as it is, or rounded if the array is of bfloat16."""
    kind = array

    def write(context: Any, build: ir.IRBuilder, _: Any, values: Sequence[Any]) -> Any:
        array, index, number = values
        if kind.dtype == types.uint16:
            bits = build.bitcast(number, _I32)
            odd = build.and_(build.lshr(bits, _I32(16)), _I32(1))
            nearest = build.add(bits, build.add(odd, _I32(0x7FFF)))  # or the even one of two
            number = build.trunc(build.lshr(nearest, _I32(16)), _I16)
        data = context.make_array(kind)(context, build, array).data
        build.store(number, build.gep(data, [index]))
        return context.get_dummy_value()

    return types.void(array, index, number), write
