"""Real reviews from the packaged data, and configurations that train on them in seconds."""

import csv
from functools import cache
from pathlib import Path
from typing import Any

from datasets import Dataset

from gatewise.training.config import TrainingConfig
from gatewise.training.data.sources import read_corpus

# Options of a run that takes seconds.
SMALL = {
    "snippets": False,
    "min_frequency": 2,
    "embedding_size": 4,
    "hidden_size": 6,
    "word_vector_epochs": 1,
    "epochs": 1,
    "threads": 1,
    "validation_fraction": 0.2,
}
# The same as arguments of `gatewise train`.
SMALL_RUN = [
    f"--no-{name}" if value is False else f"--{name.replace('_', '-')}={value}"
    for name, value in SMALL.items()
]
# A language model for the few reviews of such a run.
SMALL_LANGUAGE_MODEL = {"epochs": 1, "batch_size": 4, "sequence_length": 20}


def small_config(source: Path, **options: Any) -> TrainingConfig:
    """Return the configuration of a run that takes seconds."""
    return TrainingConfig.model_validate({**SMALL, "source": str(source), **options})


@cache
def packaged() -> Dataset:
    """Return all packaged reviews and snippets."""
    return read_corpus("packaged", snippets=True).labelled


def write_reviews(path: Path, *, count: int, longest: int = 700) -> Path:
    """Write short IMDb reviews, half of them of either label, to a CSV file.

    Args:
        path: The file.
        count: Number of reviews.
        longest: Largest number of characters of a review.
    """
    short = _short_reviews(longest)
    chosen = [row for label in (0, 1) for row in _rows_with(short, label)[: count // 2]]
    short.select(chosen).to_csv(path)
    return path


def reviews_with_unlabelled(path: Path) -> Path:
    """Write 80 labelled reviews, and 20 of them a second time without a label."""
    write_reviews(path, count=80)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
        writer.writerows({**row, "text": f"Again: {row['text']}", "label": -1} for row in rows[:20])
    return path


@cache
def _short_reviews(longest: int) -> Dataset:
    return packaged().filter(
        lambda text, source: source == "imdb" and len(text) <= longest,
        input_columns=["text", "source"],
    )


def _rows_with(dataset: Dataset, label: int) -> list[int]:
    return [row for row, value in enumerate(dataset["label"][:]) if value == label]
