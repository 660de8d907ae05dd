"""Samples of a data set: seeded draws, their digest, and their division into parts."""

import hashlib
from collections.abc import Iterator

import numpy as np
from datasets import Dataset

from gatewise.models.errors import DataError


def draw(dataset: Dataset, count: int | None, *, seed: int) -> list[int]:
    """Draw rows of a data set without replacement.

    Args:
        dataset: The data set.
        count: Number of rows; all of them if there are fewer, or if it is None.
        seed: Seed of the draw.

    Returns:
        The row numbers, in ascending order.

    Raises:
        DataError: The data set is empty.
    """
    if not len(dataset):
        raise DataError("There is no text to draw from.")
    order = np.random.default_rng(seed).permutation(len(dataset))
    chosen: list[int] = np.sort(order[:count]).tolist()
    return chosen


def fingerprint(dataset: Dataset, rows: list[int]) -> str:
    """Compute a digest of the texts at the given rows, in hexadecimal."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(dataset[row]["text"].encode() + b"\0")
    return digest.hexdigest()


def in_parts(rows: list[int], size: int) -> Iterator[tuple[int, list[int]]]:
    """Yield the rows in numbered parts of at most `size`."""
    for number, start in enumerate(range(0, len(rows), size)):
        yield number, rows[start : start + size]
