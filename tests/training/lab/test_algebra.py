"""The claims that follow from the equations, tested on random weights and on the default model.

docs/background/gates.md lists them with the names of these tests (`report/page.py`, ALGEBRA).
"""

import inspect
import sys
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from torch import nn

from gatewise.models.explain.worked_step import worked_step
from gatewise.models.gru.equations import gru, gru_step, sigmoid
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.predictor import Predictor
from gatewise.models.weights import GRUParameters, NetworkWeights
from gatewise.training.lab.nets.cell import GatedCell
from gatewise.training.lab.report.page import ALGEBRA
from gatewise.training.nets.recurrence import CellVariant
from tests.models.networks import random_weights

REVIEW = (
    "The plot follows a teacher who moves to a small town by the sea and repairs an old boat with "
    "her neighbours. I wanted to like it, and the photography is lovely. But the movie is really "
    "boring."
)


@dataclass(frozen=True)
class Net:
    """A network and a text as word ids."""

    weights: NetworkWeights
    ids: np.ndarray

    @property
    def embedded(self) -> np.ndarray:
        """Word vectors of the text, (T, E)."""
        return self.weights.embedding[self.ids]


@pytest.fixture(scope="module", params=["random weights", "default model"])
def net(request: pytest.FixtureRequest) -> Net:
    if request.param == "random weights":
        ids = np.random.default_rng(0).integers(1, 20, 30).astype(np.int32)
        return Net(random_weights(scale=2.0), ids)
    predictor = Predictor.load()
    return Net(predictor.artifact.weights, predictor.encode([REVIEW])[0].ids)


def test_gates_stay_between_0_and_1(net: Net) -> None:
    size = net.weights.config.embedding_size
    extreme = np.random.default_rng(0).normal(0, 1e4, (50, size)).astype(np.float32)
    for embedded in (net.embedded, extreme):
        for step in gru(embedded, net.weights.gru):
            for gate in (step.reset_gate, step.update_gate):
                assert gate.min() >= 0
                assert gate.max() <= 1


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_update_gate_mixes_candidate_and_old_state(net: Net, value: float) -> None:
    before = Recurrence(net.weights).trace(net.ids).hidden[-1]  # (H,)
    gate = np.full_like(before, value)  # (H,)
    step = gru_step(net.embedded[0], before, net.weights.gru, update_gate=gate)
    expected = {0.0: step.candidate, 0.5: (step.candidate + before) / 2, 1.0: before}[value]
    np.testing.assert_allclose(step.hidden, expected, atol=float(np.finfo(np.float32).eps))


def test_chung2014_update_gate_gives_the_same_states(net: Net) -> None:
    states = chung2014_states(net.embedded, net.weights.gru)
    exact = Recurrence(net.weights, precision="float32")
    expected = exact.trace(net.ids).hidden  # (T, H)
    np.testing.assert_allclose(states, expected, atol=1e-4)


def test_worked_example_of_the_source_text_is_possible(net: Net) -> None:
    """The text prints z = 0.94, h = 0.84 and then 0.82 for one unit, to two decimals."""
    before = Recurrence(net.weights).trace(net.ids).hidden[-1]  # (H,)
    closed = np.zeros_like(before)  # (H,)
    step = gru_step(net.embedded[0], before, net.weights.gru, update_gate=closed)
    np.testing.assert_array_equal(step.hidden, step.candidate)
    rounding = (-0.005, 0.005)
    candidates = [
        ((0.82 + a) - (0.94 + z) * (0.84 + h)) / (1 - 0.94 - z)
        for a in rounding
        for z in rounding
        for h in rounding
    ]
    assert -1 < min(candidates) < max(candidates) < 1


