"""The served recurrence: equal to the reference, whatever stands beside a text in its batch."""

from dataclasses import fields

import numpy as np
import pytest
import torch
from hypothesis import given

from models.gates import gru_step
from models.network import SentimentGRU
from models.recurrence import Recurrence
from models.trace import GateTrace
from tests.models.networks import Case, cases, random_weights


@given(case=cases())
def test_the_traced_states_equal_torch_gru_at_any_padding(case: Case) -> None:
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
def test_a_batch_answers_what_each_text_gets_alone(case: Case) -> None:
    recurrence = Recurrence(case.weights)
    alone = [recurrence.logits([ids])[0] for ids in case.texts]
    np.testing.assert_allclose(recurrence.logits(case.texts), alone, rtol=1e-5, atol=1e-5)


def test_many_batches_answer_in_the_order_given() -> None:
    weights = random_weights()
    recurrence = Recurrence(weights)
    generator = np.random.default_rng(0)
    texts = [
        generator.integers(1, 20, size).astype(np.int32) for size in generator.integers(1, 90, 100)
    ]
    texts[50] = generator.integers(1, 20, 20_000).astype(np.int32)
    alone = [recurrence.logits([ids])[0] for ids in texts]
    np.testing.assert_allclose(recurrence.logits(texts), alone, atol=1e-6)


def test_the_logit_is_the_head_on_the_last_traced_state() -> None:
    weights = random_weights()
    recurrence = Recurrence(weights)
    ids = np.array([3, 1, 4, 1, 5], dtype=np.int32)
    logit = recurrence.trace(ids).hidden[-1] @ weights.head_weight + weights.head_bias
    np.testing.assert_allclose(recurrence.logits([ids])[0], logit, atol=1e-6)


def test_no_texts_have_no_logits() -> None:
    assert Recurrence(random_weights()).logits([]).shape == (0,)


def test_a_trace_is_read_only() -> None:
    trace = Recurrence(random_weights()).trace(np.array([3], dtype=np.int32))
    with pytest.raises(ValueError, match="read-only"):
        trace.hidden[0, 0] = 1
