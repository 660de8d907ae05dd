"""Arrays that several processes hold in the same physical memory.

An array is written once to a file that nobody changes any more, and each process maps it: the
kernel keeps one copy, and a page becomes a process' own only when it writes to it. An artifact's
own file is not mapped: whoever overwrites it in place would pull the weights from under a process.
"""

import os
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np
from jaxtyping import Shaped

from models.gates import GRUParameters
from models.weights import NetworkWeights


def shared_array(
    make: Callable[[], Shaped[np.ndarray, "..."]], path: Path
) -> Shaped[np.ndarray, "..."]:
    """Map the array that `path` holds, after making it and writing it there if no process has.

    The path must say all that decides the array: it is not made when the file is there.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        own = path.with_name(f"{os.getpid()}-{path.name}")
        with own.open("wb") as file:
            np.save(file, make())
        own.replace(path)  # whole or not at all; another process' is the same
    return np.asarray(np.load(path, mmap_mode="c"))


def directory_of(weights: NetworkWeights, directory: Path) -> Path:
    """Name the part of a shared directory that is for these weights and no others."""
    digest = sha256()
    for array in _arrays(weights).values():
        digest.update(np.ascontiguousarray(array).data)
    return directory / digest.hexdigest()[:32]


def shared_weights(weights: NetworkWeights, directory: Path) -> NetworkWeights:
    """Map all weights of a network from their own part of a directory that processes share."""
    own = directory_of(weights, directory)
    mapped = {
        name: shared_array(partial(np.asarray, array), own / f"{name}.npy")
        for name, array in _arrays(weights).items()
    }
    return NetworkWeights(
        embedding=mapped.pop("embedding"),
        head_weight=mapped.pop("head_weight"),
        head_bias=weights.head_bias,
        gru=GRUParameters(**mapped),
    )


def _arrays(weights: NetworkWeights) -> dict[str, Shaped[np.ndarray, "..."]]:
    gru = weights.gru
    return {
        "embedding": weights.embedding,
        "weight_ih": gru.weight_ih,
        "weight_hh": gru.weight_hh,
        "bias_ih": gru.bias_ih,
        "bias_hh": gru.bias_hh,
        "head_weight": weights.head_weight,
    }
