"""Stage 6, evaluate: a finished model on labelled texts, exactly as it will be served."""

import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from datasets import Dataset
from jaxtyping import Float64, Int64
from tqdm import tqdm

from models.predictor import Prediction, Predictor
from training.config import TrainingConfig
from training.metrics import accuracy_by_length, measure, reliability
from training.sources import Corpus, read_corpus
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
    """
    config = TrainingConfig.model_validate(predictor.artifact.training)
    corpus = corpus or read_corpus(source or config.source, snippets=config.snippets)
    return split_corpus(corpus, validation_fraction=config.validation_fraction, seed=config.seed)


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
