"""Counts of scored rows, of parts and of the whole input, which are their sums."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gatewise.models.prediction import Prediction
from gatewise.service.bulk.parts import Part
from gatewise.service.bulk.scoring import ScoredText

STRONGEST = 1000  # words of a part whose sums are kept, divided among its groups
FEWEST = 20  # of a group
_SHOWN_ERRORS = 5
MOST_GROUPS = 10_000
OTHERS = "(others)"  # the groups beyond these
_Z = 1.959963984540054  # 97.5 % quantile of the normal distribution


@dataclass
class Counts:
    """Numbers of rows, and sums over their words.

    Attributes:
        rows: All rows.
        errors: Rows without a prediction.
        undecided: Rows whose text is undecided.
        positive: Decided rows with the label "positive".
        negative: Decided rows with the label "negative".
        words: By word, the number of texts that have it, and the sum of its contributions.
    """

    rows: int = 0
    errors: int = 0
    undecided: int = 0
    positive: int = 0
    negative: int = 0
    words: dict[str, tuple[int, float]] = field(default_factory=dict)

    def add(self, scored: ScoredText) -> None:
        """Count a row."""
        self.rows += 1
        self._add_outcome(scored.prediction)
        for word, value in scored.words.by_word.items() if scored.words else ():
            texts, total = self.words.get(word, (0, 0.0))
            self.words[word] = (texts + 1, total + value)

    def _add_outcome(self, prediction: Prediction | None) -> None:
        if prediction is None:
            self.errors += 1
        elif prediction.undecided:
            self.undecided += 1
        elif prediction.label == "positive":
            self.positive += 1
        else:
            self.negative += 1

    def merge(self, other: "Counts") -> None:
        """Add the rows of another count."""
        for name in ("rows", "errors", "undecided", "positive", "negative"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for word, (texts, total) in other.words.items():
            before = self.words.get(word, (0, 0.0))
            self.words[word] = (before[0] + texts, before[1] + total)

    def strongest(self, count: int) -> list[tuple[str, int, float]]:
        """Return words of largest absolute sum with their texts and sum, the largest first."""
        ranked = sorted(self.words.items(), key=lambda entry: (-abs(entry[1][1]), entry[0]))
        return [(word, texts, total) for word, (texts, total) in ranked[:count]]

    @property
    def share_positive(self) -> tuple[float, float, float] | None:
        """Share of positive rows among the decided ones, with the ends of its 95 % interval.

        None if no row is decided.
        """
        decided = self.positive + self.negative
        if not decided:
            return None
        return self.positive / decided, *wilson_interval(self.positive, decided)

    def to_json(self, *, words: int | None = None) -> dict[str, Any]:
        """Return the counts as JSON, with at most so many words."""
        kept = (
            self.words if words is None else {w: self.words[w] for w, *_ in self.strongest(words)}
        )
        return {**vars(self), "words": {word: list(kept[word]) for word in sorted(kept)}}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "Counts":
        """Read counts from JSON."""
        words = {word: (texts, total) for word, (texts, total) in content["words"].items()}
        return cls(**{**content, "words": words})


@dataclass
class Statistics:
    """The counts of a run or of a part of it.

    Attributes:
        total: Counts of all rows.
        groups: Counts by value of the column that divides the summary.
        first_errors: Place and reason of the first rows without a prediction.
    """

    total: Counts = field(default_factory=Counts)
    groups: dict[str, Counts] = field(default_factory=dict)
    first_errors: list[tuple[str, str]] = field(default_factory=list)

    def merge(self, other: "Statistics") -> None:
        """Add the rows of the next part."""
        self.total.merge(other.total)
        for name, counts in other.groups.items():
            known = name in self.groups or len(self.groups) < MOST_GROUPS
            self.groups.setdefault(name if known else OTHERS, Counts()).merge(counts)
        free = _SHOWN_ERRORS - len(self.first_errors)
        self.first_errors += other.first_errors[:free]

    def to_json(self) -> dict[str, Any]:
        """Return the statistics of a part as JSON, with its strongest words."""
        return {
            "total": self.total.to_json(words=STRONGEST),
            "groups": {
                name: counts.to_json(words=max(FEWEST, STRONGEST // len(self.groups)))
                for name, counts in self.groups.items()
            },
            "first_errors": self.first_errors,
        }

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "Statistics":
        """Read statistics from JSON."""
        return cls(
            Counts.from_json(content["total"]),
            {name: Counts.from_json(counts) for name, counts in content["groups"].items()},
            [(place, reason) for place, reason in content["first_errors"]],
        )


def statistics_of(part: Part, scored: Sequence[ScoredText], *, grouped: bool) -> Statistics:
    """Count the rows of a part.

    Args:
        part: The part.
        scored: The outcomes of its rows.
        grouped: Whether to count by its groups, too.
    """
    found = Statistics()
    for position, outcome in enumerate(scored):
        found.total.add(outcome)
        if grouped:
            found.groups.setdefault(part.groups[position] or "", Counts()).add(outcome)
        if outcome.error is not None and len(found.first_errors) < _SHOWN_ERRORS:
            found.first_errors.append((part.place(position), outcome.error))
    return found


def summed(parts: Iterable[Statistics]) -> Statistics:
    """Return the statistics of all parts, in the order of the input."""
    whole = Statistics()
    for part in parts:
        whole.merge(part)
    return whole


def wilson_interval(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % confidence interval of a share by Wilson's score method (1927).

    Args:
        successes: Number of successes.
        trials: Number of trials, at least 1.
    """
    share, z2 = successes / trials, _Z**2
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = _Z * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials**2)) / (1 + z2 / trials)
    return max(0.0, centre - half), min(1.0, centre + half)
