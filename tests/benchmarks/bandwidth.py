"""How fast one core reads memory again and again: what bounds the recurrence of one text."""

from typing import Any

import numpy as np
from numba import njit

from tests.benchmarks.timing import measure

_ROUNDS = 40
_PASSES = 50  # over the buffer in one measurement, as the recurrence passes over its weights


def reading_bound(bytes_per_token: int, *, tokens: int) -> dict[str, Any]:
    """Measure how long one core takes merely to read so many bytes once for every token."""
    buffer = np.ones(bytes_per_token // 8, dtype=np.int64)
    timing = measure({"read": lambda: _read(buffer, _PASSES)}, rounds=_ROUNDS)["read"]
    milliseconds = timing.median / _PASSES
    return {
        "bytes_per_token": bytes_per_token,
        "gigabytes_per_second": bytes_per_token / milliseconds / 1e6,
        "milliseconds": milliseconds * tokens,
    }


@njit(nogil=True)
def _read(buffer: np.ndarray, passes: int) -> int:
    """Combine all numbers in each pass: integers, so that they are read in vectors."""
    found = 0
    for number in range(passes):
        for index in range(buffer.size):
            found ^= buffer[index] + number
    return found
