"""How fast one core reads memory again and again: what bounds the recurrence of one text."""

from collections.abc import Callable

import numpy as np
from numba import njit


def reader(bytes_per_token: int, *, tokens: int) -> Callable[[], int]:
    """Answer a task that reads so many bytes, the same ones, once for every token."""
    buffer = np.ones(bytes_per_token // 8, dtype=np.int64)
    return lambda: _read(buffer, tokens)


@njit(nogil=True)
def _read(buffer: np.ndarray, passes: int) -> int:
    """Combine all numbers in each pass: integers, so that they are read in vectors."""
    found = 0
    for number in range(passes):
        for index in range(buffer.size):
            found ^= buffer[index] + number
    return found
