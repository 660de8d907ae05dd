"""The vocabulary of the training texts, and all texts as word ids."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from datasets import Dataset
from jaxtyping import Float32, Int32

from gatewise.models.tokenizer import WordTokenizer
from gatewise.training.data.splits import Split

_BATCH = 1000


@dataclass(frozen=True)
class EncodedReviews:
    """Reviews as word ids. An unknown label is NaN."""

    ids: list[Int32[np.ndarray, " _"]]
    labels: Float32[np.ndarray, " N"]

    def __len__(self) -> int:
        """Return the number of reviews."""
        return len(self.ids)

    def reversed(self) -> "EncodedReviews":
        """Return the reviews with their words in reverse order."""
        return EncodedReviews(_reverse(self.ids), self.labels)


@dataclass(frozen=True)
class EncodedSplit:
    """All texts of a run as word ids."""

    train: EncodedReviews
    validation: EncodedReviews
    unlabelled: list[Int32[np.ndarray, " _"]]
    vocab_size: int

    @property
    def training_texts(self) -> list[Int32[np.ndarray, " _"]]:
        """All texts that training may read, labelled or not."""
        return [*self.train.ids, *self.unlabelled]

    @property
    def train_and_unlabelled(self) -> EncodedReviews:
        """The labelled reviews, followed by the unlabelled ones with an unknown label."""
        unknown = np.full(len(self.unlabelled), np.nan, dtype=np.float32)  # (M,)
        return EncodedReviews(self.training_texts, np.concatenate([self.train.labels, unknown]))

    def reversed(self) -> "EncodedSplit":
        """Return the texts with their words in reverse order."""
        return EncodedSplit(
            self.train.reversed(),
            self.validation.reversed(),
            _reverse(self.unlabelled),
            self.vocab_size,
        )


def encode_split(split: Split, tokenizer: WordTokenizer) -> EncodedSplit:
    """Tokenize every text of a split."""
    return EncodedSplit(
        train=encode_reviews(split.train, tokenizer),
        validation=encode_reviews(split.validation, tokenizer),
        unlabelled=encode_texts(split.unlabelled, tokenizer),
        vocab_size=tokenizer.vocab_size,
    )


def train_tokenizer(split: Split, *, vocab_size: int, min_frequency: int) -> WordTokenizer:
    """Build the vocabulary of all texts that training may read.

    Args:
        split: The texts; those of the validation split are not used.
        vocab_size: Largest number of words.
        min_frequency: Words that occur fewer times are left out.
    """

    def texts() -> Iterator[str]:
        for dataset in (split.train, split.unlabelled):
            yield from dataset["text"]

    return WordTokenizer.train(texts(), vocab_size=vocab_size, min_frequency=min_frequency)


def encode_texts(dataset: Dataset, tokenizer: WordTokenizer) -> list[Int32[np.ndarray, " _"]]:
    """Tokenize the texts of a data set, in order."""
    return [
        encoding.ids
        for batch in dataset.iter(_BATCH)
        for encoding in tokenizer.encode_batch(batch["text"])
    ]


def encode_reviews(dataset: Dataset, tokenizer: WordTokenizer) -> EncodedReviews:
    """Tokenize labelled reviews, in order."""
    labels = np.asarray(dataset["label"][:], dtype=np.float32)  # (N,)
    return EncodedReviews(encode_texts(dataset, tokenizer), labels)


def _reverse(texts: list[Int32[np.ndarray, " _"]]) -> list[Int32[np.ndarray, " _"]]:
    return [ids[::-1].copy() for ids in texts]
