"""Splits texts into training and validation: seeded, stratified, with duplicates on one side."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from datasets import Dataset

from gatewise.models.errors import DataError
from gatewise.training.data.sources import Corpus


@dataclass(frozen=True)
class Split:
    """Texts by their use. Neither `train` nor `unlabelled` contains a text of `validation`."""

    train: Dataset
    validation: Dataset
    unlabelled: Dataset


def split_corpus(corpus: Corpus, *, validation_fraction: float, seed: int) -> Split:
    """Hold out a fraction of the labelled texts, per source and label.

    Texts that are equal except for case, spacing and line breaks stay on one side. The split
    depends on the texts and the seed, not on the order of the rows, so that the same reviews from
    the package, the Hub or a file are split equally.

    Args:
        corpus: The texts.
        validation_fraction: Share of each stratum that is held out.
        seed: Seed of the draw.

    Raises:
        DataError: One side lacks one of the labels.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for index, text in enumerate(corpus.labelled["text"]):
        groups[text_key(text)].append(index)
    strata: dict[tuple[str, int], list[list[int]]] = defaultdict(list)
    sources, labels = corpus.labelled["source"][:], corpus.labelled["label"][:]
    for key in sorted(groups):
        members = groups[key]
        strata[min((sources[row], labels[row]) for row in members)].append(members)

    generator = np.random.default_rng(seed)
    held_out: set[int] = set()
    for stratum in sorted(strata):
        held_out.update(_draw(strata[stratum], validation_fraction, generator))

    rows = range(len(labels))
    train = corpus.labelled.select([row for row in rows if row not in held_out])
    validation = corpus.labelled.select(sorted(held_out))
    for side, name in ((train, "training"), (validation, "validation")):
        if set(side["label"]) != {0, 1}:
            raise DataError(
                f"The {name} side of the split lacks one of the labels: {len(labels)} labelled "
                f"texts are too few for a validation fraction of {validation_fraction}."
            )
    held_out_keys = {text_key(text) for text in validation["text"]}
    unlabelled = corpus.unlabelled.filter(
        lambda text: text_key(text) not in held_out_keys, input_columns="text"
    )
    return Split(train, validation, unlabelled)


def text_key(text: str) -> str:
    """Return a key that duplicates share: the text without case, spacing and line breaks."""
    return " ".join(text.replace("<br />", " ").casefold().split())


def _draw(groups: list[list[int]], fraction: float, generator: np.random.Generator) -> list[int]:
    """Draw whole groups in random order until they contain the fraction of all rows."""
    target = round(fraction * sum(map(len, groups)))
    drawn: list[int] = []
    for position in generator.permutation(len(groups)):
        if len(drawn) >= target:
            break
        drawn.extend(groups[position])
    return drawn