def test_open_reset_and_zero_update_give_a_plain_rnn(net: Net) -> None:
    """Compare every step from the same state: over a text, a net may amplify rounding."""
    size = net.weights.config.hidden_size
    parameters = [
        array.astype(np.float64)
        for array in (
            net.weights.gru.weight_ih,
            net.weights.gru.weight_hh,
            net.weights.gru.bias_ih,
            net.weights.gru.bias_hh,
        )
    ]
    rnn = nn.RNN(net.weights.config.embedding_size, size, dtype=torch.float64)
    with torch.no_grad():
        for parameter, array in zip(rnn.parameters(), parameters, strict=True):
            parameter.copy_(torch.from_numpy(array[2 * size :]))
    embedded = net.embedded.astype(np.float64)  # (T, E)
    steps = gru(
        embedded,
        GRUParameters(*parameters),
        reset_gate=np.ones(size),
        update_gate=np.zeros(size),
    )
    hidden = np.stack([step.hidden for step in steps])  # (T, H)
    before = np.concatenate([np.zeros_like(hidden[:1]), hidden[:-1]])  # (T, H)
    with torch.inference_mode():  # T texts of one word
        expected = rnn(torch.from_numpy(embedded)[None], torch.from_numpy(before)[None])[0][0]
    np.testing.assert_allclose(hidden, expected, atol=1e-12)


def test_update_gate_of_1_keeps_state_and_gradient() -> None:
    torch.manual_seed(0)
    cell = GatedCell(CellVariant(), embedding_size=32, hidden_size=32).double()
    words = torch.randn(200, 1, 32, dtype=torch.float64)
    start = torch.randn(1, 32, dtype=torch.float64, requires_grad=True)
    upstream = torch.randn(1, 32, dtype=torch.float64)
    with torch.no_grad():
        cell.bias_ih[cell.block("update")] = 1e4  # the sigmoid of this is exactly 1
    hidden = start
    for word in words:
        hidden = cell.step(word, hidden).hidden  # (1, H)
    [gradient] = torch.autograd.grad(hidden, start, upstream)
    assert torch.equal(hidden, start)
    assert torch.equal(gradient, upstream)


def test_worked_step_reproduces_the_state(net: Net) -> None:
    """Six decimals are printed; the tolerance is the sum of their roundings in one step."""
    trace = Recurrence(net.weights).trace(net.ids)
    at = len(net.ids) // 2
    units = range(net.weights.config.hidden_size)
    worked = worked_step(net.weights, trace, net.ids, step=at, units=units)
    after = np.array([float(unit.after) for unit in worked])  # (H,)
    np.testing.assert_allclose(after, trace.hidden[at], atol=1e-4)


def test_every_claim_that_the_page_lists_has_its_test() -> None:
    tests = dict(inspect.getmembers(sys.modules[__name__], inspect.isfunction))
    assert set(ALGEBRA) == {"C1", "C2", "C3", "C5", "C12", "C13", "C16"}
    assert all(test in tests for _, test in ALGEBRA.values())


def chung2014_states(embedded: np.ndarray, parameters: GRUParameters) -> np.ndarray:
    """Run the form of Chung et al. 2014: negated weights for u, and h = u n + (1 − u) h."""
    size = parameters.hidden_size
    sign = np.repeat(np.array([1, -1, 1], dtype=embedded.dtype), size)  # (3H,)
    negated = replace(
        parameters,
        weight_ih=parameters.weight_ih * sign[:, None],
        weight_hh=parameters.weight_hh * sign[:, None],
        bias_ih=parameters.bias_ih * sign,
        bias_hh=parameters.bias_hh * sign,
    )
    hidden = np.zeros(size, dtype=embedded.dtype)  # (H,)
    states = []
    for word in embedded:
        word_r, word_u, word_n = np.split(negated.weight_ih @ word + negated.bias_ih, 3)
        state_r, state_u, state_n = np.split(negated.weight_hh @ hidden + negated.bias_hh, 3)
        u = sigmoid(word_u + state_u)  # (H,)
        n = np.tanh(word_n + sigmoid(word_r + state_r) * state_n)  # (H,)
        hidden = u * n + (1 - u) * hidden  # (H,)
        states.append(hidden)
    return np.stack(states)
