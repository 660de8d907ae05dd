"""Where on a track the errors are: at fixes, and by the number of steps since the last one."""

import numpy as np
from jaxtyping import Bool, Int

from gatewise.training.lab.reckoning.stacked_nets import StackedNets
from gatewise.training.lab.reckoning.task import FIX
from gatewise.training.lab.reckoning.training import Training, held_out_errors, held_out_tracks

# Longer times since a fix are rare.
MOST_STEPS = 12


def steps_since_fixes(
    fixes: Bool[np.ndarray, "*N T"],
) -> tuple[Int[np.ndarray, "*N T"], Int[np.ndarray, "*N T"]]:
    """Count steps and fixes along tracks, which begin with a fix.

    Args:
        fixes: Whether a step is a fix.

    Returns:
        The number of steps since the last fix, 0 at a fix, and the number of fixes so far.
    """
    places = np.arange(fixes.shape[-1])  # (T,)
    last = np.maximum.accumulate(np.where(fixes, places, 0), axis=-1)  # (*N, T)
    return places - last, fixes.cumsum(axis=-1)


def errors_since_fixes(nets: StackedNets, training: Training) -> dict[str, dict[str, list[float]]]:
    """Measure the mean angle error by the number of steps since the last fix.

    The first fix of a track is the control: the state before it is zero, so that it has nothing to
    drop.

    Returns:
        By `first_fix` and `later_fixes`, by number of steps since then: one value for each net.
        Numbers of steps that do not occur are left out.
    """
    inputs, _ = held_out_tracks(training)
    errors = held_out_errors(nets, training)  # (S, B, T)
    since, number = steps_since_fixes((inputs[..., FIX] == 1).numpy())  # (S, B, T) each
    groups = {"first_fix": number == 1, "later_fixes": number > 1}  # (S, B, T) each
    figures: dict[str, dict[str, list[float]]] = {}
    for name, group in groups.items():
        figures[name] = {}
        for steps in range(MOST_STEPS + 1):
            chosen = group & (since == steps)  # (S, B, T)
            if chosen.any(axis=(1, 2)).all():
                means = np.where(chosen, errors, 0).sum(axis=(1, 2)) / chosen.sum(axis=(1, 2))
                figures[name][str(steps)] = means.tolist()
    return figures
