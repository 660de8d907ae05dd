"""Splits texts into training and validation: seeded, stratified, with duplicates on one side.

Texts are duplicates if they have the same key. There are two kinds of keys, since the split of a
model depends on its keys and must be repeatable:

    written    the text as written, without case, spacing and `<br />`
    read       the words of the text as it is read, without case, markup and punctuation, so that
               copies with other tags, quotes or Unicode forms are duplicates, too
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

import numpy as np
from datasets import Dataset

from gatewise.models.errors import DataError
from gatewise.models.text.reader import read_text
from gatewise.training.data.sources import Corpus

SplitKey = Literal["written", "read"]


@dataclass(frozen=True)
class Split:
    """Texts by their use. Neither `train` nor `unlabelled` contains a text of `validation`.

    Attributes:
        train: Labelled texts to train on.
        validation: Labelled texts that are held out.
        unlabelled: Texts without a label.
        key: The kind of key that duplicates share.
    """

    train: Dataset
    validation: Dataset
    unlabelled: Dataset
    key: SplitKey = "written"


def split_corpus(
    corpus: Corpus, *, validation_fraction: float, seed: int, key: SplitKey = "written"
) -> Split:
    """Hold out a fraction of the labelled texts, per source and label.

    Duplicates stay on one side. The split depends on the texts and the seed, not on the order of
    the rows, so that the same reviews from the package, the Hub or a file are split equally.

    Args:
        corpus: The texts.
        validation_fraction: Share of each stratum that is held out.
        seed: Seed of the draw.
        key: The kind of key that duplicates share.

    Raises:
        DataError: One side lacks one of the labels.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for index, text in enumerate(corpus.labelled["text"]):
        groups[text_key(text, key)].append(index)
    strata: dict[tuple[str, int], list[list[int]]] = defaultdict(list)
    sources, labels = corpus.labelled["source"][:], corpus.labelled["label"][:]
    for name in sorted(groups):
        members = groups[name]
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
    held_out_keys = {name for name, rows in groups.items() if rows[0] in held_out}
    unlabelled = corpus.unlabelled.select(
        [
            row
            for row, text in enumerate(corpus.unlabelled["text"])
            if text_key(text, key) not in held_out_keys
        ]
    )
    return Split(train, validation, unlabelled, key)


def text_key(text: str, key: SplitKey = "written") -> str:
    """Return the key of a text, which duplicates share.

    Args:
        text: The text.
        key: The kind of key. A text without any letter or digit as it is read has no key of the
            kind "read", and has the other one instead.
    """
    if key == "read":
        # Words are joined, since a space or a hyphen between them makes no other text.
        read = "".join(filter(str.isalnum, read_text(text).text.casefold()))
        if read:
            return read
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
