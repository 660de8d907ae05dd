"""The finished model: calibrated on held-out texts, and measured on them."""

from dataclasses import asdict
from typing import Any

from datasets import Dataset

from gatewise.models.predictor import Predictor
from gatewise.models.tokenizer import WordTokenizer
from gatewise.models.weights import NetworkWeights
from gatewise.training.config import TrainingConfig
from gatewise.training.data.run_texts import RunTexts
from gatewise.training.evaluation.added_metrics import calibrate, measure_added
from gatewise.training.evaluation.evaluate import (
    PredictedLogits,
    SourceMetrics,
    measure_by_source,
    predict_all,
    predict_texts,
)
from gatewise.training.export.artifact import build_predictor, divide_by_temperature


def calibrated_model(
    weights: NetworkWeights,
    tokenizer: WordTokenizer,
    texts: RunTexts,
    *,
    test: Dataset | None,
    config: TrainingConfig,
) -> tuple[Predictor, dict[str, Any]]:
    """Calibrate a network on held-out texts and measure it.

    Args:
        weights: The trained network.
        tokenizer: Its tokenizer.
        texts: The texts of the run. Those held out are used.
        test: Test texts, which nothing else reads, or None.
        config: The configuration of the run.

    Returns:
        The calibrated predictor, and its figures on the validation texts, on those held out of
        added sources, and on the test texts, if there are any.
    """
    validation = texts.split.validation
    held_out = {source.name: source.held_out for source in texts.added if source.held_out.rows}
    measured = build_predictor(weights, tokenizer, config)
    raw = predict_all(measured, validation)
    raw_added = {name: predict_texts(measured, part.texts) for name, part in held_out.items()}
    temperature = calibrate(raw.logits, validation, raw_added, held_out)
    calibrated = PredictedLogits(raw.logits / temperature, raw.tokens)
    predictor = build_predictor(divide_by_temperature(weights, temperature), tokenizer, config)
    figures: dict[str, Any] = {
        "temperature": temperature,
        "validation": _to_json(measure_by_source(calibrated, validation)),
    }
    if held_out:
        figures["held_out"] = {
            name: asdict(measure_added(raw_added[name] / temperature, part))
            for name, part in held_out.items()
        }
    if test is not None:
        figures["test"] = _to_json(measure_by_source(predict_all(predictor, test), test))
    return predictor, figures


def _to_json(by_source: dict[str, SourceMetrics]) -> dict[str, Any]:
    return {source: asdict(figures) for source, figures in by_source.items()}
