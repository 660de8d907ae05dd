"""The compiled recurrence equals the reference, and a text does not depend on its batch."""

from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from hypothesis import given

from gatewise.models.artifact.stored_weights import store_precision
from gatewise.models.gru.equations import gru, gru_step
from gatewise.models.gru.kernels.simd_matmul import STATE_STEPS
from gatewise.models.gru.precision import Precision
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.gru.trace import GateTrace
from gatewise.training.nets.network import SentimentGRU
from tests.models.networks import Case, cases, random_weights


@given(case=cases())
def test_traced_states_equal_torch_gru_with_any_padding(case: Case) -> None:
    network = SentimentGRU.from_weights(case.weights)
    recurrence = Recurrence(case.weights)
    longest = max(map(len, case.texts))
    padded = np.zeros((len(case.texts), longest), dtype=np.int32)
    for row, ids in enumerate(case.texts):
        padded[row, : len(ids)] = ids
    with torch.inference_mode():
        expected = network.states(torch.from_numpy(padded)).numpy()
    for row, ids in enumerate(case.texts):
        np.testing.assert_allclose(
            recurrence.trace(ids).hidden, expected[row, : len(ids)], atol=1e-6
        )


@given(case=cases(max_texts=1))
def test_every_traced_step_equals_the_reference(case: Case) -> None:
    ids = case.texts[0]
    trace = Recurrence(case.weights).trace(ids)
    before = np.zeros_like(trace.hidden[0])
    for position, word in enumerate(case.weights.embedding[ids]):
        expected = gru_step(word, before, case.weights.gru)
        for field in fields(GateTrace):
            np.testing.assert_allclose(
                getattr(trace, field.name)[position],
                getattr(expected, field.name),
                rtol=1e-5,
                atol=2e-6,
                err_msg=field.name,
            )
        before = trace.hidden[position]


@given(case=cases())
def test_traced_gates_lie_between_0_and_1(case: Case) -> None:
    for ids in case.texts:
        trace = Recurrence(case.weights).trace(ids)
        for gate in (trace.reset_gate, trace.update_gate):
            assert gate.min() >= 0
            assert gate.max() <= 1


@given(case=cases())
def test_the_logits_of_a_batch_equal_those_of_single_texts(case: Case) -> None:
    recurrence = Recurrence(case.weights)
    alone = [recurrence.logits([ids])[0] for ids in case.texts]
    np.testing.assert_array_equal(recurrence.logits(case.texts), alone)


def test_the_logits_of_many_texts_are_in_order() -> None:
    weights = random_weights()
    recurrence = Recurrence(weights)
    generator = np.random.default_rng(0)
    texts = [
        generator.integers(1, 20, size).astype(np.int32) for size in generator.integers(1, 90, 100)
    ]
    texts[50] = generator.integers(1, 20, 20_000).astype(np.int32)
    alone = [recurrence.logits([ids])[0] for ids in texts]
    np.testing.assert_array_equal(recurrence.logits(texts), alone)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_the_traces_of_a_batch_equal_those_of_single_texts(threads: int) -> None:
    weights = random_weights()
    recurrence = Recurrence(weights, threads=threads)
    generator = np.random.default_rng(1)
    texts = [generator.integers(1, 20, size).astype(np.int32) for size in (3, 0, 41, 7, 1, 30)]
    for ids, together in zip(texts, recurrence.traces(texts), strict=True):
        alone = recurrence.trace(ids)
        for field in fields(GateTrace):
            np.testing.assert_array_equal(
                getattr(together, field.name), getattr(alone, field.name), err_msg=field.name
            )


@given(case=cases())
def test_a_text_run_in_two_parts_has_the_same_final_state(case: Case) -> None:
    recurrence = Recurrence(case.weights)
    halves = [np.array_split(ids, 2) for ids in case.texts]
    states = recurrence.last_states([first for first, _ in halves])
    states = recurrence.last_states([second for _, second in halves], initial=states)
    np.testing.assert_array_equal(states, recurrence.last_states(case.texts))


