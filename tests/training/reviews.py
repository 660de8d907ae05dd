"""Real reviews for training tests, from the packaged data."""

import csv
from functools import cache
from pathlib import Path

from datasets import Dataset

from training.sources import read_corpus

# Options of a run that takes seconds.
SMALL_RUN = [
    "--no-snippets",
    "--min-frequency=2",
    "--embedding-size=4",
    "--hidden-size=6",
    "--word-vector-epochs=1",
    "--epochs=1",
    "--threads=1",
    "--validation-fraction=0.2",
    "--precision=float32",
]


@cache
def packaged() -> Dataset:
    """Answer all packaged reviews and snippets."""
    return read_corpus("packaged", snippets=True).labelled


def write_reviews(path: Path, *, count: int, longest: int = 700) -> Path:
    """Write `count` short IMDb reviews, half of either label, to a CSV file."""
    rows = packaged().filter(
        lambda text, source: source == "imdb" and len(text) <= longest,
        input_columns=["text", "source"],
    )
    labels = rows["label"][:]
    chosen = [
        index
        for label in (0, 1)
        for index in [row for row, value in enumerate(labels) if value == label][: count // 2]
    ]
    rows.select(chosen).to_csv(path)
    return path


def reviews_with_unlabelled(path: Path) -> Path:
    """Write reviews, 20 of them a second time without a label."""
    write_reviews(path, count=80)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
        writer.writerows({**row, "text": f"Again: {row['text']}", "label": -1} for row in rows[:20])
    return path
