"""Packed layers: the compiled product, for all combinations of types."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gatewise.models.bfloat16 import from_bfloat16, to_bfloat16
from gatewise.models.gru.kernels.gru_loop import multiply
from gatewise.models.gru.kernels.packed_linear import PackedLayer
from gatewise.models.gru.kernels.simd_matmul import LANES


def layer(rows: int, depth: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    weights = generator.standard_normal((rows, depth)).astype(np.float32)
    return weights, generator.standard_normal(rows).astype(np.float32)


@given(rows=st.integers(1, 400), depth=st.integers(1, 40), count=st.integers(0, 20))
def test_a_packed_layer_computes_bias_plus_product(rows: int, depth: int, count: int) -> None:
    weights, bias = layer(rows, depth)
    inputs = layer(count, depth, seed=1)[0]
    answers = PackedLayer.pack(weights, bias, bfloat16=False)(inputs)[:, :rows]
    np.testing.assert_allclose(answers, inputs @ weights.T + bias, rtol=1e-4, atol=1e-4)


def test_bfloat16_packing_rounds_the_weights_and_nothing_else() -> None:
    weights, bias = layer(96, 30)
    inputs = layer(5, 30, seed=1)[0]
    rounded = from_bfloat16(to_bfloat16(weights))
    answers = PackedLayer.pack(weights, bias, bfloat16=True)(inputs)[:, :96]
    np.testing.assert_allclose(answers, inputs @ rounded.T + bias, rtol=1e-5, atol=1e-5)


def test_bfloat16_states_are_multiplied_without_further_rounding() -> None:
    weights, bias = layer(192, 32)
    packed = PackedLayer.pack(weights, bias, bfloat16=True)
    states = np.resize(layer(LANES, 32, seed=1)[0], (LANES, 32))
    sums = np.empty((LANES, packed.bias.size), dtype=np.float32)
    multiply(packed.weights, packed.bias, to_bfloat16(states), packed.depth, LANES, sums)
    exact = from_bfloat16(to_bfloat16(states)) @ from_bfloat16(to_bfloat16(weights)).T + bias
    np.testing.assert_allclose(sums[:, :192], exact, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("bfloat16", [False, True])
@pytest.mark.parametrize("count", range(1, LANES + 1))
def test_a_row_does_not_depend_on_the_number_of_rows(bfloat16: bool, count: int) -> None:
    weights, bias = layer(768, 64)
    packed = PackedLayer.pack(weights, bias, bfloat16=bfloat16)
    states = np.ascontiguousarray(layer(LANES, 64, seed=1)[0])
    all_sums, few_sums = (np.zeros((LANES, packed.bias.size), np.float32) for _ in range(2))
    multiply(packed.weights, packed.bias, states, packed.depth, LANES, all_sums)
    multiply(packed.weights, packed.bias, states, packed.depth, count, few_sums)
    np.testing.assert_array_equal(few_sums[:count], all_sums[:count])


@given(numbers=st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1))
def test_rounding_to_bfloat16_equals_torch(numbers: list[float]) -> None:
    array = np.array(numbers, dtype=np.float32)
    expected = torch.from_numpy(array).bfloat16().float().numpy()
    np.testing.assert_array_equal(from_bfloat16(to_bfloat16(array)), expected)
