"""Trained models in the training of another one: as its teacher, or as its initial network."""

from typing import Any

from gatewise.models.artifact.artifact import Artifact
from gatewise.models.predictor import Predictor
from gatewise.training.data.overlap import check_held_out
from gatewise.training.data.sources import Corpus
from gatewise.training.data.splits import Split
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


def lineage_record(model: Artifact) -> dict[str, Any]:
    """Describe the model that a network continues from, for the metrics of that network.

    Returns:
        Name, version, stored configuration, numbers of texts and minutes of training of the model,
        and under `start` the same of the model that it continued from itself, or None.
    """
    return {
        "name": model.name,
        "version": model.version,
        "training": dict(model.training),
        "texts": dict(model.metrics["texts"]),
        "minutes": sum(model.metrics["seconds"].values()) / 60,
        "start": model.metrics.get("start"),
    }
