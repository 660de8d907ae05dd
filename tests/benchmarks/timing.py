"""Times of several tasks that meet the same weather: every round does each of them once."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Milliseconds of one task: the median, and the quartiles around it."""

    median: float
    low: float
    high: float


def measure(
    tasks: Mapping[str, Callable[[], object]], *, rounds: int, warm_up: int = 3
) -> dict[str, Timing]:
    """Time every task once a round, after `warm_up` rounds that do not count."""
    milliseconds: dict[str, list[float]] = {name: [] for name in tasks}
    for round_ in range(rounds + warm_up):
        for name, task in tasks.items():
            started = time.perf_counter()
            task()
            if round_ >= warm_up:
                milliseconds[name].append((time.perf_counter() - started) * 1e3)
    return {name: _timing(values) for name, values in milliseconds.items()}


def _timing(values: list[float]) -> Timing:
    low, median, high = statistics.quantiles(values, n=4)
    return Timing(median, low, high)
