"""What is measured on gates, and which gate an intervention holds."""

import torch

from gatewise.training.lab.reckoning.gates import gate_figures
from gatewise.training.lab.reckoning.stacked_nets import StackedNets
from gatewise.training.lab.reckoning.training import Training

TRAINING = Training("fixes anywhere", "GRU", 3, 1, 1e-2, seeds=2)


def nets_with_constant_gates() -> StackedNets:
    """GRUs whose reset gates are ½ and whose update gates are ¾, whatever the input."""
    nets = StackedNets("GRU", hidden_size=3, seeds=TRAINING.all_seeds)
    with torch.no_grad():
        for parameter in (nets.weight_ih, nets.weight_hh, nets.bias_ih, nets.bias_hh):
            parameter[:, :6] = 0
        nets.bias_ih[:, 3:6] = torch.log(torch.tensor(3.0))
    return nets


def test_the_means_of_gates_are_those_of_each_gate() -> None:
    figures = gate_figures(nets_with_constant_gates(), TRAINING)
    for place in ("fixes", "turns"):
        torch.testing.assert_close(figures[f"reset_at_{place}"], [0.5, 0.5])
        torch.testing.assert_close(figures[f"update_at_{place}"], [0.75, 0.75], rtol=1e-5, atol=0)


def test_holding_constant_gates_at_their_average_changes_nothing() -> None:
    figures = gate_figures(nets_with_constant_gates(), TRAINING)
    for gate in ("reset", "update"):
        for average in ("average", "average_of_fixes"):
            torch.testing.assert_close(
                figures[f"{gate}_at_{average}"], figures["as_it_is"], rtol=1e-4, atol=1e-3
            )
        assert figures[f"{gate}_at_1"] != figures["as_it_is"]


def test_the_first_step_is_not_held() -> None:
    """With a fix at the start only there is none that could be held."""
    training = Training("a fix at the start only", "GRU", 3, 1, 1e-2, seeds=2)
    nets = StackedNets("GRU", hidden_size=3, seeds=training.all_seeds)
    figures = gate_figures(nets, training)
    assert figures["reset_at_1"] == figures["as_it_is"]