def test_initial_states_are_not_modified() -> None:
    initial = np.zeros((1, 7), dtype=np.float32)
    Recurrence(random_weights()).last_states([np.array([3], dtype=np.int32)], initial=initial)
    assert not initial.any()


def test_words_outside_the_table_give_the_reference_states() -> None:
    weights = random_weights(vocab_size=9_000)
    recurrence = Recurrence(weights)
    ids = np.array([8_999, 3, 8_192, 8_999, 8_191, 8_500], dtype=np.int32)
    expected = np.stack([step.hidden for step in gru(weights.embedding[ids], weights.gru)])
    np.testing.assert_allclose(recurrence.states(ids), expected, atol=1e-6)


def test_bfloat16_changes_a_state_by_less_than_a_hundredth() -> None:
    weights = random_weights(hidden_size=64, embedding_size=16)
    ids = np.random.default_rng(2).integers(1, 20, 200).astype(np.int32)
    rounded = Recurrence(weights, precision="bfloat16").states(ids)
    exact = Recurrence(weights).states(ids)
    assert 0 < np.abs(rounded - exact).max() < 1e-2


def test_bfloat16_logits_of_a_batch_equal_those_of_single_texts() -> None:
    recurrence = Recurrence(random_weights(), precision="bfloat16")
    generator = np.random.default_rng(3)
    texts = [generator.integers(1, 20, size).astype(np.int32) for size in (9, 50, 2, 31)]
    alone = [recurrence.logits([ids])[0] for ids in texts]
    np.testing.assert_array_equal(recurrence.logits(texts), alone)


def test_a_nan_weight_gives_a_nan_logit() -> None:
    weights = random_weights()
    weights.gru.weight_hh[0, 0] = np.nan
    assert np.isnan(Recurrence(weights).logits([np.array([3, 4, 5], dtype=np.int32)])[0])


def test_tracing_no_texts_returns_no_traces() -> None:
    assert Recurrence(random_weights()).traces([]) == []


def test_the_logit_is_the_head_applied_to_the_last_traced_state() -> None:
    weights = random_weights()
    recurrence = Recurrence(weights)
    ids = np.array([3, 1, 4, 1, 5], dtype=np.int32)
    logit = recurrence.trace(ids).hidden[-1] @ weights.head_weight + weights.head_bias
    np.testing.assert_allclose(recurrence.logits([ids])[0], logit, atol=1e-6)


def test_no_texts_give_an_empty_array_of_logits() -> None:
    assert Recurrence(random_weights()).logits([]).shape == (0,)


def test_a_trace_is_read_only() -> None:
    trace = Recurrence(random_weights()).trace(np.array([3], dtype=np.int32))
    with pytest.raises(ValueError, match="read-only"):
        trace.hidden[0, 0] = 1


# Rounding a state changes a product by half of 2⁻¹⁴ times a weight, for each unit and each token.
_INT8_TOLERANCE = 2e-3


@given(case=cases())
def test_the_integer_product_changes_states_only_a_little(case: Case) -> None:
    weights = store_precision(case.weights)
    rounded, exact = Recurrence(weights), Recurrence(weights, precision="float32")
    assert (rounded.precision, exact.precision) == ("int8", "float32")
    for ids in case.texts:
        np.testing.assert_allclose(
            rounded.trace(ids).hidden, exact.trace(ids).hidden, atol=_INT8_TOLERANCE
        )


