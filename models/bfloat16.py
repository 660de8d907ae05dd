"""bfloat16, the upper half of a float32, as 16 bits in uint16: NumPy has no such type."""

import numpy as np
from jaxtyping import Float32, UInt16


def to_bfloat16(numbers: Float32[np.ndarray, "..."]) -> UInt16[np.ndarray, "..."]:
    """Round to the nearest bfloat16, ties to even, and return its 16 bits."""
    bits = numbers.view(np.uint32)
    return ((bits + ((bits >> 16) & 1) + 0x7FFF) >> 16).astype(np.uint16)


def from_bfloat16(halves: UInt16[np.ndarray, "..."]) -> Float32[np.ndarray, "..."]:
    """Convert the 16 bits of bfloat16 to float32."""
    return (halves.astype(np.uint32) << 16).view(np.float32)
