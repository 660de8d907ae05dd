"""The texts of a finished model: what it learned from, what it held out, what was dropped."""

from collections.abc import Sequence
from pathlib import Path

from gatewise.models.predictor import Predictor
from gatewise.training.data.exclusion import read_exclusion
from gatewise.training.data.named_sources import read_added
from gatewise.training.data.repeated_split import repeat_split
from gatewise.training.data.run_texts import RunTexts, assemble
from gatewise.training.stored_config import read_training_config


def repeat_texts(
    predictor: Predictor,
    source: str | None = None,
    *,
    add: Sequence[str] | None = None,
    exclude: str | Path | None = None,
) -> RunTexts:
    """Repeat the split of a model's training, and what was dropped from it.

    Args:
        predictor: The model.
        source: Where its reviews are now; by default where its training read them.
        add: The added sources, by default those of its training.
        exclude: The file of excluded texts, by default that of its training.

    Raises:
        DataError: The texts cannot be read, or are not those of the training.
    """
    config = read_training_config(predictor.artifact.training)
    added = read_added(
        config.add if add is None else tuple(add),
        seed=config.split_seed,
        fraction=config.validation_fraction,
    )
    exclusion = read_exclusion(config.exclude if exclude is None else exclude)
    return assemble(repeat_split(predictor, source), added, exclusion)
