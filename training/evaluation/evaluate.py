"""Measures a finished model on labelled texts, exactly as it is served."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from datasets import Dataset
from jaxtyping import Float64, Int64
from tqdm import tqdm

from gatewise.models.artifact.config import LABELS
from gatewise.models.errors import DataError
from gatewise.models.files.read_options import ReadOptions
from gatewise.models.gru.equations import sigmoid
from gatewise.models.prediction import Prediction
from gatewise.models.predictor import Predictor
from gatewise.training.data.repeated_texts import repeat_texts
from gatewise.training.data.sources import Source, read_reviews
from gatewise.training.evaluation.added_metrics import AddedSourceMetrics, measure_added
from gatewise.training.evaluation.gate_saturation import GateSaturation, measure_saturation
from gatewise.training.evaluation.metrics import (
    LengthGroup,
    Metrics,
    ReliabilityBin,
    accuracy_by_length,
    measure,
    reliability,
)

MISTAKES = 10  # in a report, unless another number is requested
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
class Mistake:
    """A wrong prediction.

    Attributes:
        text: The text.
        source: Its source.
        label: Its true label.
        predicted: The predicted label.
        score: Probability of the predicted label.
    """

    text: str
    source: str
    label: str
    predicted: str
    score: float


@dataclass(frozen=True)
class EvaluationReport(Metrics):
    """Figures of a model on a data set.

    Attributes:
        seconds: Time to tokenize and classify all texts.
        by_source: Figures by source; a review and a snippet are not the same task.
        mistakes: The wrong predictions with the highest probability, the highest first.
        held_out: Figures on the texts held out of added sources, by source.
        gates: Shares of saturated gates, if they were requested.
    """

    seconds: float
    by_source: dict[str, SourceMetrics]
    mistakes: list[Mistake]
    held_out: dict[str, AddedSourceMetrics] = field(default_factory=dict)
    gates: GateSaturation | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON-compatible data; what was not measured is left out."""
        report = asdict(self)
        if not self.held_out:
            del report["held_out"]
        if self.gates is None:
            del report["gates"]
        return report


def evaluate_model(
    model: str | Path | None = None,
    *,
    data: Source | None = None,
    options: ReadOptions | None = None,
    source: str | None = None,
    by: str | None = None,
    add: Sequence[str] | None = None,
    exclude: str | Path | None = None,
    gates: bool = False,
    mistakes: int = MISTAKES,
) -> EvaluationReport:
    """Measure a model on labelled texts, or on the texts that its training held out.

    Args:
        model: A directory, a release name or a Hub id; by default the default release.
        data: Labelled texts, as `read_reviews` takes them: a file or directory, a data set on the
            Hub, a pandas data frame or a `Dataset`. Without it, the validation split of the
            model's training is repeated.
        options: Columns, labels and encoding of `data`, if they are not the usual ones.
        source: Another copy of the texts that the model was trained on, to repeat the split from.
        by: Column of `data` by whose values figures are given. By default `source`.
        add: Sources to measure on beside the validation split, as the option `--add` of a training
            has them. By default those of the model's training.
        exclude: File with the digests of texts to leave out of the validation split. By default
            that of the model's training.
        gates: Whether to measure the saturation of gates, too.
        mistakes: Largest number of wrong predictions in the report.

    Raises:
        ArtifactError: The model cannot be loaded.
        DataError: The texts cannot be read, are not those of the model's training, or both `data`
            and an option of the validation split are given.
    """
    predictor = Predictor.load(model)
    if data is not None:
        for option, value in (("source", source), ("add", add), ("exclude", exclude)):
            if value is not None:
                raise DataError(
                    f"--data is measured as it is: leave out --{option}, or leave out --data."
                )
        dataset = _read_labelled(data, options, by)
        return evaluate_dataset(predictor, dataset, gates=gates, mistakes=mistakes)
    texts = repeat_texts(predictor, source=source, add=add, exclude=exclude)
    report = evaluate_dataset(predictor, texts.split.validation, gates=gates, mistakes=mistakes)
    held_out = {
        part.name: measure_added(predict_texts(predictor, part.held_out.texts), part.held_out)
        for part in texts.added
        if len(part.held_out)
    }
    return replace(report, held_out=held_out)


def evaluate_dataset(
    predictor: Predictor, dataset: Dataset, *, gates: bool = False, mistakes: int = MISTAKES
) -> EvaluationReport:
    """Measure a model on labelled texts.

    Args:
        predictor: The model.
        dataset: Texts with the columns text, label (0 or 1) and source.
        gates: Whether to measure the saturation of gates, too.
        mistakes: Largest number of wrong predictions in the report.
    """
    started = time.monotonic()
    predicted = predict_all(predictor, dataset)
    seconds = time.monotonic() - started
    return EvaluationReport(
        **vars(measure(predicted.logits, np.asarray(dataset["label"][:]))),
        seconds=seconds,
        by_source=measure_by_source(predicted, dataset),
        mistakes=most_confident_mistakes(predicted, dataset, count=mistakes),
        gates=measure_saturation(predictor, dataset) if gates else None,
    )


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


def predict_texts(predictor: Predictor, texts: Sequence[str]) -> Float64[np.ndarray, " N"]:
    """Compute the logit of every text, in order."""
    logits: list[float] = []
    with tqdm(total=len(texts), desc="evaluate", unit="text") as bar:
        for start in range(0, len(texts), _BATCH):
            group = texts[start : start + _BATCH]
            logits += [prediction.logit for prediction in predictor.predict(group)]
            bar.update(len(group))
    return np.array(logits)


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


def most_confident_mistakes(
    predicted: PredictedLogits, dataset: Dataset, *, count: int
) -> list[Mistake]:
    """Return the wrong predictions with the highest probability, the highest first.

    Args:
        predicted: The logits of all texts.
        dataset: The texts, with the columns text, label and source.
        count: Largest number of mistakes.
    """
    wrong = np.flatnonzero((predicted.logits > 0) != (np.asarray(dataset["label"][:]) == 1))  # (M,)
    by_confidence = np.argsort(-np.abs(predicted.logits[wrong]), kind="stable")  # (M,)
    chosen = wrong[by_confidence[:count]]  # (count,)
    scores = sigmoid(np.abs(predicted.logits[chosen]))  # (count,)
    return [
        Mistake(
            text=row["text"],
            source=row["source"],
            label=LABELS[row["label"]],
            predicted=LABELS[1 - row["label"]],
            score=float(score),
        )
        for row, score in zip(dataset.select(chosen), scores, strict=True)
    ]


def _read_labelled(data: Source, options: ReadOptions | None, by: str | None) -> Dataset:
    labelled = read_reviews(data, options, by=by).filter(
        lambda label: label >= 0, input_columns="label"
    )
    if not len(labelled):
        name = data if isinstance(data, str | Path) else "The data"
        raise DataError(f"{name} has no labelled text to measure on.")
    return labelled
