"""What all products need of LLVM: loads, stores and loops over vectors of a target's width."""

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba import types

from gatewise.models.gru.kernels.simd_target import SimdTarget

_FLOAT, _I32, _I64 = ir.FloatType(), ir.IntType(32), ir.IntType(64)


class VectorWriter:
    """Writes vector instructions with an LLVM builder.

    Attributes:
        build: The builder.
        target: Instruction set.
        floats: Type of a vector of float32.
        ints: Type of a vector of 32-bit integers.
    """

    def __init__(self, builder: ir.IRBuilder, target: SimdTarget) -> None:
        """Prepare to write with a builder.

        Args:
            builder: Where the instructions are written.
            target: Instruction set.
        """
        self.build, self.target = builder, target
        self.floats = ir.VectorType(_FLOAT, target.width)
        self.ints = ir.VectorType(_I32, target.width)

    def arange(self, start: Any, count: int, step: Any) -> list[Any]:
        """Write start, start + step, start + 2 × step and so on."""
        multiples = (self.build.mul(_I64(number), step) for number in range(count))
        return [self.build.add(start, multiple) for multiple in multiples]

    def load(self, array: Any, index: Any, kind: ir.Type, *, align: int = 2) -> Any:
        """Load a value of some type from an array, beginning at number `index`."""
        pointer = self.build.bitcast(self.build.gep(array, [index]), kind.as_pointer())
        return self.build.load(pointer, align=align)

    def store(self, vector: Any, array: Any, index: Any) -> None:
        """Store a vector of floats in an array, beginning at number `index`."""
        pointer = self.build.gep(array, [index])
        self.build.store(vector, self.build.bitcast(pointer, self.floats.as_pointer()), align=4)

    def broadcast(self, array: Any, index: Any, kind: ir.VectorType) -> Any:
        """Load one element into all of a vector."""
        empty = ir.Constant(kind, ir.Undefined)
        value = self.load(array, index, kind.element)
        single = self.build.insert_element(empty, value, _I32(0))
        mask = ir.Constant(self.ints, [0] * self.target.width)
        return self.build.shuffle_vector(single, empty, mask)

    def loop(
        self, initial: Sequence[Any], end: Any, body: Callable[[Any, Any], Any], *, step: int
    ) -> Any:
        """Write a loop over 0, `step`, 2 × `step` and so on, below `end`; it runs at least once.

        Args:
            initial: Sums before the first iteration.
            end: Where the numbers end.
            body: Writes one iteration, from its number and the sums so far to the new sums.
            step: Distance of the numbers.

        Returns:
            The sums after the last iteration.
        """
        before = self.build.block
        within, after = (self.build.append_basic_block(name) for name in ("body", "end"))
        self.build.branch(within)
        self.build.position_at_end(within)
        number, *sums = phis = [self.build.phi(value.type) for value in (_I64(0), *initial)]
        new_sums = body(number, sums)
        next_number = self.build.add(number, _I64(step))
        for phi, first, following in zip(
            phis, [_I64(0), *initial], [next_number, *new_sums], strict=True
        ):
            phi.add_incoming(first, before)
            phi.add_incoming(following, within)
        self.build.cbranch(self.build.icmp_signed("<", next_number, end), within, after)
        self.build.position_at_end(after)
        return new_sums

    def fused_multiply_add(self) -> ir.Function:
        """Declare a × b + c of vectors of floats, with one rounding."""
        return self.declare(f"llvm.fma.v{self.target.width}f32", [self.floats] * 3)

    def multiply_add(self, number: Any, scale: Any, bias: Any) -> Any:
        """Write number × scale + bias, with one rounding if the target can."""
        if self.target.fused_multiply_add:
            return self.build.call(self.fused_multiply_add(), [number, scale, bias])
        return self.build.fadd(self.build.fmul(number, scale), bias)

    def declare(
        self, name: str, kinds: list[ir.Type], *, result: ir.Type | None = None
    ) -> ir.Function:
        """Declare an LLVM intrinsic; by default its result has the type of its first parameter."""
        module, function_type = self.build.module, ir.FunctionType(result or kinds[0], kinds)
        return module.globals.get(name) or ir.Function(module, function_type, name)


def pointers(
    context: Any, build: ir.IRBuilder, kinds: Sequence[Any], values: Sequence[Any]
) -> list[Any]:
    """Return the arguments of compiled code, with pointers to the first numbers of arrays.

    Args:
        context: Numba's target context.
        build: The builder.
        kinds: Numba's types of the arguments.
        values: The arguments as LLVM values.
    """
    return [
        context.make_array(kind)(context, build, value).data
        if isinstance(kind, types.Array)
        else value
        for kind, value in zip(kinds, values, strict=True)
    ]
