"""Measures a finished model on labelled texts, exactly as it is served."""

import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from datasets import Dataset
from jaxtyping import Float64, Int64
from tqdm import tqdm

from gatewise.models.errors import DataError
from gatewise.models.predictor import Prediction, Predictor
from gatewise.training.data.recut import SplitRecipe
from gatewise.training.data.sources import Corpus, read_file
from gatewise.training.data.splits import Split
from gatewise.training.evaluation.gate_saturation import GateSaturation, measure_saturation
from gatewise.training.evaluation.metrics import (
    LengthGroup,
    Metrics,
    ReliabilityBin,
    accuracy_by_length,
    measure,
    reliability,
)

_BATCH = 256


@dataclass(frozen=True)
class PredictedLogits:
    """The logit of every text of a data set, and the number of tokens it was computed from."""

    logits: Float64[np.ndarray, " N"]
    tokens: Int64[np.ndarray, " N"]


@dataclass(frozen=True)
class SourceMetrics(Metrics):
    """Figures on the texts of one source.

    Attributes:
        reliability: Accuracy by confidence.
        by_length: Accuracy by number of tokens.
    """

    reliability: list[ReliabilityBin]
    by_length: list[LengthGroup]


@dataclass(frozen=True)
class EvaluationReport(Metrics):
    """Figures of a model on a data set.

    Attributes:
        seconds: Time to tokenize and classify all texts.
        by_source: Figures by source; a review and a snippet are not the same task.
        gates: Shares of saturated gates, if they were requested.
    """

    seconds: float
    by_source: dict[str, SourceMetrics]
    gates: GateSaturation | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON-compatible data; `gates` is left out if not measured."""
        report = asdict(self)
        if self.gates is None:
            del report["gates"]
        return report


def evaluate_model(
    model: str | Path | None = None,
    *,
    data: Path | None = None,
    source: str | None = None,
    gates: bool = False,
) -> EvaluationReport:
    """Measure a model on a file of labelled texts, or on its own validation split.

    Args:
        model: A directory, a release name or a Hub id; by default the default release.
        data: A parquet, CSV or JSONL file with the columns text and label. Without it, the
            validation split of the model's training is repeated.
        source: Another copy of the texts that the model was trained on, to repeat the split from.
        gates: Whether to measure the saturation of gates, too.

    Raises:
        ArtifactError: The model cannot be loaded.
        DataError: The texts cannot be read, are not those of the model's training, or both `data`
            and `source` are given.
    """
    predictor = Predictor.load(model)
    if data is None:
        dataset = cut_again(predictor, source).validation
    elif source is None:
        dataset = _read_labelled(data)
    else:
        raise DataError("--data is measured as it is: leave out --source, or leave out --data.")
    return evaluate_dataset(predictor, dataset, gates=gates)


def evaluate_dataset(
    predictor: Predictor, dataset: Dataset, *, gates: bool = False
) -> EvaluationReport:
    """Measure a model on labelled texts.

    Args:
        predictor: The model.
        dataset: Texts with the columns text, label (0 or 1) and source.
        gates: Whether to measure the saturation of gates, too.
    """
    started = time.monotonic()
    predicted = predict_all(predictor, dataset)
    seconds = time.monotonic() - started
    return EvaluationReport(
        **vars(measure(predicted.logits, np.asarray(dataset["label"][:]))),
        seconds=seconds,
        by_source=measure_by_source(predicted, dataset),
        gates=measure_saturation(predictor, dataset) if gates else None,
    )


def cut_again(predictor: Predictor, source: str | None = None) -> Split:
    """Repeat the split that a model was trained with.

    Args:
        predictor: The model.
        source: Another copy of the texts; by default where the training read them.

    Raises:
        DataError: The texts are missing or are not those of the training.
    """
    recipe = SplitRecipe.of(predictor.artifact)
    return recipe.repeat(recipe.read(source))


def cut_alike(predictor: Predictor, corpus: Corpus) -> Split:
    """Split any texts with the fraction and the seed of a model's training."""
    return SplitRecipe.of(predictor.artifact).split(corpus)


def predict_all(predictor: Predictor, dataset: Dataset) -> PredictedLogits:
    """Classify every text of a data set, in order."""
    predictions: list[Prediction] = []
    with tqdm(total=len(dataset), desc="evaluate", unit="text") as bar:
        for batch in dataset.iter(_BATCH):
            predictions += predictor.predict(batch["text"])
            bar.update(len(batch["text"]))
    return PredictedLogits(
        np.array([prediction.logit for prediction in predictions]),
        np.array([prediction.tokens for prediction in predictions]),
    )


def measure_by_source(predicted: PredictedLogits, dataset: Dataset) -> dict[str, SourceMetrics]:
    """Measure the texts of each source separately.

    Args:
        predicted: The logits of all texts.
        dataset: The texts, with the columns label and source.
    """
    sources, labels = np.array(dataset["source"][:]), np.asarray(dataset["label"][:])  # (N,) each
    by_source = {}
    for source in np.unique(sources):
        chosen = sources == source  # (N,)
        logits, truth = predicted.logits[chosen], labels[chosen]  # (n,) each
        by_source[str(source)] = SourceMetrics(
            **vars(measure(logits, truth)),
            reliability=reliability(logits, truth),
            by_length=accuracy_by_length(logits, truth, predicted.tokens[chosen]),
        )
    return by_source


def _read_labelled(path: Path) -> Dataset:
    labelled = read_file(path).filter(lambda label: label >= 0, input_columns="label")
    if not len(labelled):
        raise DataError(f"{path} has no labelled text to measure on.")
    return labelled
