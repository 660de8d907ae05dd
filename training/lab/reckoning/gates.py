"""What the gates of trained nets do at a fix, and what happens when they are held there."""

from typing import Any, Literal

import torch
from torch import Tensor

from gatewise.training.lab.reckoning.stacked_nets import Hold, StackedNets
from gatewise.training.lab.reckoning.task import FIX, angle_errors
from gatewise.training.lab.reckoning.training import Training, held_out_tracks

# The figures that are means of gates; the others are errors.
MEAN_GATES = ("reset_at_fixes", "reset_at_turns", "update_at_fixes", "update_at_turns")


@torch.no_grad()
def gate_figures(nets: StackedNets, training: Training) -> dict[str, Any]:
    """Measure gates at fixes and at turns, and the error with a gate held at all later fixes.

    The first step of a track is left out: there is nothing to drop yet.

    Returns:
        By name, one value for each net: the mean gates (`reset_at_fixes` and so on), and the mean
        angle error in degrees as the nets are (`as_it_is`) and with a gate held at fixes at 0, 1
        or each unit's average over turns (`reset_at_1` and so on). The control is each unit's
        average over fixes (`reset_at_average_of_fixes`), which holds a gate without changing what
        it does.
    """
    inputs, targets = held_out_tracks(training)
    fixes = inputs[..., FIX] == 1  # (S, B, T)
    turns = ~fixes  # (S, B, T)
    fixes[:, :, 0] = False
    steps = nets.steps(inputs)
    gates = {
        "reset": torch.stack([step.reset_gate for step in steps], dim=2),  # (S, B, T, H)
        "update": torch.stack([step.update_gate for step in steps], dim=2),  # (S, B, T, H)
    }
    figures: dict[str, Any] = {}
    for gate, values in gates.items():
        figures[f"{gate}_at_fixes"] = _mean_where(values, fixes).mean(dim=-1).tolist()
        figures[f"{gate}_at_turns"] = _mean_where(values, turns).mean(dim=-1).tolist()
    figures["as_it_is"] = _errors(nets, inputs, targets, None)
    names: tuple[Literal["reset", "update"], ...] = ("reset", "update")
    for gate in names:
        average = _mean_where(gates[gate], turns)[:, None]  # (S, 1, H)
        for label, value in (
            ("0", torch.zeros_like(average)),
            ("average", average),
            ("average_of_fixes", _mean_where(gates[gate], fixes)[:, None]),  # (S, 1, H)
            ("1", torch.ones_like(average)),
        ):
            hold = Hold(gate, value, fixes)
            figures[f"{gate}_at_{label}"] = _errors(nets, inputs, targets, hold)
    return figures


def _mean_where(values: Tensor, places: Tensor) -> Tensor:
    """Return the mean of every unit over some places of every net, (S, H)."""
    weights = places[..., None].float()  # (S, B, T, 1)
    return (values * weights).sum(dim=(1, 2)) / weights.sum(dim=(1, 2))


def _errors(nets: StackedNets, inputs: Tensor, targets: Tensor, hold: Hold | None) -> list[float]:
    outputs = nets.outputs([step.hidden for step in nets.steps(inputs, hold)])  # (S, B, T, 2)
    errors: list[float] = angle_errors(outputs.numpy(), targets.numpy()).mean(axis=(1, 2)).tolist()
    return errors
