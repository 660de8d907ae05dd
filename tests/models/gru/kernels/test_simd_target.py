"""Every vector instruction set is selected, generates code, and computes the same numbers."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from llvmlite import binding, ir

from gatewise.models.gru.kernels.simd_matmul import MatmulArguments, MatmulWriter
from gatewise.models.gru.kernels.simd_target import SimdTarget, select_target
from tests.models.gru.kernels.processors import ARM, AVX512_BF16, AVX512_VNNI, AVX_VNNI, X86


@pytest.mark.parametrize(
    ("triple", "features", "expected"),
    [
        (X86, "", SimdTarget(4, 4, fused_multiply_add=False, int16_dot_product=True)),
        (X86, "+avx,+fma", SimdTarget(4, 4, fused_multiply_add=False, int16_dot_product=True)),
        (X86, "+avx2", SimdTarget(8, 4, fused_multiply_add=False, int16_dot_product=True)),
        (
            X86,
            "+avx2,+fma,-avx512f",
            SimdTarget(8, 4, fused_multiply_add=True, int16_dot_product=True),
        ),
        (
            X86,
            "+avx2,+fma,+avx512f",
            SimdTarget(16, 8, fused_multiply_add=True, int16_dot_product=True),
        ),
        (
            X86,
            AVX_VNNI,
            SimdTarget(
                8, 4, fused_multiply_add=True, int16_dot_product=True, int8_dot_product=True
            ),
        ),
        (
            X86,
            AVX512_VNNI,
            SimdTarget(
                16, 8, fused_multiply_add=True, int16_dot_product=True, int8_dot_product=True
            ),
        ),
        (
            X86,
            AVX512_BF16,
            SimdTarget(
                16, 8, fused_multiply_add=True, bfloat16_dot_product=True, int16_dot_product=True
            ),
        ),
        (
            X86,
            "+avx2,+fma,+avx512f,+amx-tile,+amx-int8",
            SimdTarget(16, 8, fused_multiply_add=True, int16_dot_product=True, int8_tiles=True),
        ),
        (ARM, "+neon", SimdTarget(4, 8, fused_multiply_add=True)),
        ("arm64-apple-darwin23", "", SimdTarget(4, 8, fused_multiply_add=True)),
        ("powerpc64le-unknown-linux-gnu", "", SimdTarget(4, 4, fused_multiply_add=False)),
    ],
)
def test_the_target_follows_from_the_features(
    triple: str, features: str, expected: SimdTarget
) -> None:
    assert select_target(triple, features) == expected


@dataclass(frozen=True)
class Product:
    """The types of a product."""

    weights_bfloat16: bool
    states_bfloat16: bool

    def llvm(self, target: SimdTarget, *, rows: int, panels: int) -> str:
        """Write a function that computes the product."""
        module = ir.Module()
        long, single, half = ir.IntType(64), ir.FloatType(), ir.IntType(16)
        weights, states = (
            (half if bfloat16 else single).as_pointer()
            for bfloat16 in (self.weights_bfloat16, self.states_bfloat16)
        )
        floats = single.as_pointer()
        kinds = [weights, long, floats, long, states, long, floats, long]
        function = ir.Function(module, ir.FunctionType(ir.VoidType(), kinds), "product")
        builder = ir.IRBuilder(function.append_basic_block())
        writer = MatmulWriter(
            builder,
            weights_bfloat16=self.weights_bfloat16,
            states_bfloat16=self.states_bfloat16,
            target=target,
        )
        writer.write(MatmulArguments(*function.args), rows=rows, panels=panels)
        builder.ret_void()
        return str(module)


FLOAT32 = Product(weights_bfloat16=False, states_bfloat16=False)
MIXED = Product(weights_bfloat16=True, states_bfloat16=False)
BFLOAT16 = Product(weights_bfloat16=True, states_bfloat16=True)


def assembly(product: Product, triple: str, features: str, *, rows: int, panels: int) -> str:
    """Generate machine code for a processor, which need not be the one at hand."""
    binding.initialize_all_targets()
    binding.initialize_all_asmprinters()
    llvm = product.llvm(select_target(triple, features), rows=rows, panels=panels)
    module = binding.parse_assembly(llvm)
    module.verify()
    machine = binding.Target.from_triple(triple).create_target_machine(features=features, opt=3)
    return str(machine.emit_assembly(module))


@pytest.mark.parametrize("product", [FLOAT32, MIXED, BFLOAT16])
@pytest.mark.parametrize(("rows", "panels"), [(8, 1), (4, 2), (2, 2), (1, 4)])
def test_arm_code_uses_fused_multiply_adds_of_neon_vectors(
    product: Product, rows: int, panels: int
) -> None:
    code = assembly(product, ARM, "+neon", rows=rows, panels=panels)
    columns = 2 if product.weights_bfloat16 else 1
    multiply_adds = [line for line in code.splitlines() if "fmla" in line and ".4s" in line]
    assert len(multiply_adds) == 3 * rows * panels * columns


def test_arm_code_keeps_all_sums_in_registers() -> None:
    code = assembly(FLOAT32, ARM, "+neon", rows=8, panels=1)
    loop = code.split(".LBB0_1:")[1].split("b.lt")[0]
    assert loop.count("fmla") == 24
    assert "[sp" not in loop  # nothing is spilled to the stack


@pytest.mark.parametrize(
    ("product", "instruction"),
    [(FLOAT32, "vfmadd"), (MIXED, "vfmadd"), (BFLOAT16, "vdpbf16ps")],
)
def test_avx512_code_uses_512_bit_vectors(product: Product, instruction: str) -> None:
    code = assembly(product, X86, AVX512_BF16, rows=8, panels=1)
    assert any(instruction in line and "%zmm" in line for line in code.splitlines())


def test_x86_code_without_fma_calls_no_library_function() -> None:
    code = assembly(FLOAT32, X86, "", rows=4, panels=1)
    assert "mulps" in code
    assert "fmaf" not in code


# Runs tests as on another processor. The environment selects the machine code; if requested, the
# shape of the vectors is replaced before any kernel is imported, which LLVM then splits or joins.
PROGRAM = """
import sys
import pytest
from gatewise.models.gru.kernels import simd_target
mode, *sizes = sys.argv[1].split(",")
target = simd_target.SimdTarget(*map(int, sizes))
if mode == "replaced":
    simd_target.TARGET = target
