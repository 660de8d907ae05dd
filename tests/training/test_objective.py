"""The loss asks for the verdict at the end, and ever more firmly on the way there."""

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from training.objective import verdict_loss

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
