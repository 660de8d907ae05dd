"""Arrays that several processes hold in the same physical memory.

An array is written once to a file that nobody changes any more, and each process maps it: the
kernel keeps one copy, and a page becomes a process' own only when it writes to it. An artifact's
own file is not mapped: whoever overwrites it in place would pull the weights from under a process.

A file may be discarded at any time: who has mapped it keeps it, and who needs it again makes it
again. Its room is free once nobody maps it.
"""

import os
import re
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np
from jaxtyping import Shaped

from models.gates import GRUParameters
from models.weights import NetworkWeights

# Nothing else in a directory is ours to discard.
_PART = re.compile("[0-9a-f]{32}")


def shared_array(
    make: Callable[[], Shaped[np.ndarray, "..."]], path: Path
) -> Shaped[np.ndarray, "..."]:
    """Map the array that `path` holds, after making it and writing it there if no process has.

    The path must say all that decides the array: it is not made when the file is there. Raises
    `OSError` if it cannot be written, and leaves nothing half-written then.
    """
    while True:
        made = None if path.exists() else make()
        with suppress(FileNotFoundError):  # another process discarded it just now: once more
            if made is not None:
                _write(made, path)
            return np.asarray(np.load(path, mmap_mode="c"))


def _write(array: Shaped[np.ndarray, "..."], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    own = path.with_name(f"{os.getpid()}-{path.name}")
    try:
        with own.open("wb") as file:
            np.save(file, array)
        # Whole or not at all. If another process was faster, its file stays: it may be mapped, and
        # ours in its place would be the same array in memory twice.
        with suppress(FileExistsError):
            os.link(own, path)
    finally:
        own.unlink(missing_ok=True)


def digest_of(weights: NetworkWeights) -> str:
    """Digest all arrays of a network in 32 hexadecimal digits."""
    digest = sha256()
    for array in _arrays(weights).values():
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:32]


def directory_of(weights: NetworkWeights, directory: Path) -> Path:
    """Name the part of a shared directory that is for these weights and no others."""
    return directory / digest_of(weights)


def shared_weights(weights: NetworkWeights, directory: Path) -> NetworkWeights:
    """Map all weights of a network from their own part of a directory that processes share.

    Raises `OSError` if they cannot be written there.
    """
    own = directory_of(weights, directory)
    mapped = {
        name: shared_array(partial(np.asarray, array), own / f"{name}.npy")
        for name, array in _arrays(weights).items()
    }
    now = time.time_ns()
    with suppress(FileNotFoundError):
        os.utime(own, ns=(now, now))  # tells `discard_others` which part was mapped last
    return NetworkWeights(
        embedding=mapped.pop("embedding"),
        head_weight=mapped.pop("head_weight"),
        head_bias=weights.head_bias,
        gru=GRUParameters(**mapped),
    )


def discard_others(weights: NetworkWeights, directory: Path, *, only_older: bool = False) -> None:
    """Delete the files of all other networks, or `only_older`: those last mapped before this one.

    Processes that have mapped such a network go on with it. Raises `OSError` for a file that cannot
    be deleted.
    """
    own = directory_of(weights, directory)
    limit = _last_mapped(own)
    for part in directory.glob("*"):
        if part == own or not _PART.fullmatch(part.name):
            continue
        if only_older and _last_mapped(part) >= limit:
            continue
        for file in part.glob("*.npy"):
            file.unlink(missing_ok=True)
        with suppress(OSError):  # another process writes there, or was faster
            part.rmdir()


def _last_mapped(part: Path) -> int:
    """Answer when a part was mapped last, in ns; 0 if it is not there."""
    try:
        return part.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


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
