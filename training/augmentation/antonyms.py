"""Pairs of opposites that express a verdict, for minimal edits of reviews."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from gatewise.training.augmentation.lexicon import phrases_pattern
from gatewise.training.augmentation.sections import read_sections


@dataclass(frozen=True)
class Opposites:
    """Words and phrases of one verdict, with what expresses the other.

    Attributes:
        pattern: Finds any of them as whole words, the longest first, in any case.
        replacements: By word or phrase in lower case.
    """

    pattern: re.Pattern[str]
    replacements: Mapping[str, tuple[str, ...]]


@cache
def load_opposites(*, positive: bool) -> Opposites:
    """Read the words and phrases of praise, or of blame, with their opposites.

    Each file has what is exchanged on the left, so that a word with other meanings can stand on the
    right only.
    """
    praise: dict[str, list[str]] = {}
    blame: dict[str, list[str]] = {}
    for section in read_sections("antonyms"):
        of_blame = section.header.endswith("of blame")
        left = blame if of_blame else praise
        for line in section.lines:
            key, _, opposites = (part.strip() for part in line.partition("="))
            left[key] = [opposite.strip() for opposite in opposites.split(",")]
    chosen = praise if positive else blame
    return Opposites(
        phrases_pattern(chosen), {key: tuple(values) for key, values in chosen.items()}
    )
