"""A finished model in another's training: as a teacher, or as what the network goes on from."""

from pathlib import Path
from typing import Any

from models.artifact import Artifact
from models.errors import DataError
from models.predictor import Predictor
from training.evaluate import cut_again, predict_all, recipe_of
from training.sources import Corpus
from training.splits import Split, text_key
from training.teachers import Judgement


def ask_model(directory: Path, corpus: Corpus, split: Split, *, threads: int) -> Judgement:
    """Answer the logits of the artifact in `directory` on validation and unlabelled texts.

    Raises `DataError` as `check_held_out` does.
    """
    teacher = Predictor.load(directory, threads=threads)
    check_held_out(teacher.artifact, corpus, split)
    return Judgement(
        predict_all(teacher, split.validation).logits, predict_all(teacher, split.unlabelled).logits
    )


def check_held_out(finished: Artifact, corpus: Corpus, split: Split) -> None:
    """Refuse a model that may have been trained on texts which `split` holds out.

    Its judgement of them would be no measure, and what it knows of them would reach the network.
    Raises `DataError`.
    """
    own = cut_again(Predictor(finished), corpus=corpus)
    held_out = {text_key(text) for text in own.validation["text"]}
    seen = sum(text_key(text) not in held_out for text in split.validation["text"])
    if seen:
        recipe = recipe_of(finished)
        raise DataError(
            f"{finished.name} was trained on {seen:,} of the {len(split.validation):,} "
            "texts that this run holds out. Hold out those that it held out: --split-seed "
            f"{recipe.split_seed} --validation-fraction {recipe.validation_fraction}."
        )


def origin(finished: Artifact) -> dict[str, Any]:
    """Tell which model a network goes on from, and how that was made, for the figures of both."""
    return {
        "name": finished.name,
        "version": finished.version,
        "training": dict(finished.training),
        "minutes": sum(finished.metrics["seconds"].values()) / 60,
        "start": finished.metrics.get("start"),
    }
