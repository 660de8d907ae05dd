"""Products of 8-bit layers, as tests call them."""

from dataclasses import replace

import numpy as np

from gatewise.models.gru.kernels.int8.layer import Int8Layer
from gatewise.models.gru.kernels.int8.matmul import multiply_int8


def multiplied(layer: Int8Layer, states: np.ndarray, count: int | None = None) -> np.ndarray:
    """Multiply the first `count` of some states, at most as many as the layer has lanes.

    Args:
        layer: The layer.
        states: States as integers, multiplied as 16-bit ones unless they have 8 bits; they may have
            fewer columns than the layer.
        count: By default the number of states.
    """
    count = len(states) if count is None else count
    kind = np.int8 if states.dtype == np.int8 else np.int16
    padded = np.zeros((layer.lanes, layer.depth), dtype=kind)
    padded[: len(states), : states.shape[1]] = states
    sums = np.zeros((layer.lanes, layer.bias.size), dtype=np.float32)
    multiply_int8(
        layer.weights, layer.tiles, layer.scale, layer.bias, padded, layer.depth, count, sums
    )
    return sums[:count]


def without_tiles(layer: Int8Layer) -> Int8Layer:
    """Return a layer as it is on a processor that multiplies no tiles."""
    return replace(layer, tiles=layer.tiles[:0])
