"""8-bit matrices: close to the original, and recognized by their numbers alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from gatewise.models.int8 import Int8Matrix, exact_int8

NUMBERS = st.floats(-1e6, 1e6, width=32).filter(lambda number: number == 0 or abs(number) > 1e-20)
MATRICES = arrays(np.float32, array_shapes(min_dims=2, max_dims=2, max_side=9), elements=NUMBERS)


@given(matrix=MATRICES)
def test_a_rounded_number_differs_by_half_of_a_127th_of_the_largest_of_its_row(
    matrix: np.ndarray,
) -> None:
    rounded = Int8Matrix.nearest(matrix).to_float32()
    largest = np.abs(matrix).max(axis=1, keepdims=True)
    assert (np.abs(rounded - matrix) <= largest / 253).all()


@given(matrix=MATRICES)
def test_rounding_twice_is_rounding_once(matrix: np.ndarray) -> None:
    once = Int8Matrix.nearest(matrix)
    twice = exact_int8(once.to_float32())
    assert twice is not None
    np.testing.assert_array_equal(twice.numbers, once.numbers)
    np.testing.assert_array_equal(twice.to_float32(), once.to_float32())


@given(matrix=MATRICES)
def test_numbers_and_scales_represent_their_products_exactly(matrix: np.ndarray) -> None:
    rounded = Int8Matrix.nearest(matrix)
    products = rounded.numbers.astype(np.float64) * rounded.scales.astype(np.float64)[:, None]
    np.testing.assert_array_equal(rounded.to_float32(), products)


def test_rows_are_rounded_independently() -> None:
    matrix = np.random.default_rng(0).standard_normal((6, 5)).astype(np.float32)
    together, alone = Int8Matrix.nearest(matrix), Int8Matrix.nearest(matrix[3:4])
    np.testing.assert_array_equal(together.numbers[3:4], alone.numbers)
    np.testing.assert_array_equal(together.scales[3:4], alone.scales)


def test_a_matrix_of_other_numbers_is_not_an_8_bit_one() -> None:
    assert exact_int8(np.array([[1.0, np.pi]], dtype=np.float32)) is None


def test_a_row_of_zeros_stays_zero() -> None:
    matrix = np.zeros((2, 3), dtype=np.float32)
    found = exact_int8(matrix)
    assert found is not None
    np.testing.assert_array_equal(found.to_float32(), matrix)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_a_row_with_a_number_that_is_not_finite_becomes_nan(number: float) -> None:
    matrix = np.array([[1, 2], [number, 1]], dtype=np.float32)
    rounded = Int8Matrix.nearest(matrix).to_float32()
    assert np.isfinite(rounded[0]).all()
    assert np.isnan(rounded[1]).all()


def test_an_empty_matrix_has_no_rows() -> None:
    assert Int8Matrix.nearest(np.empty((0, 4), dtype=np.float32)).to_float32().shape == (0, 4)
