"""The loops of integer products have the instructions of each processor, and spill nothing."""

import re

import pytest
from llvmlite import binding, ir

from gatewise.models.gru.kernels.int8.pairs import PairArguments, PairWriter
from gatewise.models.gru.kernels.int8.quads import QuadArguments, QuadWriter
from gatewise.models.gru.kernels.simd_target import select_target
from tests.models.gru.kernels.processors import ARM, AVX512_VNNI, AVX_VNNI, X86


def loops_of(function: ir.Function, triple: str, features: str) -> list[list[str]]:
    """Generate machine code for a function and return the lines of its innermost loops."""
    binding.initialize_all_targets()
    binding.initialize_all_asmprinters()
    parsed = binding.parse_assembly(str(function.module))
    parsed.verify()
    machine = binding.Target.from_triple(triple).create_target_machine(features=features, opt=3)
    blocks = re.split(r"^(\.LBB0_\d+):", machine.emit_assembly(parsed), flags=re.MULTILINE)[1:]
    found = []
    for label, block in zip(blocks[::2], blocks[1::2], strict=True):
        lines = block.splitlines()
        ends = [i for i, line in enumerate(lines) if re.search(rf"\t(j|b\.)\w*\t\{label}$", line)]
        found += [lines[: ends[0]]] if ends else []
    return found


def pair_loop(triple: str, features: str, *, rows: int, vectors: int) -> list[str]:
    """Generate the loop of a product of pairs of columns."""
    long, floats = ir.IntType(64), ir.FloatType().as_pointer()
    weights, states = (ir.IntType(bits).as_pointer() for bits in (8, 16))
    kinds = [weights, long, floats, floats, long, states, long, floats, long]
    function = ir.Function(ir.Module(), ir.FunctionType(ir.VoidType(), kinds), "product")
    builder = ir.IRBuilder(function.append_basic_block())
    writer = PairWriter(builder, target=select_target(triple, features))
    writer.write(PairArguments(*function.args), rows=rows, vectors=vectors)
    builder.ret_void()
    return loops_of(function, triple, features)[0]


def quad_loops(features: str, *, rows: int, vectors: int, pieces: int) -> list[str]:
    """Generate the loops of a product of quads of columns, one after the other."""
    long, floats = ir.IntType(64), ir.FloatType().as_pointer()
    numbers, sums = (ir.IntType(bits).as_pointer() for bits in (8, 32))
    kinds = [numbers, long, floats, floats, long, long, numbers, long, sums, long, floats, long]
    function = ir.Function(ir.Module(), ir.FunctionType(ir.VoidType(), kinds), "product")
    builder = ir.IRBuilder(function.append_basic_block())
    writer = QuadWriter(builder, select_target(X86, features))
    writer.write(QuadArguments(*function.args), rows=rows, vectors=vectors, piece_count=pieces)
    builder.ret_void()
    return [line for loop in loops_of(function, X86, features) for line in loop]


# For each processor: the instruction, the registers, and how many of them a loop has for so many
# states and vectors of weights.
PAIR_LOOPS = {
    "SSE2": (X86, "", "pmaddwd", "%xmm", {(4, 2): 8, (2, 4): 8, (1, 8): 8}),
    "AVX2": (X86, "+avx2,+fma", "vpmaddwd", "%ymm", {(4, 2): 8, (2, 4): 8, (1, 8): 8}),
    "NEON": (ARM, "+neon", "smlal", ".4s", {(8, 1): 16, (4, 2): 16, (1, 8): 16}),
}


@pytest.mark.parametrize("processor", PAIR_LOOPS)
def test_pairs_are_multiplied_by_the_instruction_for_16_bit_integers(processor: str) -> None:
    triple, features, instruction, register, counts = PAIR_LOOPS[processor]
    for (rows, vectors), count in counts.items():
        loop = pair_loop(triple, features, rows=rows, vectors=vectors)
        assert sum(instruction in line and register in line for line in loop) == count


@pytest.mark.parametrize(("rows", "vectors"), [(4, 2), (2, 4), (1, 8)])
@pytest.mark.parametrize(
    ("triple", "features"), [(X86, "+avx2,+fma"), (X86, "+avx2,+fma,+avx512f"), (ARM, "+neon")]
)
def test_all_sums_of_pairs_stay_in_registers(
    triple: str, features: str, rows: int, vectors: int
) -> None:
    loop = "\n".join(pair_loop(triple, features, rows=rows, vectors=vectors))
    assert "sp)" not in loop
    assert "[sp" not in loop


@pytest.mark.parametrize("pieces", [1, 2])
@pytest.mark.parametrize(
    ("features", "rows", "vectors"),
    [
        pytest.param(AVX512_VNNI, 8, 2, id="AVX-512, all lanes"),
        pytest.param(AVX512_VNNI, 4, 4, id="AVX-512, half of the lanes"),
        pytest.param(AVX512_VNNI, 1, 8, id="AVX-512, one lane"),
        pytest.param(AVX_VNNI, 4, 2, id="AVX, all lanes"),
        pytest.param(AVX_VNNI, 2, 4, id="AVX, half of the lanes"),
        pytest.param(AVX_VNNI, 1, 8, id="AVX, one lane"),
    ],
)
def test_quads_are_multiplied_by_vnni_with_all_sums_in_registers(
    features: str, rows: int, vectors: int, pieces: int
) -> None:
    code = quad_loops(features, rows=rows, vectors=vectors, pieces=pieces)
    register = "%zmm" if features == AVX512_VNNI else "%ymm"
    products = [line for line in code if "vpdpbusd" in line and register in line]
    assert len(products) == rows * vectors * pieces
    assert not any("sp)" in line for line in code)