@pytest.mark.parametrize(
    ("precision", "steps"), [("int8", STATE_STEPS[np.int16]), ("int8x8", STATE_STEPS[np.int8])]
)
@given(case=cases(max_texts=1))
def test_every_traced_step_equals_the_reference_with_rounded_states(
    case: Case, precision: Precision, steps: int
) -> None:
    weights = store_precision(case.weights)
    trace = Recurrence(weights, precision=precision).trace(case.texts[0])
    before = np.zeros_like(trace.hidden[0])  # (H,)
    for position, word in enumerate(weights.embedding[case.texts[0]]):
        rounded = np.rint(before * np.float32(steps)) / np.float32(steps)  # (H,)
        expected = gru_step(word, rounded, weights.gru)
        for name in ("reset_gate", "update_gate", "context_part", "candidate"):
            np.testing.assert_allclose(
                getattr(trace, name)[position], getattr(expected, name), atol=5e-6, err_msg=name
            )
        update = expected.update_gate
        np.testing.assert_allclose(
            trace.hidden[position],
            (1 - update) * expected.candidate + update * before,
            atol=5e-6,
        )
        before = trace.hidden[position]


@pytest.mark.parametrize("precision", ["int8", "int8x8"])
@given(case=cases())
def test_8_bit_logits_of_a_batch_equal_those_of_single_texts(
    case: Case, precision: Precision
) -> None:
    recurrence = Recurrence(store_precision(case.weights), precision=precision)
    alone = [recurrence.logits([ids])[0] for ids in case.texts]
    np.testing.assert_array_equal(recurrence.logits(case.texts), alone)


@pytest.mark.parametrize("precision", ["int8", "int8x8"])
def test_8_bit_logits_of_more_texts_than_lanes_equal_those_of_single_texts(
    precision: Precision,
) -> None:
    weights = store_precision(random_weights(hidden_size=70))
    recurrence = Recurrence(weights, precision=precision, threads=1)
    generator = np.random.default_rng(0)
    texts = [
        generator.integers(1, 20, size).astype(np.int32) for size in generator.integers(0, 90, 60)
    ]
    alone = [recurrence.logits([ids])[0] for ids in texts]
    np.testing.assert_array_equal(recurrence.logits(texts), alone)


@given(case=cases())
def test_an_8_bit_text_run_in_two_parts_has_the_same_final_state(case: Case) -> None:
    recurrence = Recurrence(store_precision(case.weights))
    halves = [np.array_split(ids, 2) for ids in case.texts]
    states = recurrence.last_states([first for first, _ in halves])
    states = recurrence.last_states([second for _, second in halves], initial=states)
    np.testing.assert_array_equal(states, recurrence.last_states(case.texts))


def test_words_whose_vectors_are_not_8_bit_ones_are_not_rounded() -> None:
    weights = store_precision(random_weights())
    embedding = weights.embedding.copy()
    embedding[3] = np.linspace(0.1, 0.7, embedding.shape[1])
    recurrence = Recurrence(replace(weights, embedding=embedding))
    assert recurrence.precision == "int8"
    expected = embedding @ weights.gru.weight_ih.T + weights.gru.bias_ih  # (V, 3H)
    np.testing.assert_allclose(recurrence.table[:, : expected.shape[1]], expected, atol=1e-6)


def test_without_the_integer_product_no_gradients_are_rounded() -> None:
    weights = store_precision(random_weights())
    assert Recurrence(weights, precision="float32").transposed.tiles.size == 0


def test_weights_that_are_not_8_bit_ones_are_not_rounded() -> None:
    assert Recurrence(random_weights()).precision == "float32"


@pytest.mark.parametrize("precision", ["int8", "int8x8"])
def test_the_integer_product_of_other_weights_is_refused(precision: Precision) -> None:
    with pytest.raises(ValueError, match=f"precision='{precision}' needs weights"):
        Recurrence(random_weights(), precision=precision)


def test_a_nan_in_an_8_bit_network_gives_a_nan_logit() -> None:
    weights = store_precision(random_weights())
    weights.gru.bias_hh[0] = np.nan
    recurrence = Recurrence(weights)
    assert recurrence.precision == "int8"
    assert np.isnan(recurrence.logits([np.array([3, 4, 5], dtype=np.int32)])[0])
