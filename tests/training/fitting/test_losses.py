"""The loss of a fit and its gradient, with virtual adversarial training and the gate penalty."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from gatewise.models.weights import ModelConfig
from gatewise.training.data.batches import Batch
from gatewise.training.fit_options import FitOptions
from gatewise.training.fitting import losses as module
from gatewise.training.fitting.losses import (
    backward,
    classification_loss,
    kl_divergence,
    last_of,
    unsaturation,
)
from gatewise.training.nets.dropout import drop_along
from gatewise.training.nets.network import SentimentGRU
from gatewise.training.nets.recurrence import run_gru

LOGITS = torch.tensor([[0.5, -1.0, 2.0], [1.0, 3.0, 99.0]])
LENGTHS = torch.tensor([3, 2])
LABELS = torch.tensor([1.0, 0.0])


def test_without_running_loss_only_the_last_token_counts() -> None:
    expected = cross_entropy(torch.tensor([2.0, 3.0]), LABELS)
    assert classification_loss(LOGITS, LENGTHS, LABELS, running=0.0) == pytest.approx(
        expected.item()
    )


def test_the_running_loss_weights_tokens_by_their_position() -> None:
    first = cross_entropy(LOGITS[0], torch.ones(3), reduction="none")
    second = cross_entropy(LOGITS[1, :2], torch.zeros(2), reduction="none")
    expected = (
        (first * torch.tensor([1, 2, 3]) / 6).sum() + (second * torch.tensor([1, 2]) / 3).sum()
    ) / 2
    assert classification_loss(LOGITS, LENGTHS, LABELS, running=1.0) == pytest.approx(
        expected.item()
    )


def test_padding_does_not_change_the_loss() -> None:
    other = LOGITS.clone()
    other[1, 2] = -5
    losses = [
        classification_loss(logits, LENGTHS, LABELS, running=0.5) for logits in (LOGITS, other)
    ]
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
    """Return options without dropout."""
    return FitOptions(embedding_dropout=0, state_dropout=0, **changes)


def unlabelled(given: Batch, *rows: int) -> Batch:
    """Return a batch with unknown labels for some rows, or for all."""
    labels = given.labels.clone()
    labels[list(rows) or slice(None)] = torch.nan
    return replace(given, labels=labels)


def gradients(options: FitOptions, given: Batch | None = None) -> dict[str, torch.Tensor]:
    net = network()
    backward(net, given or batch(), options, precision=torch.float32)
    return {name: tensor.grad.clone() for name, tensor in net.named_parameters()}  # type: ignore[union-attr]


def test_the_gradient_equals_that_of_autograd() -> None:
    net, given = network(), batch()
    loss = classification_loss(
        net.logits(net.states(given.ids)), given.lengths, given.labels, running=0.5
    )
    expected = torch.autograd.grad(loss, list(net.parameters()))
    mine = gradients(plain()).values()
    for gradient, reference in zip(mine, expected, strict=True):
        torch.testing.assert_close(gradient, reference)


def test_a_tiny_perturbation_multiplies_the_gradient_by_three_halves() -> None:
    tiny = gradients(plain(virtual_adversarial=1e-6))
    for name, gradient in gradients(plain()).items():
        torch.testing.assert_close(tiny[name], 1.5 * gradient, atol=1e-5, rtol=1e-3)


def test_the_perturbation_changes_the_probability_more_than_random_ones() -> None:
    net, given = network(), batch()
    words = net.embedding(given.ids).detach()  # (B, T, E)
    inside = torch.arange(4) < given.lengths[:, None]  # (B, T)
    random = torch.randn(500, *words.shape) * inside[:, :, None]  # (500, B, T, E)
    norm = torch.linalg.vector_norm(random, dim=(2, 3), keepdim=True)  # (500, B, 1, 1)
    steps = random * words[inside].std() / norm  # (500, B, T, E)

    def logits(embedded: torch.Tensor) -> torch.Tensor:
        lengths = given.lengths.repeat(len(embedded) // 2)
        return last_of(net.logits(run_gru(net.gru, embedded).hidden), lengths)

    after = logits((words + steps).flatten(0, 1))  # (500 B,)
    changes = kl_divergence(logits(words).repeat(500), after).reshape(500, 2).mean(dim=1)  # (500,)
    figures = backward(net, given, plain(virtual_adversarial=1.0), precision=torch.float32)
    assert figures["virtual_adversarial"] > changes.max()


def test_virtual_adversarial_training_makes_the_network_more_robust() -> None:
    net, given, options = network(), unlabelled(batch()), plain(virtual_adversarial=3.0)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    changes = []
    for _ in range(20):
        optimizer.zero_grad()
        figures = backward(net, given, options, precision=torch.float32)
        changes.append(figures["virtual_adversarial"])
        optimizer.step()
    assert changes[-1] < 0.8 * changes[0]


def test_the_same_units_are_dropped_before_and_after_the_perturbation() -> None:
    options = FitOptions(embedding_dropout=0, state_dropout=0.5, virtual_adversarial=1e-6)
    figures = backward(network(), batch(), options, precision=torch.float32)
    assert figures["virtual_adversarial"] == pytest.approx(0, abs=1e-6)


def test_the_perturbation_leads_away_from_the_label(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    losses: list[float] = []

    def recorded(*given: Any, **options: Any) -> torch.Tensor:
        loss = classification_loss(*given, **options)
        losses.append(loss.item())
        return loss

    monkeypatch.setattr(module, "classification_loss", recorded)
    backward(network(), batch(), plain(virtual_adversarial=0.5), precision=torch.float32)
    before, after = losses
    assert after > before


def test_a_review_without_a_label_does_not_change_the_gradient() -> None:
    given = batch()
    alone = replace(given, ids=given.ids[:1], lengths=given.lengths[:1], labels=given.labels[:1])
    with_it = gradients(plain(), unlabelled(given, 1))
    for name, gradient in gradients(plain(), alone).items():
        torch.testing.assert_close(with_it[name], gradient)


def test_unlabelled_reviews_have_a_finite_gradient_in_virtual_adversarial_training() -> None:
    for gradient in gradients(plain(virtual_adversarial=5.0), unlabelled(batch(), 1)).values():
        assert gradient.isfinite().all()


def test_a_batch_without_labels_has_a_loss_of_zero() -> None:
    net = network()
    figures = backward(net, unlabelled(batch()), plain(), precision=torch.float32)
    assert figures["loss"] == 0
    assert not any(parameter.grad.any() for parameter in net.parameters())  # type: ignore[union-attr]


def test_the_kl_divergence_is_that_of_two_bernoulli_distributions() -> None:
    before, after = torch.tensor([0.8]), torch.tensor([-0.5])
    p, q = before.sigmoid(), after.sigmoid()
    expected = p * (p / q).log() + (1 - p) * ((1 - p) / (1 - q)).log()
    torch.testing.assert_close(kl_divergence(before, after), expected)
    assert kl_divergence(before, before) == 0


def test_unsaturation_is_one_at_half_and_zero_at_the_ends() -> None:
    lengths = torch.tensor([2])
    half, ends = torch.full((1, 2, 3), 0.5), torch.tensor([[[0.0, 1, 0], [1, 0, 1]]])
    assert unsaturation(half, lengths) == 1
    assert unsaturation(ends, lengths) == 0


def test_the_gates_of_padding_do_not_count() -> None:
    gates = torch.cat([torch.ones(1, 1, 4), torch.full((1, 3, 4), 0.5)], dim=1)
    assert unsaturation(gates, torch.tensor([1])) == 0


def mean_unsaturation(net: SentimentGRU, given: Batch) -> float:
    """Measure how far the gates of a batch are from 0 and 1."""
    gates = run_gru(net.gru, net.embedding(given.ids)).gates
    assert gates is not None
    return unsaturation(gates, given.lengths).item()


def test_the_gate_saturation_penalty_saturates_gates() -> None:
    net, given, options = network(), batch(), plain(gate_saturation_penalty=1000.0)
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-3)
    before = mean_unsaturation(net, given)
    backward(net, given, options, precision=torch.float32)
    optimizer.step()
    after = mean_unsaturation(net, given)
    assert after < before


def test_dimensions_are_dropped_for_all_tokens_of_a_text() -> None:
    torch.manual_seed(0)
    dropped = drop_along(torch.ones(8, 5, 40), 0.5)
    assert torch.equal(dropped, dropped[:, :1].expand_as(dropped))
    assert set(dropped.flatten().tolist()) == {0.0, 2.0}
