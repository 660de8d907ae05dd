"""Nets that are trained at the same time are the nets that they would be alone."""

import pytest
import torch
from torch import nn

from gatewise.training.lab.nets.architectures import ARCHITECTURES, LSTMStates, units_of
from gatewise.training.lab.nets.cell import GatedCell
from gatewise.training.lab.reckoning.stacked_nets import Hold, StackedNets
from gatewise.training.lab.reckoning.study import NETS
from gatewise.training.lab.reckoning.task import INPUTS

SEEDS = (3, 4)
WIDTH = 3


def alone(name: str, seed: int) -> tuple[nn.Module, nn.Linear]:
    """The layer and the head of one net."""
    torch.manual_seed(seed)
    variant = ARCHITECTURES[name].cell
    units = units_of(name, embedding_size=INPUTS, hidden_size=WIDTH)
    layer: nn.Module = (
        LSTMStates(INPUTS, units)
        if variant is None
        else GatedCell(variant, embedding_size=INPUTS, hidden_size=units)
    )
    return layer, nn.Linear(units, 2)


@pytest.fixture
def inputs() -> torch.Tensor:
    """Random inputs (S, B, T, 6)."""
    return torch.randn(len(SEEDS), 5, 7, INPUTS, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("name", NETS)
def test_the_outputs_are_those_of_each_net_alone(name: str, inputs: torch.Tensor) -> None:
    outputs = StackedNets(name, hidden_size=WIDTH, seeds=SEEDS)(inputs)
    for place, seed in enumerate(SEEDS):
        layer, head = alone(name, seed)
        torch.testing.assert_close(outputs[place], head(layer(inputs[place])))


@pytest.mark.parametrize("name", NETS)
def test_the_gradient_of_a_net_is_that_of_the_net_alone(name: str, inputs: torch.Tensor) -> None:
    nets = StackedNets(name, hidden_size=WIDTH, seeds=SEEDS)
    nets(inputs).square().mean(dim=(1, 2, 3)).sum().backward()
    for place, seed in enumerate(SEEDS):
        layer, head = alone(name, seed)
        head(layer(inputs[place])).square().mean().backward()
        assert head.weight.grad is not None
        assert nets.head_weight.grad is not None
        torch.testing.assert_close(nets.head_weight.grad[place], head.weight.grad)
        [weight] = [p for n, p in layer.named_parameters() if n.split(".")[-1][:9] == "weight_hh"]
        assert nets.weight_hh.grad is not None
        torch.testing.assert_close(nets.weight_hh.grad[place], weight.grad)


def test_a_held_gate_has_its_value_at_its_steps_alone(inputs: torch.Tensor) -> None:
    nets = StackedNets("GRU", hidden_size=WIDTH, seeds=SEEDS)
    places = torch.zeros(inputs.shape[:3], dtype=torch.bool)
    places[1, 2, 3] = True
    held = nets.steps(inputs, Hold("reset", torch.full((2, 1, WIDTH), 0.25), places))
    free = nets.steps(inputs)
    assert (held[3].reset_gate[1, 2] == 0.25).all()
    torch.testing.assert_close(held[2].hidden, free[2].hidden)
    torch.testing.assert_close(held[6].hidden[0], free[6].hidden[0])
    assert not torch.equal(held[3].hidden[1, 2], free[3].hidden[1, 2])
