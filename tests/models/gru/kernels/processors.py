"""Processors that machine code is generated for."""

X86, ARM = "x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"

AVX512_BF16 = "+avx2,+fma,+avx512f,+avx512bf16"
AVX_VNNI = "+avx2,+fma,+avxvnni"
AVX512_VNNI = "+avx2,+fma,+avx512f,+avx512bw,+avx512vl,+avx512vnni"
