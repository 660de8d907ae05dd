"""Stage 2, split: validation cut from train, seeded, stratified, duplicates on one side."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from datasets import Dataset

from models.errors import DataError
from training.sources import Corpus


@dataclass(frozen=True)
class Split:
    """Train and validation share no text; `unlabelled` holds none of validation's either."""

    train: Dataset
    validation: Dataset
    unlabelled: Dataset


def split_corpus(corpus: Corpus, *, validation_fraction: float, seed: int) -> Split:
    """Hold out `validation_fraction` of each (source, label) stratum.

    Texts that are equal but for case, spacing and line breaks stay together. What is held out is
    decided by the texts and the seed, not by the order of the rows, so that the same reviews from
    the package, the hub or a file are cut alike. Raises `DataError` if a side would be left
    without one of the labels.
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
    hidden = {text_key(text) for text in validation["text"]}
    unlabelled = corpus.unlabelled.filter(
        lambda text: text_key(text) not in hidden, input_columns="text"
    )
    return Split(train, validation, unlabelled)


def text_key(text: str) -> str:
    """Reduce a text to what makes it a duplicate: case, spacing and line breaks do not count."""
    return " ".join(text.replace("<br />", " ").casefold().split())


def _draw(groups: list[list[int]], fraction: float, generator: np.random.Generator) -> list[int]:
    """Take whole groups in random order until the fraction of their rows is reached."""
    wanted = round(fraction * sum(map(len, groups)))
    drawn: list[int] = []
    for position in generator.permutation(len(groups)):
        if len(drawn) >= wanted:
            break
        drawn.extend(groups[position])
    return drawn
