"""The integer product of 8-bit weights and states equals NumPy's to the last bit."""

from typing import no_type_check

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.models.gru.kernels.compilation import compiled
from gatewise.models.gru.kernels.int8.layer import Int8Layer
from gatewise.models.gru.kernels.int8.matmul import LARGEST_WEIGHT, MAX_DEPTH
from gatewise.models.gru.kernels.int8.pairs import PAIR, multiply_pairs
from gatewise.models.gru.kernels.int8.panels import pack_panels, pad_to_panels
from gatewise.models.gru.kernels.simd_matmul import (
    LANES,
    STATE_STEPS,
    store_number,
)
from gatewise.models.int8 import Int8Matrix
from tests.models.gru.kernels.int8.layers import multiplied

STEPS = STATE_STEPS[np.int16]


def integers(generator: np.random.Generator, rows: int, depth: int) -> Int8Matrix:
    """Draw 8-bit weights whose scales make the result the integer sum itself."""
    numbers = generator.integers(-LARGEST_WEIGHT, LARGEST_WEIGHT + 1, (rows, depth))
    return Int8Matrix(numbers.astype(np.int8), np.full(rows, STEPS, dtype=np.float32))


@given(
    rows=st.integers(1, 300),
    depth=st.integers(1, 70),
    count=st.integers(1, LANES),
    seed=st.integers(0, 99),
)
def test_the_integer_sums_equal_those_of_numpy(
    rows: int, depth: int, count: int, seed: int
) -> None:
    generator = np.random.default_rng(seed)
    matrix = integers(generator, rows, depth)
    states = generator.integers(-STEPS, STEPS + 1, (LANES, depth))
    layer = Int8Layer.pack(matrix, np.zeros(rows, dtype=np.float32), steps=STEPS)
    found = multiplied(layer, states, count)[:, :rows]
    expected = states[:count] @ matrix.numbers.astype(np.int64).T
    np.testing.assert_array_equal(found, expected.astype(np.float32))


@given(
    rows=st.integers(1, 300),
    depth=st.integers(1, 70),
    count=st.integers(1, LANES),
    seed=st.integers(0, 99),
)
def test_the_integer_sums_of_8_bit_states_equal_those_of_numpy(
    rows: int, depth: int, count: int, seed: int
) -> None:
    generator = np.random.default_rng(seed)
    matrix = integers(generator, rows, depth)
    states = generator.integers(-127, 128, (LANES, depth)).astype(np.int8)
    layer = Int8Layer.pack(matrix, np.zeros(rows, dtype=np.float32), steps=STEPS)
    found = multiplied(layer, states, count)[:, :rows]
    expected = states[:count].astype(np.int64) @ matrix.numbers.astype(np.int64).T
    np.testing.assert_array_equal(found, expected.astype(np.float32))


@pytest.mark.parametrize("state", [-STEPS, -129, -128, -1, 0, 127, 128, 255, STEPS])
@pytest.mark.parametrize("weight", [-LARGEST_WEIGHT, -1, 1, LARGEST_WEIGHT])
def test_sums_are_exact_where_a_piece_of_a_state_changes(state: int, weight: int) -> None:
    matrix = Int8Matrix(
        np.full((3, MAX_DEPTH), weight, dtype=np.int8), np.full(3, STEPS, dtype=np.float32)
    )
    states = np.full((LANES, MAX_DEPTH), state)
    found = multiplied(Int8Layer.pack(matrix, np.zeros(3, dtype=np.float32), steps=STEPS), states)
    assert (found[:, :3] == np.float32(weight * state * MAX_DEPTH)).all()


@pytest.mark.parametrize("kind", [np.int8, np.int16])
@pytest.mark.parametrize("count", range(1, LANES + 1))
def test_pairs_of_columns_give_the_same_sums(count: int, kind: type[np.signedinteger]) -> None:
    generator = np.random.default_rng(2)
    matrix, largest = integers(generator, 150, 44), STATE_STEPS[kind]
    states = generator.integers(-largest, largest + 1, (LANES, 44)).astype(kind)
    layer = Int8Layer.pack(matrix, np.zeros(150, dtype=np.float32), steps=STEPS)
    packed = pack_panels(pad_to_panels(matrix.numbers, columns=PAIR), columns=PAIR)
    sums = np.zeros((LANES, layer.bias.size), dtype=np.float32)
    multiply_pairs(packed, layer.scale, layer.bias, states, 44, count, sums)
    np.testing.assert_array_equal(sums[:count], multiplied(layer, states, count))


