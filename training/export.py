"""Stage 8, export: the network, its tokenizer, its figures and its card as one artifact."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from models.artifact import Artifact, SelfCheck, save_artifact, store_precision
from models.predictor import Predictor
from models.statistics import GateStatistics
from models.tokenizer import WordTokenizer
from models.weights import NetworkWeights
from training.card import model_card
from training.config import TrainingConfig

SELF_CHECK_TEXT = (
    "A retired gardener spends a summer with his granddaughter, and the two restore an old "
    "greenhouse while the village prepares its fair. But the movie is really boring."
)


def divide_by_temperature(weights: NetworkWeights, temperature: float) -> NetworkWeights:
    """Fold a calibration temperature into the head.

    The logit itself becomes the calibrated one, so the ledger goes on summing to what is served.
    """
    return replace(
        weights,
        head_weight=weights.head_weight / weights.head_weight.dtype.type(temperature),
        head_bias=weights.head_bias / temperature,
    )


def build_predictor(
    weights: NetworkWeights, tokenizer: WordTokenizer, config: TrainingConfig
) -> Predictor:
    """Wrap weights as they will be stored, so that what is measured is what is shipped."""
    unpublished = Artifact(
        name=config.name,
        version=config.version,
        weights=store_precision(weights),
        tokenizer=tokenizer,
        metrics={},
        gates=GateStatistics.unmeasured(weights.config.hidden_size),
        card="",
        self_check=SelfCheck(SELF_CHECK_TEXT, 0.0),
        training=config.model_dump(mode="json"),
    )
    return Predictor(unpublished)


def export(
    predictor: Predictor, metrics: dict[str, Any], gates: GateStatistics, directory: Path
) -> None:
    """Write the artifact and load it back, self-check included."""
    artifact = predictor.artifact
    logit = predictor.predict([SELF_CHECK_TEXT])[0].logit
    check = SelfCheck(SELF_CHECK_TEXT, logit)
    finished = replace(artifact, metrics=metrics, gates=gates, self_check=check)
    save_artifact(replace(finished, card=model_card(finished)), directory)
    Predictor.load(directory)