assert simd_target.TARGET == target, simd_target.TARGET
sys.exit(pytest.main(["-q", "-o", "addopts=", "-p", "no:cacheprovider", *sys.argv[2:]]))
"""
ROOT = Path(__file__).parents[4]
NUMERIC_TESTS = [
    "tests/models/gru/test_recurrence.py",
    "tests/models/gru/kernels/test_packed_linear.py",
    "tests/models/gru/kernels/int8/test_matmul.py",
    "tests/models/gru/kernels/test_gru_loop.py",
    "tests/models/explain/test_attribution.py::test_bias_and_attributions_sum_to_the_logit",
    "tests/models/explain/test_attribution.py::test_attributions_equal_their_equations",
]


def run_numeric_tests(target: str, **environment: str) -> None:
    command = [sys.executable, "-c", PROGRAM, target, *NUMERIC_TESTS]
    completed = subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert completed.returncode == 0, completed.stdout + completed.stderr
    assert " passed" in completed.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("processor", "features", "target"),
    [
        pytest.param("haswell", "+avx2,+fma", "selected,8,4,1,0,1", id="AVX2"),
        pytest.param("x86-64", "", "selected,4,4,0,0,1", id="SSE2"),
    ],
)
def test_the_recurrence_is_correct_on_older_x86_processors(
    processor: str, features: str, target: str
) -> None:
    if not binding.get_host_cpu_features().get("avx2"):
        pytest.skip("this processor does not run AVX2 code")
    run_numeric_tests(target, NUMBA_CPU_NAME=processor, NUMBA_CPU_FEATURES=features)


@pytest.mark.slow
@pytest.mark.parametrize(
    "target",
    [
        pytest.param("replaced,16,8,1,0,1", id="AVX-512 without VNNI"),
        pytest.param("replaced,4,8,1,0,0", id="NEON"),
    ],
)
def test_the_recurrence_is_correct_with_the_vector_shape_of_other_processors(target: str) -> None:
    run_numeric_tests(target)


@pytest.mark.slow
def test_the_recurrence_is_correct_with_the_vector_shape_of_avx_vnni() -> None:
    features = binding.get_host_cpu_features()
    if not ((features.get("avx512vnni") and features.get("avx512vl")) or features.get("avxvnni")):
        pytest.skip("this processor has no VNNI")
    run_numeric_tests("replaced,8,4,1,0,1,1")
