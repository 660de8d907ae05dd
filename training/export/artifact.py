"""Exports a network, its tokenizer, its figures and its model card as one artifact."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from datasets import Dataset

from gatewise.models.artifact.artifact import Artifact, save_artifact
from gatewise.models.artifact.config import SelfCheck
from gatewise.models.artifact.stored_weights import store_precision
from gatewise.models.gate_statistics import GateStatistics
from gatewise.models.predictor import Predictor
from gatewise.models.tokenizer import WordTokenizer
from gatewise.models.weights import NetworkWeights
from gatewise.training.config import TrainingConfig
from gatewise.training.evaluation.undecided import calibrate_on_half
from gatewise.training.export.model_card import model_card

SELF_CHECK_TEXT = (
    "A retired gardener spends a summer with his granddaughter, and the two restore an old "
    "greenhouse while the village prepares its fair. But the movie is really boring."
)


def divide_by_temperature(weights: NetworkWeights, temperature: float) -> NetworkWeights:
    """Return weights whose logit is calibrated: the head is divided by the temperature.

    Decompositions of the logit therefore sum to the calibrated logit.
    """
    return replace(
        weights,
        head_weight=weights.head_weight / weights.head_weight.dtype.type(temperature),
        head_bias=weights.head_bias / temperature,
    )


def build_predictor(
    weights: NetworkWeights, tokenizer: WordTokenizer, config: TrainingConfig
) -> Predictor:
    """Build a predictor of the weights in the precision in which the artifact stores them."""
    artifact = Artifact(
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
    return Predictor(artifact)


def export(
    predictor: Predictor,
    metrics: dict[str, Any],
    gates: GateStatistics,
    directory: Path,
    *,
    held_out: Dataset | None = None,
) -> None:
    """Write the artifact, with its model card, and load it once, which checks it.

    Args:
        predictor: The model, as `build_predictor` returns it.
        metrics: Figures of the training and the evaluation.
        gates: Statistics of the gates.
        directory: Where the artifact is written.
        held_out: Texts that the model was not trained on, with the columns text and source. Which
            texts are left undecided is calibrated on half of them; without them, or with too few,
            it is those of which the model knows less than half of the words.
    """
    artifact = predictor.artifact
    logit = predictor.predict([SELF_CHECK_TEXT])[0].logit
    check = SelfCheck(SELF_CHECK_TEXT, logit)
    rule = calibrate_on_half(predictor, held_out) if held_out is not None else None
    finished = replace(artifact, metrics=metrics, gates=gates, self_check=check, decision=rule)
    save_artifact(replace(finished, card=model_card(finished)), directory)
    Predictor.load(directory)
