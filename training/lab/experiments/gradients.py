"""C8: how the gradient with respect to a state depends on its distance from the end."""

from copy import deepcopy
from typing import Any

import numpy as np
import torch
from jaxtyping import Float64, Int
from torch import Tensor

from gatewise.training.lab.experiments.base import Experiment
from gatewise.training.lab.experiments.measures import GradientNorms, gradient_norms
from gatewise.training.lab.nets.architectures import CHRONO, ELMAN, GRU, LSTM, LabNet
from gatewise.training.lab.nets.training_runs import TrainingRun
from gatewise.training.lab.nets.workspace import Workspace
from gatewise.training.lab.report.estimates import Estimate, estimate
from gatewise.training.lab.report.records import Finding, Supports

_NETS = [ELMAN, GRU, CHRONO, LSTM]
_BEFORE, _AFTER = "before training", "after training"
# Factors on the recurrent weights of an untrained Elman net, towards exploding gradients.
_SCALES = (2.0, 4.0)
# A gradient that changes by a factor of 1000 counts as vanished or exploded.
_DECADES = 3.0
_CURVE_POINTS = 40
_REPORTED_DISTANCES = (10, 50)

Curves = dict[str, Float64[np.ndarray, "N T"]]  # log10 of norms by distance, a row for each seed


def _runs(workspace: Workspace) -> list[TrainingRun]:
    return workspace.text_runs("reviews", _NETS)


def _measure(workspace: Workspace) -> dict[str, Finding]:
    ids = _texts(workspace)
    norms = {
        name: [gradient_norms(net, ids) for net in nets] for name, nets in _nets(workspace).items()
    }
    curves = {part: _curves(norms, part) for part in ("state", "word")}
    farthest = ids.shape[1] - 1
    distances = sorted({min(distance, farthest) for distance in (*_REPORTED_DISTANCES, farthest)})
    ratios = {
        part: {
            net: {str(d): estimate(rows[:, d] - rows[:, 0]) for d in distances}
            for net, rows in of_part.items()
        }
        for part, of_part in curves.items()
    }
    return {
        "C8": Finding(
            question="Does a plain RNN's gradient vanish or explode with distance, and does a "
            "GRU's not?",
            rule=f"yes if the gradient of the untrained Elman net changes by a factor of "
            f"10^{_DECADES:.0f} or more over the text and that of the trained GRU changes less "
            "than that of the trained Elman net; partly if only one of these holds; else no",
            supports=supports_gradients(ratios["state"], str(farthest)),
            values={
                "log10_ratio_to_the_end": {
                    part: {
                        net: {distance: value.model_dump() for distance, value in row.items()}
                        for net, row in of_part.items()
                    }
                    for part, of_part in ratios.items()
                },
                "norm_by_distance": {
                    part: {net: _points(rows) for net, rows in of_part.items()}
                    for part, of_part in curves.items()
                },
                "texts": len(ids),
                "farthest": farthest,
            },
        )
    }


def supports_gradients(ratios: dict[str, dict[str, Estimate]], farthest: str) -> Supports:
    """Apply the rule of C8 to log10 of the gradient, relative to that at the end.

    Args:
        ratios: Estimates by net and distance.
        farthest: The distance that decides.
    """

    def decades(net: str) -> float:
        return abs(ratios[net][farthest].mean)

    changes = decades(f"{ELMAN}, {_BEFORE}") >= _DECADES
    reaches = decades(f"{GRU}, {_AFTER}") < decades(f"{ELMAN}, {_AFTER}")
    if changes and reaches:
        return "yes"
    return "partly" if changes or reaches else "no"


def _texts(workspace: Workspace) -> Int[Tensor, "B T"]:
    """Stack held-out reviews of the full length, or the longest ones if there are none."""
    length, validation = workspace.options.max_tokens, workspace.data.validation.ids
    long = [ids[-length:] for ids in validation if len(ids) >= length]
    if not long:
        length = max(len(ids) for ids in validation)
        long = [ids for ids in validation if len(ids) == length]
    return torch.from_numpy(np.stack(long[: workspace.options.gradient_texts]))


def _nets(workspace: Workspace) -> dict[str, list[LabNet]]:
    nets: dict[str, list[LabNet]] = {}
    for net in _NETS:
        nets[f"{net}, {_BEFORE}"] = workspace.untrained("reviews", net)
        nets[f"{net}, {_AFTER}"] = workspace.trained("reviews", net)
    for scale in _SCALES:
        nets[f"{ELMAN}, weights × {scale:.0f}, {_BEFORE}"] = [
            _scaled(net, scale) for net in workspace.untrained("reviews", ELMAN)
        ]
    return nets


def _scaled(net: LabNet, scale: float) -> LabNet:
    larger = deepcopy(net)
    with torch.no_grad():
        larger.cell.weight_hh.mul_(scale)
    return larger


def _curves(norms: dict[str, list[GradientNorms]], part: str) -> Curves:
    """Average log10 of the norms over texts, and order by distance from the end."""
    return {
        name: np.stack([np.log10(getattr(row, part)).mean(axis=0)[::-1] for row in rows])
        for name, rows in norms.items()
    }


def _points(rows: Float64[np.ndarray, "N T"]) -> dict[str, Any]:
    """Return the geometric mean over the seeds at evenly spaced distances."""
    length = rows.shape[1]
    distances = np.unique(np.linspace(0, length - 1, _CURVE_POINTS).astype(int))
    return {
        "distance": distances.tolist(),
        "norm": (10 ** rows.mean(axis=0)[distances]).tolist(),
    }


EXPERIMENT = Experiment("gradients", ("C8",), _runs, _measure)
