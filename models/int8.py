"""8-bit matrices: an integer from −127 to 127 for every number, and a scale for every row.

A scale has at most 16 significant bits, so the product of scale and integer is an exact float32.
Rounding a matrix that was rounded before therefore changes nothing, and whether the numbers of a
float32 matrix are those of an 8-bit one can be found out from the numbers alone.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float32, Int8

_LARGEST: Final = np.float32(127)
_DROPPED_BITS: Final = 8  # of the 24 significant bits of a float32


@dataclass(frozen=True)
class Int8Matrix:
    """A matrix in 8 bits.

    Attributes:
        numbers: Integers from −127 to 127; the largest of each row is ±127, unless all are 0.
        scales: What the integers of each row are multiplied by.
    """

    numbers: Int8[np.ndarray, "R D"]
    scales: Float32[np.ndarray, " R"]

    @classmethod
    def nearest(cls, matrix: Float32[np.ndarray, "R D"]) -> "Int8Matrix":
        """Round a matrix: the largest number of each row becomes ±127, the others in proportion.

        A row with a number that is not finite becomes NaN.
        """
        with np.errstate(invalid="ignore", over="ignore"):
            scales = _round_to_16_bits(np.abs(matrix).max(axis=1, initial=0) / _LARGEST)  # (R,)
            scales[scales == 0] = 1
            unusable = ~np.isfinite(scales)  # (R,)
            scales[unusable] = np.nan
            numbers = matrix / scales[:, None]  # (R, D)
        numbers[unusable] = 0
        np.rint(numbers, out=numbers)
        np.clip(numbers, -_LARGEST, _LARGEST, out=numbers)
        return cls(numbers.astype(np.int8), scales)

    def to_float32(self) -> Float32[np.ndarray, "R D"]:
        """Return the numbers that the integers and scales represent, without rounding."""
        return self.numbers.astype(np.float32) * self.scales[:, None]


def exact_int8(matrix: Float32[np.ndarray, "R D"]) -> Int8Matrix | None:
    """Return the 8-bit form of a matrix if that represents it exactly, otherwise None."""
    rounded = Int8Matrix.nearest(matrix)
    return rounded if np.array_equal(rounded.to_float32(), matrix) else None


def _round_to_16_bits(numbers: Float32[np.ndarray, " R"]) -> Float32[np.ndarray, " R"]:
    """Round positive numbers to 16 significant bits, ties away from zero."""
    bits = numbers.astype(np.float32).view(np.uint32)
    half, kept = np.uint32(1 << (_DROPPED_BITS - 1)), ~np.uint32((1 << _DROPPED_BITS) - 1)
    return ((bits + half) & kept).view(np.float32)
