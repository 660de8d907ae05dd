"""The loss asks for the verdict at the end, and ever more firmly on the way there."""

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from models.weights import ModelConfig
from training.batches import Batch
from training.config import FitOptions
from training.network import SentimentGRU
from training.objective import backward, drop_along, vagueness, verdict_loss
from training.recurrence import run_gru

LOGITS = torch.tensor([[0.5, -1.0, 2.0], [1.0, 3.0, 99.0]])
LENGTHS = torch.tensor([3, 2])
LABELS = torch.tensor([1.0, 0.0])


def test_without_running_loss_only_the_last_state_counts() -> None:
    expected = cross_entropy(torch.tensor([2.0, 3.0]), LABELS)
    assert verdict_loss(LOGITS, LENGTHS, LABELS, running=0.0) == pytest.approx(expected.item())


def test_the_running_loss_weighs_positions_by_hand() -> None:
    first = cross_entropy(LOGITS[0], torch.ones(3), reduction="none")
    second = cross_entropy(LOGITS[1, :2], torch.zeros(2), reduction="none")
    expected = (
        (first * torch.tensor([1, 2, 3]) / 6).sum() + (second * torch.tensor([1, 2]) / 3).sum()
    ) / 2
    assert verdict_loss(LOGITS, LENGTHS, LABELS, running=1.0) == pytest.approx(expected.item())


def test_padding_weighs_nothing() -> None:
    other = LOGITS.clone()
    other[1, 2] = -5
    losses = [verdict_loss(logits, LENGTHS, LABELS, running=0.5) for logits in (LOGITS, other)]
    assert losses[0] == losses[1]


def network() -> SentimentGRU:
    torch.manual_seed(0)
    return SentimentGRU(ModelConfig(vocab_size=20, embedding_size=4, hidden_size=6))


def batch() -> Batch:
    return Batch(
        ids=torch.tensor([[2, 3, 4, 5], [6, 7, 0, 0]]),
        lengths=torch.tensor([4, 2]),
        labels=torch.tensor([1.0, 0.0]),
    )


def plain(**changes: float) -> FitOptions:
    """Options without chance: no dropout."""
    return FitOptions(embedding_dropout=0, state_dropout=0, **changes)


def gradients(options: FitOptions) -> dict[str, torch.Tensor]:
    net = network()
    backward(net, batch(), options, precision=torch.float32)
    return {name: tensor.grad.clone() for name, tensor in net.named_parameters()}  # type: ignore[union-attr]


def test_the_gradient_is_that_of_autograd_on_the_plain_network() -> None:
    net, given = network(), batch()
    loss = verdict_loss(net.logits(net.states(given.ids)), given.lengths, given.labels, running=0.5)
    expected = torch.autograd.grad(loss, list(net.parameters()))
    mine = gradients(plain()).values()
    for gradient, reference in zip(mine, expected, strict=True):
        torch.testing.assert_close(gradient, reference)


def test_a_vanishing_adversarial_step_changes_nothing() -> None:
    tiny = gradients(plain(adversarial=1e-6))
    for name, gradient in gradients(plain()).items():
        torch.testing.assert_close(tiny[name], gradient, atol=1e-5, rtol=1e-3)


def test_the_adversarial_step_raises_the_loss() -> None:
    figures = backward(network(), batch(), plain(adversarial=0.5), precision=torch.float32)
    assert figures["adversarial"] > figures["loss"]


def test_vagueness_is_one_at_half_and_zero_at_the_ends() -> None:
    lengths = torch.tensor([2])
    half, ends = torch.full((1, 2, 3), 0.5), torch.tensor([[[0.0, 1, 0], [1, 0, 1]]])
    assert vagueness(half, lengths) == 1
    assert vagueness(ends, lengths) == 0


def test_the_gates_of_padding_are_not_called_vague() -> None:
    gates = torch.cat([torch.ones(1, 1, 4), torch.full((1, 3, 4), 0.5)], dim=1)
    assert vagueness(gates, torch.tensor([1])) == 0


def test_a_step_against_vagueness_makes_gates_crisper() -> None:
    net, given, options = network(), batch(), plain(crisp_gates=1000.0)
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-3)
    before = vagueness(run_gru(net.gru, net.embedding(given.ids)).gates, given.lengths)
    backward(net, given, options, precision=torch.float32)
    optimizer.step()
    after = vagueness(run_gru(net.gru, net.embedding(given.ids)).gates, given.lengths)
    assert after < before


def test_dimensions_are_dropped_along_the_whole_text() -> None:
    torch.manual_seed(0)
    dropped = drop_along(torch.ones(8, 5, 40), 0.5)
    assert torch.equal(dropped, dropped[:, :1].expand_as(dropped))
    assert set(dropped.flatten().tolist()) == {0.0, 2.0}
