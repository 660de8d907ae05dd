"""Arrays that several processes share in physical memory, through memory-mapped files.

An array is written once to a file that is never changed, and every process maps it. The operating
system keeps one copy; pages that a process writes to become private to it. The artifact's own file
is not mapped, because overwriting it in place would change the weights of a running process.

A file can be deleted at any time: processes that have mapped it keep their data, and a process that
needs it later writes it again. Its memory is freed when no process maps it.
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

from gatewise.models.weights import GRUParameters, NetworkWeights

# Name of a subdirectory for one network; `discard_others` deletes no others.
_DIGEST = re.compile("[0-9a-f]{32}")


def shared_array(
    make: Callable[[], Shaped[np.ndarray, "..."]], path: Path
) -> Shaped[np.ndarray, "..."]:
    """Map the array in a file; if the file does not exist, compute the array and write it first.

    Args:
        make: Computes the array. It is not called if the file exists, so the path must identify
            everything that the array depends on.
        path: The file. It is written atomically.

    Returns:
        The mapped array; writing to it does not change the file.

    Raises:
        OSError: The file cannot be written.
    """
    while True:
        made = None if path.exists() else make()
        with suppress(FileNotFoundError):  # deleted by another process since: try again
            if made is not None:
                _write(made, path)
            return np.asarray(np.load(path, mmap_mode="c"))


def _write(array: Shaped[np.ndarray, "..."], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    own = path.with_name(f"{os.getpid()}-{path.name}")
    try:
        with own.open("wb") as file:
            np.save(file, array)
        # A link is atomic and does not replace a file that another process wrote in the meantime:
        # that may be mapped already, and a second file would take the same memory again.
        with suppress(FileExistsError):
            os.link(own, path)
    finally:
        own.unlink(missing_ok=True)


def digest_of(weights: NetworkWeights) -> str:
    """Return a digest of all arrays of a network, as 32 hexadecimal digits."""
    digest = sha256()
    for array in _arrays(weights).values():
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:32]


def directory_of(weights: NetworkWeights, directory: Path) -> Path:
    """Return the subdirectory of a shared directory that belongs to these weights."""
    return directory / digest_of(weights)


def shared_weights(weights: NetworkWeights, directory: Path) -> NetworkWeights:
    """Replace all arrays of a network by memory-mapped copies.

    Args:
        weights: The network.
        directory: Directory that the processes share.

    Returns:
        The same weights, mapped from files in the network's own subdirectory.

    Raises:
        OSError: The files cannot be written.
    """
    own = directory_of(weights, directory)
    mapped = {
        name: shared_array(partial(np.asarray, array), own / f"{name}.npy")
        for name, array in _arrays(weights).items()
    }
    now = time.time_ns()
    with suppress(FileNotFoundError):
        os.utime(own, ns=(now, now))  # `discard_others` compares these times
    return NetworkWeights(
        embedding=mapped.pop("embedding"),
        head_weight=mapped.pop("head_weight"),
        head_bias=weights.head_bias,
        gru=GRUParameters(**mapped),
    )


def discard_others(weights: NetworkWeights, directory: Path, *, only_older: bool = False) -> None:
    """Delete the files of all other networks. Processes that have mapped them are not affected.

    Args:
        weights: The network whose files are kept.
        directory: Directory that the processes share.
        only_older: Also keep networks that were mapped after this one.

    Raises:
        OSError: A file cannot be deleted.
    """
    own = directory_of(weights, directory)
    limit = _last_mapped(own)
    for subdirectory in directory.glob("*"):
        if subdirectory == own or not _DIGEST.fullmatch(subdirectory.name):
            continue
        if only_older and _last_mapped(subdirectory) >= limit:
            continue
        for file in subdirectory.glob("*.npy"):
            file.unlink(missing_ok=True)
        with suppress(OSError):  # another process writes to it or has deleted it
            subdirectory.rmdir()


def _last_mapped(subdirectory: Path) -> int:
    """Return the time in ns at which a network was last mapped; 0 if it has no files."""
    try:
        return subdirectory.stat().st_mtime_ns
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
