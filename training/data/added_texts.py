"""Labelled texts that are added to the reviews: their records, and operations on them."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

# A text whose target is in this interval, the upper bound included, is neutral.
NEUTRAL = (0.4, 0.6)


@dataclass(frozen=True)
class AddedText:
    """A text of an added source.

    Attributes:
        text: The text.
        target: Probability that it is positive; one half is neutral.
        score: What the accuracy is counted by: above 0.6 positive, at most 0.4 negative, neutral
            between. Equal to the target, except where the target is computed from it.
        kind: What it is in its source: `original` or `revised`, or a phenomenon; may be empty.
        group: Texts of one group stay on one side of the split; empty for none.
    """

    text: str
    target: float
    score: float
    kind: str = ""
    group: str = ""


@dataclass(frozen=True)
class AddedTexts:
    """The texts of one added source, or of one side of it, in order."""

    rows: tuple[AddedText, ...]

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.rows)

    @property
    def texts(self) -> list[str]:
        """The texts alone."""
        return [row.text for row in self.rows]

    @property
    def targets(self) -> Float32[np.ndarray, " N"]:
        """Probability of each text that it is positive."""
        return np.array([row.target for row in self.rows], dtype=np.float32)  # (N,)

    @property
    def labels(self) -> Float32[np.ndarray, " N"]:
        """The label of each text: 1, 0, or NaN where it is neutral."""
        scores = np.array([row.score for row in self.rows], dtype=np.float32)  # (N,)
        labels = (scores > np.float32(NEUTRAL[1])).astype(np.float32)  # (N,)
        labels[self.neutral] = np.nan
        return labels

    @property
    def neutral(self) -> Bool[np.ndarray, " N"]:
        """Whether each text is neutral: its score is above 0.4 and at most 0.6."""
        scores = np.array([row.score for row in self.rows], dtype=np.float64)  # (N,)
        return (scores > NEUTRAL[0]) & (scores <= NEUTRAL[1])

    def without(self, left_out: Callable[[AddedText], bool]) -> "AddedTexts":
        """Return the texts without those for which a condition holds."""
        return AddedTexts(tuple(row for row in self.rows if not left_out(row)))

    def without_groups(self, left_out: Callable[[AddedText], bool]) -> "AddedTexts":
        """Return the texts without the groups in which a condition holds for some text."""
        groups = {row.group for row in self.rows if row.group and left_out(row)}
        return self.without(lambda row: row.group in groups if row.group else left_out(row))


@dataclass(frozen=True)
class AddedSource:
    """An added source in its two sides."""

    name: str
    train: AddedTexts
    held_out: AddedTexts


def added_fingerprint(sources: Iterable[AddedSource]) -> str:
    """Compute a digest of all texts and targets of added sources, in order."""
    digest = hashlib.sha256()
    for source in sources:
        for side in (source.train, source.held_out):
            for row in side.rows:
                digest.update(repr((source.name, row)).encode(errors="replace"))
    return digest.hexdigest()


def longest_of_groups(rows: Sequence[AddedText]) -> dict[str, str]:
    """Return the longest text of every group: of phrases of a sentence, the sentence."""
    longest: dict[str, str] = {}
    for row in rows:
        if len(row.text) > len(longest.get(row.group, "")):
            longest[row.group] = row.text
    return longest
