"""Which vector instructions the kernels are written for.

The shape of a product (numbers in a vector, states side by side) is chosen such that all sums stay
in the vector registers:

    target             registers      width   lanes   multiply-add
    x86 with AVX-512   32 × 512 bit      16       8   fused; of bfloat16 pairs with AVX512-BF16
    x86 with AVX2      16 × 256 bit       8       4   fused, if the processor has FMA
    other x86          16 × 128 bit       4       4   a product and a sum
    AArch64 (NEON)     32 × 128 bit       4       8   fused
    any other          16 × 128 bit       4       4   a product and a sum

All x86 processors also have an instruction that multiplies pairs of 16-bit integers and adds both
products (PMADDWD). Those with VNNI multiply four 8-bit integers and add all products to a sum
(VPDPBUSD). Those with AMX multiply tiles of 8-bit integers (see `int8.tiles`).

The target follows from what Numba compiles for, so that NUMBA_CPU_NAME and NUMBA_CPU_FEATURES
select it. A feature that NUMBA_CPU_NAME implies is used only if NUMBA_CPU_FEATURES lists it, too.
"""

from dataclasses import dataclass

from numba.core.registry import cpu_target


@dataclass(frozen=True)
class SimdTarget:
    """A vector instruction set, as far as the kernels depend on it.

    Attributes:
        width: float32 numbers in a vector.
        lanes: States that are multiplied side by side.
        fused_multiply_add: Whether a × b + c is one instruction, with one rounding.
        bfloat16_dot_product: Whether there is an instruction for the dot product of bfloat16 pairs.
        int16_dot_product: Whether there is an instruction for the dot product of pairs of 16-bit
            integers.
        int8_dot_product: Whether there is an instruction that adds the dot product of four 8-bit
            integers to a sum.
        int8_tiles: Whether there are instructions for the product of tiles of 8-bit integers.
    """

    width: int
    lanes: int
    fused_multiply_add: bool
    bfloat16_dot_product: bool = False
    int16_dot_product: bool = False
    int8_dot_product: bool = False
    int8_tiles: bool = False


def select_target(triple: str, features: str) -> SimdTarget:
    """Return the target for a processor.

    Args:
        triple: LLVM's target triple, such as "x86_64-unknown-linux-gnu".
        features: LLVM's comma-separated features, such as "+avx2,+fma,-avx512f".
    """
    enabled = {entry[1:]: entry[0] == "+" for entry in features.split(",") if entry}
    if triple.startswith(("aarch64", "arm64")):  # NEON and its fused multiply-add are mandatory
        return SimdTarget(width=4, lanes=8, fused_multiply_add=True)
    x86 = triple.startswith(("x86_64", "i386", "i686"))
    if enabled.get("avx512f"):
        return SimdTarget(
            width=16,
            lanes=8,
            fused_multiply_add=True,
            bfloat16_dot_product=enabled.get("avx512bf16", False),
            int16_dot_product=True,
            int8_dot_product=enabled.get("avx512vnni", False),
            int8_tiles=enabled.get("amx-tile", False) and enabled.get("amx-int8", False),
        )
    if enabled.get("avx2"):
        return SimdTarget(
            width=8,
            lanes=4,
            fused_multiply_add=enabled.get("fma", False),
            int16_dot_product=True,
            int8_dot_product=enabled.get("avxvnni", False),
        )
    return SimdTarget(width=4, lanes=4, fused_multiply_add=False, int16_dot_product=x86)


def numba_target() -> SimdTarget:
    """Return the target for the processor and the features that Numba compiles for."""
    triple, _, features = cpu_target.target_context.codegen().magic_tuple()
    return select_target(triple, features)


TARGET = numba_target()
"""The target of this process."""
