"""A finished model as a teacher: a smaller network learns what it would say."""

from pathlib import Path

from models.errors import DataError
from models.predictor import Predictor
from training.evaluate import cut_again, predict_all
from training.sources import Corpus
from training.splits import Split, text_key
from training.teachers import Judgement


def ask_model(directory: Path, corpus: Corpus, split: Split, *, threads: int) -> Judgement:
    """Answer the logits of the artifact in `directory` on validation and unlabelled texts.

    Raises `DataError` if that model may have been trained on texts which `split` holds out: its
    judgement of them would be no measure, and what it knows of them would reach the network.
    """
    teacher = Predictor.load(directory, threads=threads)
    own = cut_again(teacher, corpus=corpus)
    held_out = {text_key(text) for text in own.validation["text"]}
    seen = sum(text_key(text) not in held_out for text in split.validation["text"])
    if seen:
        training = teacher.artifact.training
        raise DataError(
            f"{teacher.artifact.name} was trained on {seen:,} of the {len(split.validation):,} "
            "texts that this run holds out. Hold out those that it held out: --seed "
            f"{training['seed']} --validation-fraction {training['validation_fraction']}."
        )
    return Judgement(
        predict_all(teacher, split.validation).logits, predict_all(teacher, split.unlabelled).logits
    )
