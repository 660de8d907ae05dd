"""The record of one augmented text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AugmentedText:
    """A text with the probability that a model should assign to it.

    Attributes:
        text: The text.
        target: P(positive), 0 to 1; 0.5 for a neutral text.
        phenomenon: What the text exercises, such as "negated blame".
        group: Joins texts that differ in one respect only: they must get the same probability if
            their targets are equal, and opposite verdicts if not. None for a text on its own.
    """

    text: str
    target: float
    phenomenon: str
    group: str | None = None
