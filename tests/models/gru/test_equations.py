"""The reference equations, compared with PyTorch and in limiting cases."""

import numpy as np
import torch
from hypothesis import given

from gatewise.models.gru.equations import gru, gru_step, sigmoid
from gatewise.models.weights import GRUParameters
from gatewise.training.nets.network import SentimentGRU
from tests.models.networks import Case, cases


@given(case=cases())
def test_the_reference_equals_torch_gru(case: Case) -> None:
    embedded = case.weights.embedding[case.texts[0]]
    network = SentimentGRU.from_weights(case.weights)
    with torch.inference_mode():
        expected, _ = network.gru(torch.from_numpy(embedded))
    steps = gru(embedded.astype(np.float64), in_float64(case.weights.gru))
    np.testing.assert_allclose([step.hidden for step in steps], expected, atol=1e-5)


@given(case=cases())
def test_every_gate_lies_between_0_and_1(case: Case) -> None:
    for step in gru(case.weights.embedding[case.texts[0]], case.weights.gru):
        for gate in (step.reset_gate, step.update_gate):
            assert gate.min() >= 0
            assert gate.max() <= 1


@given(case=cases())
def test_reset_1_and_update_0_is_an_elman_rnn(case: Case) -> None:
    gru_weights, size = in_float64(case.weights.gru), case.weights.config.hidden_size
    rnn = torch.nn.RNN(case.weights.config.embedding_size, size, dtype=torch.float64)
    candidate = slice(2 * size, 3 * size)
    rnn.load_state_dict(
        {
            "weight_ih_l0": torch.from_numpy(gru_weights.weight_ih[candidate]),
            "weight_hh_l0": torch.from_numpy(gru_weights.weight_hh[candidate]),
            "bias_ih_l0": torch.from_numpy(gru_weights.bias_ih[candidate]),
            "bias_hh_l0": torch.from_numpy(gru_weights.bias_hh[candidate]),
        }
    )
    embedded = case.weights.embedding[case.texts[0]].astype(np.float64)
    with torch.inference_mode():
        expected, _ = rnn(torch.from_numpy(embedded))
    ones, zeros = np.ones(size), np.zeros(size)
    steps = gru(embedded, gru_weights, reset_gate=ones, update_gate=zeros)
    np.testing.assert_allclose([step.hidden for step in steps], expected, atol=1e-12)


@given(case=cases())
def test_update_1_keeps_the_state(case: Case) -> None:
    size = case.weights.config.hidden_size
    before = np.linspace(-1, 1, size, dtype=np.float32)
    word = case.weights.embedding[case.texts[0][0]]
    intervened = np.ones(size, dtype=np.float32)
    step = gru_step(word, before, case.weights.gru, update_gate=intervened)
    np.testing.assert_array_equal(step.hidden, before)


@given(case=cases())
def test_update_0_replaces_the_state_by_the_candidate(case: Case) -> None:
    size = case.weights.config.hidden_size
    before = np.linspace(-1, 1, size, dtype=np.float32)
    word = case.weights.embedding[case.texts[0][0]]
    intervened = np.zeros(size, dtype=np.float32)
    step = gru_step(word, before, case.weights.gru, update_gate=intervened)
    np.testing.assert_array_equal(step.hidden, step.candidate)


@given(case=cases())
def test_with_reset_0_the_candidate_depends_on_the_word_alone(case: Case) -> None:
    size = case.weights.config.hidden_size
    word = case.weights.embedding[case.texts[0][0]]
    shut = np.zeros(size, dtype=np.float32)
    candidates = [
        gru_step(word, before, case.weights.gru, reset_gate=shut).candidate
        for before in (np.zeros(size, dtype=np.float32), np.ones(size, dtype=np.float32))
    ]
    np.testing.assert_array_equal(candidates[0], candidates[1])


def test_the_candidates_state_bias_is_inside_the_reset_product() -> None:
    """With h = 0 and r = ½, n = tanh(b_in + ½ b_hn): merging the biases would be wrong."""
    parameters = GRUParameters(
        weight_ih=np.zeros((3, 1)),
        weight_hh=np.zeros((3, 1)),
        bias_ih=np.array([0.0, 0.0, 0.2]),
        bias_hh=np.array([0.0, 0.0, 0.6]),
    )
    step = gru_step(np.zeros(1), np.zeros(1), parameters)
    np.testing.assert_allclose(step.candidate, np.tanh(0.2 + 0.5 * 0.6))
    np.testing.assert_allclose(step.hidden, 0.5 * np.tanh(0.2 + 0.5 * 0.6))


def test_sigmoid_does_not_overflow() -> None:
    np.testing.assert_array_equal(sigmoid(np.array([-1e4, 0.0, 1e4])), [0.0, 0.5, 1.0])


def in_float64(parameters: GRUParameters) -> GRUParameters:
    return GRUParameters(
        *(
            array.astype(np.float64)
            for array in (
                parameters.weight_ih,
                parameters.weight_hh,
                parameters.bias_ih,
                parameters.bias_hh,
            )
        )
    )
