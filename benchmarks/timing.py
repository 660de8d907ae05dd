"""Times of several tasks, measured in turns so that a change of the machine's load affects all."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Timing:
    """The median time of a task, and the quartiles around it, in milliseconds."""

    median: float
    low: float
    high: float


def measure(
    tasks: Mapping[str, Callable[[], object]], *, rounds: int, warm_up: int = 3
) -> dict[str, Timing]:
    """Time every task once in each round.

    Args:
        tasks: The tasks by name.
        rounds: Number of timed rounds, at least 1.
        warm_up: Number of rounds before these, which are not counted.
    """
    milliseconds: dict[str, list[float]] = {name: [] for name in tasks}
    for round_ in range(warm_up + rounds):
        for name, task in tasks.items():
            started = time.perf_counter()
            task()
            if round_ >= warm_up:
                milliseconds[name].append((time.perf_counter() - started) * 1e3)
    return {name: summarize(values) for name, values in milliseconds.items()}


def summarize(milliseconds: Sequence[float]) -> Timing:
    """Compute the median and the quartiles of some times, rounded to a hundredth."""
    low, median, high = np.percentile(milliseconds, [25, 50, 75]).round(2).tolist()
    return Timing(median, low, high)
