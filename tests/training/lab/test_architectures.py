"""Architectures of the lab: common properties, and what the simple layers compute."""

import pytest
import torch

from gatewise.training.lab.nets.architectures import (
    ARCHITECTURES,
    AVERAGE,
    CHRONO,
    ELMAN,
    GRU,
    LSTM,
    POSITIONS,
    Average,
    LabNet,
    PositionalAverage,
    build,
    matched_size,
)


def small(name: str, *, longest: int = 50) -> LabNet:
    torch.manual_seed(0)
    return build(name, vocab_size=11, embedding_size=8, hidden_size=16, longest=longest)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_net_returns_a_logit_after_every_token(name: str) -> None:
    ids = torch.randint(1, 11, (2, 5))
    assert small(name)(ids).shape == (2, 5)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_no_logit_depends_on_later_tokens(name: str) -> None:
    ids = torch.randint(1, 11, (2, 9))
    net = small(name)
    torch.testing.assert_close(net(ids)[:, :4], net(ids[:, :4]))


@pytest.mark.parametrize("name", sorted(set(ARCHITECTURES) - {AVERAGE, POSITIONS}))
def test_layers_have_about_as_many_parameters_as_the_gru(name: str) -> None:
    expected = small(GRU).layer_parameters
    assert small(name).layer_parameters == pytest.approx(expected, rel=0.06)


def test_a_gru_matches_itself() -> None:
    assert matched_size(3, embedding_size=64, hidden_size=64) == 64


def test_the_average_does_not_depend_on_order() -> None:
    ids = torch.tensor([[3, 5, 7, 2]])
    net = small(AVERAGE)
    torch.testing.assert_close(net(ids)[:, -1], net(ids.flip(1))[:, -1])


def test_the_average_is_a_mean() -> None:
    embedded = torch.randn(2, 6, 4)
    for end in range(1, 7):
        torch.testing.assert_close(Average()(embedded)[:, end - 1], embedded[:, :end].mean(dim=1))


def test_the_positional_average_starts_as_the_average() -> None:
    embedded = torch.randn(2, 600, 4)
    torch.testing.assert_close(
        PositionalAverage(4)(embedded), Average()(embedded), atol=1e-4, rtol=1e-4
    )


def test_the_positional_average_weights_by_distance_from_the_end() -> None:
    embedded = torch.randn(1, 9, 2)
    layer = PositionalAverage(2)
    with torch.no_grad():
        layer.weight.copy_(torch.arange(9.0)[:, None].expand(9, 2))
    bands = torch.tensor([4, 3, 3, 3, 3, 2, 2, 1, 0])[:, None]  # of distances 8 to 0
    torch.testing.assert_close(layer(embedded)[0, -1], (bands * embedded[0]).sum(dim=0) / 9)


def test_chrono_biases_spread_memory_lengths_over_the_text() -> None:
    cell = build(CHRONO, vocab_size=3, embedding_size=4, hidden_size=400, longest=100).cell
    steps = (
        cell.bias_ih[cell.block("update")].detach().exp()
    )  # e^b = z / (1 − z), the memory length in tokens
    assert steps.min() >= 1
    assert steps.max() <= 99
    assert steps.mean() == pytest.approx(50, rel=0.1)


def test_only_a_gated_net_has_a_gated_cell() -> None:
    assert small(ELMAN).cell.variant.num_gates == 0
    with pytest.raises(TypeError, match="no gated cell"):
        _ = small(LSTM).cell
