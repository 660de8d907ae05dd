"""How 8-bit weights are packed: in panels of consecutive rows, a few columns at a time."""

from typing import Final

import numpy as np
from jaxtyping import Int8

from gatewise.models.gru.kernels.aligned import aligned
from gatewise.models.gru.kernels.simd_target import TARGET

PANEL_VECTORS: Final = 4
"""Vectors of weights, of consecutive rows, that are packed together."""
PANEL_ROWS: Final = PANEL_VECTORS * TARGET.width
"""Rows of weights that are packed together."""
PANELS_AT_ONCE: Final = 2
"""Panels that a single state is multiplied by at a time; packed weights have a multiple of it."""


def pad_to_panels(numbers: Int8[np.ndarray, "R D"], *, columns: int) -> Int8[np.ndarray, "N C"]:
    """Append zeros, such that rows and columns can be packed.

    Args:
        numbers: Weights.
        columns: Columns of a row that lie side by side.
    """
    rows, depth = numbers.shape
    return np.pad(numbers, ((0, -rows % (PANEL_ROWS * PANELS_AT_ONCE)), (0, -depth % columns)))


def pack_panels(numbers: Int8[np.ndarray, "N C"], *, columns: int) -> Int8[np.ndarray, " _"]:
    """Pack weights panel after panel, from a cache line on.

    Args:
        numbers: Weights, padded by `pad_to_panels`.
        columns: Columns of a row that lie side by side.

    Returns:
        For each panel, the first `columns` columns of all its rows, then the next, and so on.
    """
    by_panel = numbers.reshape(
        -1, PANEL_ROWS, numbers.shape[1] // columns, columns
    )  # (panels, rows, C / columns, columns)
    return aligned(by_panel.transpose(0, 2, 1, 3)).reshape(-1)
