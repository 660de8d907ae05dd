"""How fast one core reads the same memory repeatedly: the lower bound for one text's recurrence."""

from collections.abc import Callable

import numpy as np
from numba import njit


def memory_reader(bytes_per_token: int, *, tokens: int) -> Callable[[], int]:
    """Return a task that reads a buffer of `bytes_per_token` bytes once for every token."""
    buffer = np.ones(bytes_per_token // 8, dtype=np.int64)
    return lambda: _read(buffer, tokens)


@njit(nogil=True)
def _read(buffer: np.ndarray, passes: int) -> int:
    """Combine all numbers in each pass.

    They are integers, because a sum of floats has a fixed order and would not be vectorized.
    """
    combined = 0
    for number in range(passes):
        for index in range(buffer.size):
            combined ^= buffer[index] + number
    return combined
