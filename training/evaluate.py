"""Stage 6, evaluate: a finished model on labelled texts, exactly as it will be served."""

import time
from dataclasses import asdict
from typing import Any

import numpy as np
from datasets import Dataset
from jaxtyping import Float64
from tqdm import tqdm

from models.predictor import Predictor
from training.metrics import measure

_BATCH = 256


def predict_logits(predictor: Predictor, dataset: Dataset) -> Float64[np.ndarray, " N"]:
    """Predict every text of a data set, whole, in order."""
    logits: list[float] = []
    with tqdm(total=len(dataset), desc="evaluate", unit="text") as bar:
        for batch in dataset.iter(_BATCH):
            logits += [prediction.logit for prediction in predictor.predict(batch["text"])]
            bar.update(len(batch["text"]))
    return np.array(logits)  # (N,)


def evaluate(predictor: Predictor, dataset: Dataset) -> dict[str, Any]:
    """Measure a model on labelled texts, all together and `by_source`.

    `seconds` is the time to read and judge them all.
    """
    started = time.monotonic()
    logits = predict_logits(predictor, dataset)  # (N,)
    seconds = time.monotonic() - started
    return {
        **asdict(measure(logits, np.asarray(dataset["label"][:]))),
        "seconds": seconds,
        "by_source": measure_by_source(logits, dataset),
    }


def measure_by_source(
    logits: Float64[np.ndarray, " N"], dataset: Dataset
) -> dict[str, dict[str, Any]]:
    """Measure each source apart: a review and a snippet are not the same task."""
    sources, labels = np.array(dataset["source"][:]), np.asarray(dataset["label"][:])  # (N,) each
    return {
        str(source): asdict(measure(logits[sources == source], labels[sources == source]))
        for source in np.unique(sources)
    }
