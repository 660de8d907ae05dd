"""The product of tiles equals, to the last bit, that of vectors, which is NumPy's."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from llvmlite import binding, ir

from gatewise.models.gru.kernels.int8 import layer as layer_module
from gatewise.models.gru.kernels.int8.layer import Int8Layer
from gatewise.models.gru.kernels.int8.matmul import MAX_DEPTH, multiply_int8
from gatewise.models.gru.kernels.int8.tile_writer import (
    TILE_COLUMNS,
    TILE_LANES,
    TILE_ROWS,
    TileArguments,
    TileWriter,
)
from gatewise.models.gru.kernels.int8.tiles import (
    has_tiles,
    multiply_tiles_24_bits,
    pack_tiles,
)
from gatewise.models.gru.kernels.simd_matmul import LANES, STATE_STEPS
from gatewise.models.gru.kernels.simd_target import select_target
from gatewise.models.int8 import Int8Matrix
from tests.models.gru.kernels.int8.layers import multiplied, without_tiles

STEPS = STATE_STEPS[np.int16]

needs_tiles = pytest.mark.skipif(not has_tiles(), reason="this processor multiplies no tiles")
AMX = "+avx2,+fma,+avx512f,+avx512bw,+avx512vl,+avx512vnni,+amx-tile,+amx-int8"


def layer_and_states(rows: int, depth: int, seed: int) -> tuple[Int8Layer, np.ndarray]:
    generator = np.random.default_rng(seed)
    matrix = Int8Matrix.nearest(generator.standard_normal((rows, depth)).astype(np.float32))
    bias = generator.standard_normal(rows).astype(np.float32)
    states = generator.integers(-STEPS, STEPS + 1, (TILE_LANES, depth))
    return Int8Layer.pack(matrix, bias, steps=STEPS), states


def assert_equal_without_tiles(layer: Int8Layer, states: np.ndarray, count: int) -> None:
    expected = [
        multiplied(without_tiles(layer), states[first : min(first + LANES, count)])
        for first in range(0, count, LANES)
    ]
    found = multiplied(layer, states, count)
    np.testing.assert_array_equal(found, np.concatenate(expected))


@needs_tiles
@given(
    rows=st.integers(1, 300),
    depth=st.integers(1, 200),
    count=st.integers(1, TILE_LANES),
    seed=st.integers(0, 99),
)
def test_tiles_give_the_bits_of_vectors(rows: int, depth: int, count: int, seed: int) -> None:
    assert_equal_without_tiles(*layer_and_states(rows, depth, seed), count)


@needs_tiles
@given(
    rows=st.integers(1, 300),
    depth=st.integers(1, 200),
    count=st.integers(1, TILE_LANES),
    seed=st.integers(0, 99),
)
def test_tiles_give_the_bits_of_vectors_for_8_bit_states(
    rows: int, depth: int, count: int, seed: int
) -> None:
    layer, states = layer_and_states(rows, depth, seed)
    assert_equal_without_tiles(layer, (states % 255 - 127).astype(np.int8), count)


@needs_tiles
@pytest.mark.parametrize("state", [-STEPS, -1, 0, 1, 127, 128, 255, 256, STEPS])
def test_tiles_give_the_bits_of_vectors_where_a_half_of_a_state_changes(state: int) -> None:
    layer, states = layer_and_states(64, MAX_DEPTH, 0)
    assert_equal_without_tiles(layer, np.full_like(states, state), TILE_LANES)


@needs_tiles
def test_results_of_other_states_are_not_overwritten() -> None:
    layer, states = layer_and_states(40, 70, 0)
    padded = np.zeros((TILE_LANES, layer.depth), dtype=np.int16)
    padded[:, :70] = states
    sums = np.full((TILE_LANES, layer.bias.size), 7, dtype=np.float32)
    multiply_int8(layer.weights, layer.tiles, layer.scale, layer.bias, padded, layer.depth, 5, sums)
    assert (sums[5:] == 7).all()


@needs_tiles
def test_other_code_that_uses_tiles_in_the_same_thread_is_not_disturbed() -> None:
    layer, states = layer_and_states(96, 64, 0)
    left, right = torch.randn(2, 64, 64, generator=torch.Generator().manual_seed(0)).bfloat16()
    expected = left @ right
    multiplied(layer, states)
    assert torch.equal(left @ right, expected)
    assert_equal_without_tiles(layer, states, TILE_LANES)


@given(blocks=st.integers(1, 3), depth=st.integers(1, 150), seed=st.integers(0, 99))
def test_packed_tiles_are_read_as_the_instructions_do(blocks: int, depth: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    numbers = generator.integers(-127, 128, (2 * TILE_ROWS * blocks, depth)).astype(np.int8)
    states = generator.integers(-STEPS, STEPS + 1, depth)
    side_by_side = -(-depth // TILE_COLUMNS)
    padded = np.pad(states, (0, side_by_side * TILE_COLUMNS - depth))
    # As TDPBSSD does: quad q of a state times quad q of each row, added up. (N / 16, C, 16, 16, 4)
    tiles = pack_tiles(numbers).reshape(-1, side_by_side, 16, TILE_ROWS, 4).astype(np.int64)
    upper, lower = (
        np.einsum("ncqri,cqi->nr", tiles, piece.reshape(side_by_side, 16, 4))
        for piece in (padded >> 8, padded & 255)
    )
    found = 256 * upper + lower
    np.testing.assert_array_equal(found.ravel(), numbers.astype(np.int64) @ states)


def test_packed_tiles_begin_at_a_cache_line() -> None:
    assert pack_tiles(np.zeros((32, 64), dtype=np.int8)).ctypes.data % 64 == 0


@needs_tiles
@given(
    rows=st.integers(1, 3),
    depth=st.integers(1, 200),
    count=st.integers(1, TILE_LANES),
    largest=st.floats(1e-20, 1e20),
    seed=st.integers(0, 99),
)
def test_inputs_of_24_bits_are_multiplied_up_to_rounding(
    rows: int, depth: int, count: int, largest: float, seed: int
) -> None:
    generator = np.random.default_rng(seed)
    numbers = generator.integers(-127, 128, (TILE_ROWS * rows, depth)).astype(np.int8)
    inputs = generator.standard_normal((TILE_LANES, depth)).astype(np.float32)
    inputs *= np.float32(largest)
    sums = np.full((TILE_LANES, len(numbers)), np.nan, dtype=np.float32)
    multiply_tiles_24_bits(pack_tiles(numbers), inputs, depth, count, sums)
    exact = inputs.astype(np.float64) @ numbers.T.astype(np.float64)
    size = np.abs(inputs).max(axis=1, keepdims=True) * 127 * depth
    assert (np.abs(sums - exact) <= 2**-22 * size)[:count].all()
    assert np.isnan(sums[count:]).all()


@needs_tiles
def test_an_input_of_zeros_gives_zeros() -> None:
    sums = np.ones((TILE_LANES, TILE_ROWS), dtype=np.float32)
    tiles = pack_tiles(np.ones((TILE_ROWS, 8), dtype=np.int8))
    multiply_tiles_24_bits(tiles, np.zeros((1, 8), dtype=np.float32), 8, 1, sums)
    assert (sums[0] == 0).all()


@needs_tiles
@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_an_input_that_is_not_finite_gives_nan_and_the_others_are_as_before(number: float) -> None:
    tiles = pack_tiles(np.ones((TILE_ROWS, 8), dtype=np.int8))
    inputs = np.ones((2, 8), dtype=np.float32)
    inputs[0, 3] = number
    sums = np.zeros((TILE_LANES, TILE_ROWS), dtype=np.float32)
    multiply_tiles_24_bits(tiles, inputs, 8, 2, sums)
    assert np.isnan(sums[0]).all()
    assert (sums[1] == 8).all()


@needs_tiles
@pytest.mark.parametrize("count", range(3, LANES + 1))
def test_as_many_states_as_there_are_lanes_without_tiles_are_multiplied(count: int) -> None:
    layer, states = layer_and_states(40, 70, 0)
    padded = np.zeros((LANES, layer.depth), dtype=np.int16)
    padded[:, :70] = states[:LANES]
    sums = np.zeros((LANES, layer.bias.size), dtype=np.float32)
    multiply_int8(
        layer.weights, layer.tiles, layer.scale, layer.bias, padded, layer.depth, count, sums
    )
    np.testing.assert_array_equal(sums[:count], multiplied(without_tiles(layer), states[:count]))


@needs_tiles
def test_several_threads_use_tiles_at_once() -> None:
    layer, states = layer_and_states(768, 256, 0)
    expected = multiplied(layer, states)
    with ThreadPoolExecutor(4) as executor:
        found = list(executor.map(lambda _: multiplied(layer, states), range(200)))
    assert all(np.array_equal(sums, expected) for sums in found)


def test_a_layer_has_no_tiles_if_the_process_may_not_use_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(layer_module, "has_tiles", lambda: False)
    packed, _ = layer_and_states(40, 70, 0)
    assert (len(packed.tiles), packed.lanes) == (0, LANES)


@pytest.mark.parametrize(("pieces", "tiles"), [(1, 2), (2, 2), (3, 1)])
def test_the_machine_code_multiplies_tiles(pieces: int, tiles: int) -> None:
    binding.initialize_all_targets()
    binding.initialize_all_asmprinters()
    module = ir.Module()
    long, floats = ir.IntType(64), ir.FloatType().as_pointer()
    numbers, totals = ir.IntType(8).as_pointer(), ir.IntType(32).as_pointer()
    kinds = [numbers, long, numbers, long, totals, floats, floats, long, long, floats, long]
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [numbers, *kinds]), "product")
    builder = ir.IRBuilder(function.append_basic_block())
    triple = "x86_64-unknown-linux-gnu"
    writer = TileWriter(builder, select_target(triple, AMX))
    configuration, *arguments = function.args
    writer.configure(configuration)
    writer.write(TileArguments(*arguments), piece_count=pieces, tile_count=tiles)
    writer.release()
    builder.ret_void()
    parsed = binding.parse_assembly(str(module))
    parsed.verify()
    machine = binding.Target.from_triple(triple).create_target_machine(features=AMX, opt=3)
    code = machine.emit_assembly(parsed)
    expected = {
        "ldtilecfg": 1,
        "tilezero": pieces * tiles,
        "tileload": pieces + tiles,
        "tdpbssd": tiles,
        "tdpbusd": (pieces - 1) * tiles,
        "tilestored": pieces * tiles,
        "tilerelease": 1,
    }
    assert {name: code.count(f"\t{name}") for name in expected} == expected
