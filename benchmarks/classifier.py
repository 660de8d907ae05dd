"""What a classifier is to the benchmarks, whichever library it is of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from datasets import Dataset

# Returns for each text whether it is positive.
Classify = Callable[[Sequence[str]], Sequence[bool]]


@dataclass(frozen=True)
class Classifier:
    """A classifier, ready to use.

    Attributes:
        classify: Classifies texts.
        megabytes_on_disk: Size of the stored model; None if it is not stored.
        trained: Whether its labels mean anything.
        share_of_reviews: Share of the reviews to measure, smaller for slow classifiers.
    """

    classify: Classify
    megabytes_on_disk: float | None
    trained: bool = True
    share_of_reviews: float = 1.0


# Loads or trains a classifier, given the texts to train on and the number of threads.
Load = Callable[[Dataset, int], Classifier]


def megabytes_on_disk(path: Path) -> float:
    """Compute the size of a file, or of all files in a directory, in MiB."""
    files = [path] if path.is_file() else [entry for entry in path.rglob("*") if entry.is_file()]
    return sum(entry.stat().st_size for entry in files) / 2**20
