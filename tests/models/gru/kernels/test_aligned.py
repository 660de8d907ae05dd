"""Copies begin at a cache line and have the same numbers."""

import numpy as np
import pytest

from gatewise.models.gru.kernels.aligned import CACHE_LINE, aligned
from gatewise.models.gru.kernels.int8.layer import Int8Layer
from gatewise.models.gru.kernels.packed_linear import PackedLayer
from gatewise.models.int8 import Int8Matrix


@pytest.mark.parametrize("shape", [(1,), (3, 5), (70_000,)])
def test_a_copy_begins_at_a_cache_line_and_has_the_same_numbers(shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    copy = aligned(array.T)
    assert copy.ctypes.data % CACHE_LINE == 0
    np.testing.assert_array_equal(copy, array.T)


def test_packed_weights_begin_at_a_cache_line() -> None:
    weights, bias = np.ones((70, 9), dtype=np.float32), np.zeros(70, dtype=np.float32)
    layers = [PackedLayer.pack(weights, bias, bfloat16=half) for half in (False, True)]
    packed = [layer.weights for layer in layers]
    packed.append(Int8Layer.pack(Int8Matrix.nearest(weights), bias, steps=1).weights)
    assert all(array.ctypes.data % CACHE_LINE == 0 for array in packed)