@pytest.mark.parametrize("sign", [-1, 1])
def test_the_largest_sums_do_not_overflow(sign: int) -> None:
    numbers = np.full((3, MAX_DEPTH), sign * LARGEST_WEIGHT, dtype=np.int8)
    matrix = Int8Matrix(numbers, np.full(3, STEPS, dtype=np.float32))
    states = np.full((LANES, MAX_DEPTH), STEPS)
    found = multiplied(Int8Layer.pack(matrix, np.zeros(3, dtype=np.float32), steps=STEPS), states)
    assert (found[:, :3] == np.float32(sign * LARGEST_WEIGHT * STEPS * MAX_DEPTH)).all()


def test_a_sum_is_multiplied_by_the_scale_of_its_row_and_the_bias_is_added() -> None:
    generator = np.random.default_rng(0)
    matrix = Int8Matrix.nearest(generator.standard_normal((150, 40)).astype(np.float32))
    bias = generator.standard_normal(150).astype(np.float32)
    states = generator.integers(-STEPS, STEPS + 1, (LANES, 40))
    expected = states / STEPS @ matrix.to_float32().astype(np.float64).T + bias
    found = multiplied(Int8Layer.pack(matrix, bias, steps=STEPS), states)[:, :150]
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("kind", [np.int8, np.int16])
@pytest.mark.parametrize("count", range(1, LANES + 1))
def test_a_row_does_not_depend_on_the_number_of_rows(
    count: int, kind: type[np.signedinteger]
) -> None:
    generator = np.random.default_rng(1)
    matrix = Int8Matrix.nearest(generator.standard_normal((768, 64)).astype(np.float32))
    layer = Int8Layer.pack(matrix, generator.standard_normal(768).astype(np.float32), steps=STEPS)
    largest = STATE_STEPS[kind]
    states = generator.integers(-largest, largest + 1, (LANES, 64)).astype(kind)
    np.testing.assert_array_equal(
        multiplied(layer, states, count), multiplied(layer, states)[:count]
    )


@given(
    rows=st.integers(1, 200),
    depth=st.integers(1, 40),
    count=st.integers(0, 20),
    seed=st.integers(0, 99),
)
def test_a_layer_of_8_bit_inputs_computes_bias_plus_product(
    rows: int, depth: int, count: int, seed: int
) -> None:
    generator = np.random.default_rng(seed)
    matrix, inputs = (
        Int8Matrix.nearest(generator.standard_normal((size, depth)).astype(np.float32))
        for size in (rows, count)
    )
    bias = generator.standard_normal(rows).astype(np.float32)
    found = Int8Layer.pack(matrix, bias, steps=1)(inputs)[:, :rows]
    expected = inputs.to_float32() @ matrix.to_float32().T + bias
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


@no_type_check
@compiled()
def store(numbers, stored):
    for index in range(len(numbers)):
        store_number(stored, index, numbers[index])


@pytest.mark.parametrize(("kind", "steps"), STATE_STEPS.items())
@given(numbers=st.lists(st.floats(-1, 1, width=32), min_size=1))
def test_a_state_is_stored_as_the_nearest_integer(
    numbers: list[float], kind: type[np.signedinteger], steps: int
) -> None:
    array, stored = np.array(numbers, dtype=np.float32), np.zeros(len(numbers), dtype=kind)
    store(array, stored)
    np.testing.assert_array_equal(stored, np.rint(array * np.float32(steps)))


@pytest.mark.parametrize(("kind", "steps"), STATE_STEPS.items())
def test_a_number_beyond_1_is_stored_as_1(kind: type[np.signedinteger], steps: int) -> None:
    array, stored = np.array([1.5, -7, np.inf, -np.inf, np.nan], np.float32), np.zeros(5, kind)
    store(array, stored)
    np.testing.assert_array_equal(stored, np.array([1, -1, 1, -1, 1]) * steps)
