"""The loss asks for the verdict at the end, and ever more firmly on the way there."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from models.weights import ModelConfig
from training import objective
from training.batches import Batch
from training.config import FitOptions
from training.network import SentimentGRU
from training.objective import (
    backward,
    divergence,
    drop_along,
    last_of,
    vagueness,
    verdict_loss,
)
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


def unlabelled(given: Batch, *rows: int) -> Batch:
    """Forget the labels of some reviews of a batch, or of all."""
    labels = given.labels.clone()
    labels[list(rows) or slice(None)] = torch.nan
    return replace(given, labels=labels)


def gradients(options: FitOptions, given: Batch | None = None) -> dict[str, torch.Tensor]:
    net = network()
    backward(net, given or batch(), options, precision=torch.float32)
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


def test_a_vanishing_virtual_adversarial_step_only_weighs_the_loss_half_as_much_again() -> None:
    tiny = gradients(plain(virtual_adversarial=1e-6))
    for name, gradient in gradients(plain()).items():
        torch.testing.assert_close(tiny[name], 1.5 * gradient, atol=1e-5, rtol=1e-3)


def test_a_virtual_adversarial_step_changes_the_verdict_more_than_a_random_one() -> None:
    net, given = network(), batch()
    words = net.embedding(given.ids).detach()
    before = last_of(net.logits(run_gru(net.gru, words).hidden), given.lengths)
    inside = torch.arange(4) < given.lengths[:, None]
    length = words[inside].std()
    random = torch.randn(500, *words.shape) * inside[:, :, None]
    random *= length / torch.linalg.vector_norm(random, dim=(2, 3), keepdim=True)
    changes = [
        divergence(
            before, last_of(net.logits(run_gru(net.gru, words + step).hidden), given.lengths)
        )
        for step in random
    ]
    figures = backward(net, given, plain(virtual_adversarial=1.0), precision=torch.float32)
    assert figures["virtual_adversarial"] > max(change.mean().item() for change in changes)


def test_virtual_adversarial_steps_make_the_verdict_steadier() -> None:
    net, given, options = network(), unlabelled(batch()), plain(virtual_adversarial=3.0)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    changes = []
    for _ in range(20):
        optimizer.zero_grad()
        figures = backward(net, given, options, precision=torch.float32)
        changes.append(figures["virtual_adversarial"])
        optimizer.step()
    assert changes[-1] < 0.8 * changes[0]


def test_the_same_units_are_dropped_before_and_after_a_virtual_adversarial_step() -> None:
    options = FitOptions(embedding_dropout=0, state_dropout=0.5, virtual_adversarial=1e-6)
    figures = backward(network(), batch(), options, precision=torch.float32)
    assert figures["virtual_adversarial"] == pytest.approx(0, abs=1e-6)


def test_a_virtual_adversarial_step_leads_away_from_the_label(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    losses: list[float] = []

    def noting(*given: Any, **options: Any) -> torch.Tensor:
        loss = verdict_loss(*given, **options)
        losses.append(loss.item())
        return loss

    monkeypatch.setattr(objective, "verdict_loss", noting)
    backward(network(), batch(), plain(virtual_adversarial=0.5), precision=torch.float32)
    before, after = losses
    assert after > before


def test_a_review_without_a_label_adds_nothing_to_the_gradient() -> None:
    given = batch()
    alone = replace(given, ids=given.ids[:1], lengths=given.lengths[:1], labels=given.labels[:1])
    with_it = gradients(plain(), unlabelled(given, 1))
    for name, gradient in gradients(plain(), alone).items():
        torch.testing.assert_close(with_it[name], gradient)


def test_both_kinds_of_steps_go_together_where_a_label_is_missing() -> None:
    options = plain(adversarial=5.0, virtual_adversarial=5.0)
    for gradient in gradients(options, unlabelled(batch(), 1)).values():
        assert gradient.isfinite().all()


def test_a_batch_without_any_label_has_no_loss() -> None:
    net = network()
    figures = backward(net, unlabelled(batch()), plain(), precision=torch.float32)
    assert figures["loss"] == 0
    assert not any(parameter.grad.any() for parameter in net.parameters())  # type: ignore[union-attr]


def test_the_divergence_is_that_of_two_coins() -> None:
    before, after = torch.tensor([0.8]), torch.tensor([-0.5])
    p, q = before.sigmoid(), after.sigmoid()
    expected = p * (p / q).log() + (1 - p) * ((1 - p) / (1 - q)).log()
    torch.testing.assert_close(divergence(before, after), expected)
    assert divergence(before, before) == 0


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
