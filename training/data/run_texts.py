"""All texts of a run by their use: split, without excluded texts, with the added sources.

This is the one place where texts are dropped, before anything is learned from them: the vocabulary,
word vectors, language models, teachers, the classifier and the calibration get what it returns.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from datasets import Dataset, concatenate_datasets
from jaxtyping import Int32

from gatewise.models.tokenizer import WordTokenizer
from gatewise.training.data.added_texts import AddedSource, AddedText, AddedTexts, longest_of_groups
from gatewise.training.data.encoding import EncodedReviews, EncodedSplit, encode_split
from gatewise.training.data.exclusion import Exclusion, content_key
from gatewise.training.data.samples import draw
from gatewise.training.data.splits import Split

log = logging.getLogger(__name__)

_BATCH = 1000
_PAIRED = ("cad", "edited")  # sources of pairs, which stay whole
# A text with more characters has no sentences of the treebank: those are of snippets.
_LONGEST_SNIPPET = 400


@dataclass(frozen=True)
class RunTexts:
    """The texts of a run.

    Attributes:
        split: The reviews of the source, and snippets, without excluded texts.
        added: The sources that are added to them.
        excluded: Numbers of texts that were dropped because they are excluded, by use.
        duplicated: Numbers of texts that were dropped because another use has a copy, by use.
    """

    split: Split
    added: tuple[AddedSource, ...] = ()
    excluded: Mapping[str, int] = field(default_factory=dict)
    duplicated: Mapping[str, int] = field(default_factory=dict)

    @property
    def vocabulary_split(self) -> Split:
        """The split with the added texts to train on among the training texts."""
        extra = [text for source in self.added for text in source.train.texts]
        if not extra:
            return self.split
        added = Dataset.from_dict({"text": extra})
        texts = concatenate_datasets([self.split.train.select_columns("text"), added])
        return replace(self.split, train=texts)

    @property
    def counts(self) -> dict[str, Any]:
        """Numbers of texts, for the figures of the model."""
        if not (self.added or self.excluded):
            return {}
        return {
            "used": {
                "train": len(self.split.train),
                "validation": len(self.split.validation),
                "unlabelled": len(self.split.unlabelled),
            },
            "added": {
                source.name: {"train": len(source.train), "held_out": len(source.held_out)}
                for source in self.added
            },
            "excluded": dict(self.excluded),
            "duplicated": dict(self.duplicated),
        }


@dataclass(frozen=True)
class EncodedRun:
    """The texts of a run as word ids.

    Attributes:
        split: The split; its training texts are followed by those of the added sources.
        parts: The source of every training text.
        held_out: The held-out texts of the added sources, with their targets.
    """

    split: EncodedSplit
    parts: list[str]
    held_out: dict[str, EncodedReviews]


def assemble(split: Split, added: Sequence[AddedSource], exclusion: Exclusion) -> RunTexts:
    """Drop excluded texts, and texts to train on that are copies of held-out ones.

    A group of an added source, which is a pair or a sentence, is dropped as a whole. Of a text that
    is held out and also in a pair to train on, the pair stays: there are few pairs. Sentences that
    are part of a held-out text are held out themselves, and others that are part of a text to train
    on are not, so that phrases of a snippet and the snippet are on one side.

    Args:
        split: The reviews and snippets.
        added: The added sources.
        exclusion: The texts that may not be used.
    """
    dropped = _Dropped()
    kept = replace(
        split,
        train=dropped.excluded("train", split.train, exclusion),
        validation=dropped.excluded("validation", split.validation, exclusion),
        unlabelled=dropped.excluded("unlabelled", split.unlabelled, exclusion),
    )
    sources = [dropped.excluded_added(source, exclusion) for source in added]
    for source in sources:
        if source.name == "cad":
            keys = {content_key(text) for text in source.train.texts}
            kept = replace(kept, validation=dropped.copies("validation", kept.validation, keys))
    sources = [
        _align_sentences(source, kept) if source.name == "sst" else source for source in sources
    ]
    held_out = {content_key(text) for text in kept.validation["text"]}
    for source in sources:
        held_out |= {content_key(text) for text in source.held_out.texts}
    if sources:
        kept = replace(
            kept,
            train=dropped.copies("train", kept.train, held_out),
            unlabelled=dropped.copies("unlabelled", kept.unlabelled, held_out),
        )
    sources = [dropped.copies_added(source, held_out) for source in sources]
    dropped.report()
    return RunTexts(kept, tuple(sources), dropped.excluded_counts, dropped.copy_counts)


def limit_unlabelled(texts: RunTexts, most: int, *, seed: int) -> RunTexts:
    """Keep a seeded sample of the unlabelled texts, if there are more of them.

    A run that continues from a model needs no more of them than its epochs draw.

    Args:
        texts: The texts of the run.
        most: Largest number of unlabelled texts.
        seed: Seed of the sample.
    """
    unlabelled = texts.split.unlabelled
    if len(unlabelled) <= most:
        return texts
    kept = unlabelled.select(draw(unlabelled, most, seed=seed))
    return replace(texts, split=replace(texts.split, unlabelled=kept))


def encode_run(texts: RunTexts, tokenizer: WordTokenizer) -> EncodedRun:
    """Tokenize every text of a run."""
    split = encode_split(texts.split, tokenizer)
    parts: list[str] = list(texts.split.train["source"])
    ids, labels = list(split.train.ids), [split.train.labels]
    for source in texts.added:
        ids += encode_strings(source.train.texts, tokenizer)
        labels.append(source.train.targets)
        parts += [source.name] * len(source.train)
    train = EncodedReviews(ids, np.concatenate(labels))
    held_out = {
        source.name: EncodedReviews(
            encode_strings(source.held_out.texts, tokenizer), source.held_out.targets
        )
        for source in texts.added
        if len(source.held_out)
    }
    return EncodedRun(replace(split, train=train), parts, held_out)


def encode_strings(texts: Sequence[str], tokenizer: WordTokenizer) -> list[Int32[np.ndarray, " _"]]:
    """Tokenize texts, in order."""
    return [
        encoding.ids
        for start in range(0, len(texts), _BATCH)
        for encoding in tokenizer.encode_batch(texts[start : start + _BATCH])
    ]


class _Dropped:
    """Drops texts and counts them."""

    def __init__(self) -> None:
        self.excluded_counts: dict[str, int] = {}
        self.copy_counts: dict[str, int] = {}

    def excluded(self, use: str, dataset: Dataset, exclusion: Exclusion) -> Dataset:
        """Drop the excluded texts of a data set."""
        if not exclusion.digests:
            return dataset
        rows = exclusion.rows(dataset["text"])
        self.excluded_counts[use] = len(rows)
        return _without_rows(dataset, rows)

    def excluded_added(self, source: AddedSource, exclusion: Exclusion) -> AddedSource:
        """Drop the groups of an added source that have an excluded text."""
        if not exclusion.digests:
            return source

        def excluded(row: AddedText) -> bool:
            return exclusion.excludes(row.text)

        kept = replace(
            source,
            train=source.train.without_groups(excluded),
            held_out=source.held_out.without_groups(excluded),
        )
        self.excluded_counts[source.name] = _size(source) - _size(kept)
        return kept

    def copies(self, use: str, dataset: Dataset, keys: set[str]) -> Dataset:
        """Drop the texts of a data set that have one of the keys."""
        rows = {row for row, text in enumerate(dataset["text"]) if content_key(text) in keys}
        self.copy_counts[use] = self.copy_counts.get(use, 0) + len(rows)
        return _without_rows(dataset, rows)

    def copies_added(self, source: AddedSource, keys: set[str]) -> AddedSource:
        """Drop the texts to train on of an added source that have one of the keys."""

        def is_copy(row: AddedText) -> bool:
            return content_key(row.text) in keys

        # A pair stays whole; a phrase of a sentence is a text of its own.
        drop: Callable[[Callable[[AddedText], bool]], AddedTexts] = (
            source.train.without_groups if source.name in _PAIRED else source.train.without
        )
        kept = replace(source, train=drop(is_copy))
        self.copy_counts[source.name] = _size(source) - _size(kept)
        return kept

    def report(self) -> None:
        """Log what was dropped."""
        for reason, counts in (
            ("excluded", self.excluded_counts),
            ("copies of texts of another use", self.copy_counts),
        ):
            if any(counts.values()):
                shown = ", ".join(f"{use} {count:,}" for use, count in counts.items())
                log.info("texts dropped because they are %s: %s", reason, shown)


def _align_sentences(source: AddedSource, split: Split) -> AddedSource:
    """Hold out the sentences that are part of held-out texts, and no part of those to train on."""
    rows = (*source.train.rows, *source.held_out.rows)
    held_out_keys, train_keys = (
        "\n".join(content_key(text) for text in side["text"] if len(text) <= _LONGEST_SNIPPET)
        for side in (split.validation, split.train)
    )
    drawn = {row.group for row in source.held_out.rows}
    chosen = set()
    for group, sentence in longest_of_groups(rows).items():
        key = content_key(sentence)
        if key in held_out_keys or (group in drawn and key not in train_keys):
            chosen.add(group)
    return replace(
        source,
        train=AddedTexts(tuple(row for row in rows if row.group not in chosen)),
        held_out=AddedTexts(tuple(row for row in rows if row.group in chosen)),
    )


def _without_rows(dataset: Dataset, rows: set[int]) -> Dataset:
    if not rows:
        return dataset
    return dataset.select([row for row in range(len(dataset)) if row not in rows])


def _size(source: AddedSource) -> int:
    return len(source.train) + len(source.held_out)
