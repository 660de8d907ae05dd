"""Arrays that begin at a cache line, so that a vector that is loaded never lies in two of them."""

from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

CACHE_LINE: Final = 64
"""Bytes of a cache line, and of the largest vector."""

Number = TypeVar("Number", bound=np.generic)


def aligned(array: NDArray[Number]) -> NDArray[Number]:
    """Return a copy of an array that begins at a multiple of `CACHE_LINE` bytes.

    NumPy's own large arrays begin 16 bytes after one, from where weights are read more slowly.
    """
    memory = np.empty(array.nbytes + CACHE_LINE, dtype=np.uint8)
    first = -memory.ctypes.data % CACHE_LINE
    copy = memory[first : first + array.nbytes].view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy
