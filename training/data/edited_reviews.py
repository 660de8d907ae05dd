"""The source `edited`: reviews to train on, each with a minimal edit of the opposite label."""

import json
import logging
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from datasets import Dataset

from gatewise.models.predictor import Predictor
from gatewise.training.atomic_io import write_json
from gatewise.training.augmentation import minimal_edits
from gatewise.training.data.added_texts import AddedSource, AddedText, AddedTexts

log = logging.getLogger(__name__)


def edited_source(
    predictor: Predictor, reviews: Dataset, *, count: int, seed: int, stored: Path
) -> AddedSource:
    """Make pairs of reviews and their minimal edits, or load those that were made before.

    Nothing is held out: the edits are no sample of what people write, and only some of them can be
    expected to be right.

    Args:
        predictor: The model whose attribution chooses the words that are exchanged.
        reviews: Reviews to train on, with the columns text and label.
        count: Number of texts, half of them reviews and half of them edits. Fewer are made if there
            are not as many reviews that can be edited.
        seed: Seed of the order of the reviews and of the choice between opposites.
        stored: JSON file in which the texts are kept.
    """
    if not stored.is_file():
        pairs = minimal_edits(predictor, _in_random_order(reviews, seed=seed), seed=seed)
        rows = [
            [edit.text, edit.target, edit.phenomenon, edit.group] for edit in islice(pairs, count)
        ]
        write_json(rows, stored)
    texts = tuple(
        AddedText(text, target, target, kind=kind, group=group)
        for text, target, kind, group in json.loads(stored.read_text(encoding="utf-8"))
    )
    if len(texts) < count:
        log.warning("edited: %d texts could be made, not %d", len(texts), count)
    return AddedSource("edited", AddedTexts(texts), AddedTexts(()))


def _in_random_order(reviews: Dataset, *, seed: int) -> Iterator[tuple[str, int]]:
    for row in np.random.default_rng(seed).permutation(len(reviews)):
        review = reviews[int(row)]
        yield review["text"], review["label"]
