"""Trained models in the training of another one: as its teacher, or as its initial network."""

from typing import Any

from gatewise.models.artifact import Artifact
from gatewise.models.errors import DataError
from gatewise.models.predictor import Predictor
from gatewise.training.data.recut import SplitRecipe
from gatewise.training.data.sources import Corpus
from gatewise.training.data.splits import Split, text_key
from gatewise.training.distillation.teachers import TeacherLogits
from gatewise.training.evaluation.evaluate import predict_all


def teacher_model_logits(
    model: str, corpus: Corpus, split: Split, *, threads: int
) -> TeacherLogits:
    """Compute the logits of a trained model on the validation and the unlabelled texts.

    Args:
        model: A directory, a release name or a Hub id.
        corpus: All texts of this run.
        split: Their split.
        threads: Number of CPU threads.

    Raises:
        ArtifactError: The model cannot be loaded.
        DataError: The model may have been trained on texts that this run holds out.
    """
    teacher = Predictor.load(model, threads=threads)
    check_held_out(teacher.artifact, corpus, split)
    return TeacherLogits(
        predict_all(teacher, split.validation).logits, predict_all(teacher, split.unlabelled).logits
    )


def check_held_out(model: Artifact, corpus: Corpus, split: Split) -> None:
    """Raise an error if a model may have been trained on texts that a run holds out.

    Its accuracy on them would be no measurement, and what it has learned from them would influence
    the network.

    Args:
        model: The trained model.
        corpus: All texts of this run; the model must have been trained on the same ones.
        split: Their split in this run.

    Raises:
        DataError: The model was trained on other texts, or on some that `split` holds out.
    """
    recipe = SplitRecipe.of(model)
    held_out = {text_key(text) for text in recipe.repeat(corpus).validation["text"]}
    seen = sum(text_key(text) not in held_out for text in split.validation["text"])
    if seen:
        raise DataError(
            f"{model.name} was trained on {seen:,} of the {len(split.validation):,} texts that "
            "this run holds out. Hold out the same texts as its training: --split-seed "
            f"{recipe.split_seed} --validation-fraction {recipe.validation_fraction}."
        )


def lineage_record(model: Artifact) -> dict[str, Any]:
    """Describe the model that a network continues from, for the metrics of that network.

    Returns:
        Name, version, stored configuration and minutes of training of the model, and under `start`
        the same of the model that it continued from itself, or None.
    """
    return {
        "name": model.name,
        "version": model.version,
        "training": dict(model.training),
        "minutes": sum(model.metrics["seconds"].values()) / 60,
        "start": model.metrics.get("start"),
    }
