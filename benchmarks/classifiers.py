"""Whole classifiers, from text to label, on the same held-out reviews.

Each runs in a process of its own, so that its peak memory is its own. `other_classifiers` lists
those of other libraries.
"""

import multiprocessing
import resource
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from datasets import Dataset

from benchmarks.classifier import Classifier, Classify, megabytes_on_disk
from benchmarks.other_classifiers import OTHERS
from benchmarks.report import model_title
from benchmarks.tables import classifier_table
from gatewise.models.errors import DataError
from gatewise.models.predictor import Predictor
from gatewise.training.data.repeated_texts import repeat_texts

PACKAGES = (
    "onnxruntime",
    "transformers",
    "scikit-learn",
    "fasttext-numpy2-wheel",
    "vaderSentiment",
)
BATCHES = (1, 32)
_ROUNDS = 3


@dataclass(frozen=True)
class Figures:
    """The figures of one classifier.

    Attributes:
        milliseconds: Time of a review by batch size: median, least and most of several rounds.
        reviews_read: Number of reviews that were classified.
        accuracy: Share that was classified correctly; None if the classifier is not trained.
        megabytes_resident: Peak memory of the process.
        megabytes_on_disk: Size of the model; None if it is not stored.
    """

    milliseconds: dict[int, list[float]]
    reviews_read: int
    accuracy: float | None
    megabytes_resident: float
    megabytes_on_disk: float | None


@dataclass(frozen=True)
class Task:
    """The input of every process: our models by name, the texts to train on and to classify."""

    models: dict[str, Path]
    train: Dataset
    texts: list[str]
    labels: list[int]
    threads: int


def measure_classifiers(
    models: Sequence[Path],
    *,
    source: str | None,
    add: Sequence[str] | None,
    count: int,
    threads: int,
) -> tuple[list[str], dict[str, dict[str, Any]]]:
    """Measure our models and the other classifiers, one process after the other.

    Args:
        models: Directories of our models; the others are trained on the texts of the first.
        source: Where to read the texts, if not where the training of the models read them.
        add: Copies of the sources that were added to these texts, as for `gatewise train`.
        count: Number of reviews to classify.
        threads: Largest number of threads of each.

    Returns:
        Name and version of our models, and the figures by name of the classifier.

    Raises:
        DataError: The models have no held-out review in common, or their texts cannot be read.
    """
    predictors = [Predictor.load(path) for path in models]
    splits = [repeat_texts(predictor, source, add=add).split for predictor in predictors]
    reviews = _draw_reviews([split.validation for split in splits], count)
    ours = {
        predictor.artifact.name: path for predictor, path in zip(predictors, models, strict=True)
    }
    task = Task(ours, splits[0].train, list(reviews["text"]), list(reviews["label"]), threads)
    processes = multiprocessing.get_context("spawn")
    figures = {}
    for name in [*ours, *OTHERS]:
        with processes.Pool(1) as pool:
            figures[name] = asdict(pool.apply(_measure, (name, task)))
    return [model_title(predictor.artifact) for predictor in predictors], figures


def classifier_lines(figures: dict[str, dict[str, Any]]) -> list[str]:
    """Render the number of reviews, and the table."""
    first = next(iter(figures.values()))
    heading = f"Milliseconds a review, of {first['reviews_read']} held-out reviews."
    return [heading, "", *classifier_table(figures)]


def _draw_reviews(validation: Sequence[Dataset], count: int) -> Dataset:
    """Draw reviews that all of our models have held out."""
    common = set.intersection(*(set(dataset["text"]) for dataset in validation))
    reviews = validation[0].filter(
        lambda text, source: text in common and source != "rotten_tomatoes",
        input_columns=["text", "source"],
    )
    if not len(reviews):
        raise DataError("The models have no held-out review in common: pass one with --model.")
    chosen = np.random.default_rng(0).permutation(len(reviews))[:count]
    return reviews.select(sorted(chosen.tolist()))


def _measure(name: str, task: Task) -> Figures:
    """Measure one classifier; this runs in a process of its own."""
    torch.set_num_threads(task.threads)
    if name in task.models:
        classifier = _gatewise(task.models[name], task.threads)
    else:
        classifier = OTHERS[name](task.train, task.threads)
    texts = task.texts[: max(*BATCHES, int(len(task.texts) * classifier.share_of_reviews))]
    classifier.classify(texts[: max(BATCHES)])  # warm-up
    times = {batch: _milliseconds(classifier.classify, texts, batch) for batch in BATCHES}
    accuracy = None
    if classifier.trained:
        positive = [found for text in texts for found in classifier.classify([text])]
        right = np.array(positive) == (np.array(task.labels[: len(texts)]) == 1)
        accuracy = round(float(right.mean()), 4)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # from KiB
    disk = classifier.megabytes_on_disk
    return Figures(
        milliseconds=times,
        reviews_read=len(texts),
        accuracy=accuracy,
        megabytes_resident=round(peak, 1),
        megabytes_on_disk=None if disk is None else round(disk, 1),
    )


def _milliseconds(classify: Classify, texts: Sequence[str], batch: int) -> list[float]:
    """Measure the time of a review for one batch size: median, least and most of the rounds."""
    times = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        for start in range(0, len(texts), batch):
            classify(texts[start : start + batch])
        times.append(1000 * (time.perf_counter() - started) / len(texts))
    return [round(float(value), 3) for value in (np.median(times), min(times), max(times))]


def _gatewise(model: Path, threads: int) -> Classifier:
    predictor = Predictor.load(model, threads=threads)

    def classify(texts: Sequence[str]) -> Sequence[bool]:
        return [prediction.logit > 0 for prediction in predictor.predict(texts)]

    return Classifier(classify, megabytes_on_disk(model))
