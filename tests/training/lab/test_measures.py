"""Measurements on nets equal those of autograd and of arithmetic on small cases."""

import numpy as np
import pytest
import torch

from gatewise.training.lab.experiments.measures import (
    decomposition_of,
    gradient_norms,
    half_lives,
    trace_of,
)
from gatewise.training.lab.nets.architectures import (
    AVERAGE,
    BEFORE,
    ELMAN,
    GRU,
    LSTM,
    MINIMAL,
    WITHOUT_RESET,
    LabNet,
    build,
)

IDS = torch.tensor([[3, 5, 2, 7], [1, 1, 4, 6]])


def small(name: str) -> LabNet:
    torch.manual_seed(0)
    return build(name, vocab_size=9, embedding_size=4, hidden_size=5, longest=10).double()


@pytest.mark.parametrize("name", [GRU, ELMAN, LSTM, BEFORE])
def test_word_gradients_are_those_of_autograd(name: str) -> None:
    net = small(name)
    embedded = net.embedding(IDS).detach().requires_grad_()
    [expected] = torch.autograd.grad(net.logits(net.layer(embedded))[:, -1].sum(), embedded)
    np.testing.assert_allclose(gradient_norms(net, IDS).word, expected.norm(dim=2), rtol=1e-9)


def test_state_gradients_of_an_elman_net_are_products_of_jacobians() -> None:
    net = small(ELMAN)
    cell = net.cell
    steps = cell.steps(net.embedding(IDS))
    gradient = net.head.weight.expand(2, -1)
    expected = [gradient.norm(dim=1)]
    for step in reversed(steps[1:]):
        gradient = (gradient * (1 - step.hidden**2)) @ cell.weight_hh
        expected.insert(0, gradient.norm(dim=1))
    norms = gradient_norms(net, IDS).state
    np.testing.assert_allclose(norms, torch.stack(expected, dim=1).detach(), rtol=1e-9)


def test_the_gradient_of_the_last_lstm_state_is_the_head() -> None:
    net = small(LSTM)
    last = gradient_norms(net, IDS).state[:, -1]
    np.testing.assert_allclose(last, net.head.weight.norm().item())


def test_an_average_has_no_recurrent_state() -> None:
    with pytest.raises(TypeError, match="no recurrent state"):
        gradient_norms(small(AVERAGE), IDS)


def test_half_lives_follow_from_the_mean_logarithm_of_the_update_gate() -> None:
    gates = np.array([[0.5, 0.9, 1.0, 0.25], [0.5, 0.9, 1.0, 1.0]])
    lives = half_lives(gates)
    assert lives[0] == pytest.approx(1)
    assert lives[1] == pytest.approx(np.log(0.5) / np.log(0.9))
    assert lives[2] > 1e12
    assert lives[3] == pytest.approx(1), "¼ and 1 keep as much as ½ and ½"


@pytest.mark.parametrize("name", [GRU, WITHOUT_RESET, MINIMAL, BEFORE, ELMAN])
def test_the_decomposition_of_any_tanh_cell_sums_to_its_logit(name: str) -> None:
    net = small(name).float()
    ids = np.array([3, 5, 2, 7, 7], dtype=np.int32)
    decomposition = decomposition_of(net, trace_of(net, ids))
    with torch.no_grad():
        expected = net(torch.from_numpy(ids)[None])[0]
    np.testing.assert_allclose(decomposition.running_logit, expected, atol=1e-5)
    assert abs(decomposition.residual) < 1e-5


def test_an_elman_net_keeps_nothing_by_update_gates() -> None:
    net = small(ELMAN).float()
    decomposition = decomposition_of(net, trace_of(net, np.array([3, 5, 2], dtype=np.int32)))
    np.testing.assert_array_equal(decomposition.kept_share, [0, 0, 1])
