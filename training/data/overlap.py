"""Checks that a trained model has not seen the texts that a run holds out, by their digests."""

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from gatewise.models.artifact.artifact import Artifact
from gatewise.models.errors import DataError
from gatewise.training.data.repeated_split import SplitRecipe
from gatewise.training.data.sources import Corpus
from gatewise.training.data.splits import Split, SplitKey, text_key

log = logging.getLogger(__name__)

_DIGEST_BYTES = 8


def check_held_out(model: Artifact, corpus: Corpus, split: Split) -> None:
    """Raise an error if a model was trained on texts that a run holds out.

    Its accuracy on them would be no measurement, and what it has learned from them would influence
    the network. The models that it continued from itself are checked, too. Where the training texts
    of a model are not available, a warning is logged. Texts are the same if they have the same key:
    as written if both were split by that, as read otherwise.

    Args:
        model: The trained model.
        corpus: All texts of this run.
        split: Their split in this run.

    Raises:
        DataError: The model was trained on texts that `split` holds out.
    """
    for recipe in _distinct(_recipes(model)):
        key: SplitKey = "written" if recipe.key == split.key == "written" else "read"
        held_out = text_digests(split.validation["text"], key)
        trained_on = _training_digests(recipe, corpus, key)
        if trained_on is None:
            log.warning(
                "the texts that %s was trained on are not available (%s): whether it has seen "
                "texts that this run holds out cannot be checked",
                recipe.model,
                recipe.source,
            )
        elif seen := len(held_out & trained_on):
            raise DataError(
                f"{recipe.model} was trained on {seen:,} of the {len(split.validation):,} texts "
                "that this run holds out. If its source is the same, hold out the same texts: "
                f"--split-seed {recipe.split_seed} --validation-fraction "
                f"{recipe.validation_fraction}{_key_option(recipe, split)}. If not, remove those "
                "texts from the source."
            )


def text_digests(texts: Iterable[str], key: SplitKey = "written") -> set[bytes]:
    """Return the digests of the keys of texts; duplicates have the same."""
    return {
        hashlib.blake2b(
            text_key(text, key).encode(errors="replace"), digest_size=_DIGEST_BYTES
        ).digest()
        for text in texts
    }


def _key_option(recipe: SplitRecipe, split: Split) -> str:
    """Return the option that splits a run by the keys of a model, if it has others."""
    return "" if recipe.key == split.key else f" --split-key {recipe.key}"


def _recipes(model: Artifact) -> Iterator[SplitRecipe]:
    """Yield the recipe of a model, and those of the models that it continued from."""
    yield SplitRecipe.of(model)
    start: Mapping[str, Any] | None = model.metrics.get("start")
    while start is not None:
        yield SplitRecipe.read_from(start["name"], start["training"], start.get("texts"))
        start = start["start"]


def _distinct(recipes: Iterable[SplitRecipe]) -> Iterator[SplitRecipe]:
    """Yield the recipes without those that differ in the counts that are unknown, or not at all."""
    seen: set[SplitRecipe] = set()
    for recipe in recipes:
        plain = replace(recipe, model="", train_texts=None, validation_texts=None)
        if plain not in seen:
            seen.add(plain)
            yield recipe


def _training_digests(recipe: SplitRecipe, corpus: Corpus, key: SplitKey) -> set[bytes] | None:
    """Return the digests of the labelled texts that a model was trained on.

    They are derived from its source, from the texts of this run, or from the packaged reviews:
    the first of these whose split has the numbers of texts that the model has stored.

    Returns:
        The digests, or None if none of these has.
    """
    candidates: list[Callable[[], Corpus]] = [
        recipe.read,
        lambda: corpus,
        lambda: recipe.read("packaged"),
    ]
    if recipe.train_texts is None:  # nothing identifies another copy of the texts
        del candidates[1:]
    for read in candidates:
        try:
            return text_digests(recipe.repeat(read()).train["text"], key)
        except DataError as error:
            log.debug("not the texts of %s: %s", recipe.model, error)
    return None
