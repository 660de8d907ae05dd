"""Spellings that a vocabulary does not have, read as the words they stand for.

dont, wasnt, youre        contractions without their apostrophe
sooooo, goooood           stretched words
gr8, aw3some              digits for letters
masterpeice, borring      misspelt words: the nearest known one, never for names or short words
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice, product

import numpy as np
from jaxtyping import Bool
from rapidfuzz import process
from rapidfuzz.distance import OSA

# Contractions that are no other word without their apostrophe (as `well`, `its` and `were` are).
_NEGATIONS = "are ca could did does do had has have is must need should was were wo would"
CONTRACTIONS = {
    **{f"{verb}nt": f"{verb}n't" for verb in _NEGATIONS.split()},
    "aint": "ain't",
    "im": "i'm",
    "ive": "i've",
    "youre": "you're",
    "youve": "you've",
    "youll": "you'll",
    "theyre": "they're",
    "theyve": "they've",
    "theyll": "they'll",
    "weve": "we've",
    "thats": "that's",
    "whats": "what's",
    "theres": "there's",
    "couldve": "could've",
    "shouldve": "should've",
    "wouldve": "would've",
}
_SOUNDS = {
    "gr8": "great",
    "b4": "before",
    "h8": "hate",
    "m8": "mate",
    "l8r": "later",
    "2day": "today",
}
_DIGITS = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s"}
)
_STRETCHED = re.compile(r"(\w)\1{2,}")
_MOST_STRETCHES = 4
# Shorter words have too many neighbours, and so do words more edits away.
_SHORTEST = 5
_MOST_EDITS = 2
_VOWELS, _DOUBLED = re.compile("[aeiouy]"), re.compile(r"(.)\1+")
# Rarer words are less likely than a word that the vocabulary does not have.
_COMMON = 20_000


@cache
def english_words() -> frozenset[str]:
    """Return the 82,765 most frequent English words, in lower case, as symspellpy brings them."""
    listed = files("symspellpy") / "frequency_dictionary_en_82_765.txt"
    with listed.open(encoding="utf-8-sig") as file:
        return frozenset(line.split(" ", 1)[0] for line in file)


class Speller:
    """Finds the word that an unknown spelling stands for."""

    def __init__(self, words: Sequence[str]) -> None:
        """Prepare a vocabulary.

        Args:
            words: All words, the most frequent ones first, after the two special entries.
        """
        self._words = words
        self._ids = {word: index for index, word in enumerate(words)}
        self._near: dict[tuple[str, int], list[str]] = {}
        for word in islice(words, 2, _COMMON):
            if word.isalpha():
                self._near.setdefault((word[0], len(word)), []).append(word)
        self.correct = lru_cache(maxsize=1 << 16)(self._correct)

    def __reduce__(self) -> tuple[type["Speller"], tuple[Sequence[str]]]:
        """Pickle the vocabulary alone."""
        return Speller, (self._words,)

    def doubtful(self, *, unknown: int) -> Bool[np.ndarray, " V"]:
        """Mark the entries of the vocabulary whose tokens `correct` may change."""
        marked = np.zeros(len(self._ids), dtype=bool)  # (V,)
        marked[[unknown, *(self._ids[word] for word in CONTRACTIONS if word in self._ids)]] = True
        return marked

    def _correct(self, written: str) -> str | None:
        """Return the word that is meant, or None if it is unclear or the word is known.

        Args:
            written: A token as written. A capital letter followed by small ones marks a name,
                whose spelling is not corrected: pass the first word of a sentence in lower case.
        """
        word = written.lower()
        if word in CONTRACTIONS:
            return CONTRACTIONS[word]
        if word in self._ids or not any(character.isalpha() for character in word):
            return None
        for candidate in (_SOUNDS.get(word), self._unstretched(word), self._without_digits(word)):
            if candidate:
                return candidate
        is_name = written[0].isupper() and not written.isupper()
        return None if is_name or not word.isalpha() else self._nearest(word)

    def _without_digits(self, word: str) -> str | None:
        plain = word.translate(_DIGITS)
        return plain if plain != word and plain in self._ids else None

    def _unstretched(self, word: str) -> str | None:
        """Shorten every run of three or more equal letters to one or two, as known words have."""
        parts = _STRETCHED.split(word)  # text, letter, text, letter, …, text
        letters = parts[1::2]
        if not letters or len(letters) > _MOST_STRETCHES:
            return None
        found = []
        for runs in product(*((letter, 2 * letter) for letter in letters)):
            parts[1::2] = runs
            shorter = "".join(parts)
            if shorter in CONTRACTIONS:
                return CONTRACTIONS[shorter]
            if shorter in self._ids:
                found.append(shorter)
        return min(found, key=self._ids.__getitem__, default=None)

    def _nearest(self, word: str) -> str | None:
        """Return the nearest known word: one edit away, or two that keep the consonants.

        A word that English has is not misspelt, however rare it is.
        """
        if len(word) < _SHORTEST or word in english_words():
            return None
        consonants = _consonants(word)
        lengths = range(len(word) - _MOST_EDITS, len(word) + _MOST_EDITS + 1)
        candidates = [near for length in lengths for near in self._near.get((word[0], length), ())]
        found = process.extract(
            word, candidates, scorer=OSA.distance, score_cutoff=_MOST_EDITS, limit=None
        )
        meant = [
            (edits, self._ids[candidate])
            for candidate, edits, _ in found
            if edits == 1 or _consonants(candidate) == consonants
        ]
        return self._words[min(meant)[1]] if meant else None


@lru_cache(maxsize=1 << 15)
def _consonants(word: str) -> str:
    """Return the consonants of a word, doubled ones once: vowels are what is misspelt most."""
    return _DOUBLED.sub(r"\1", _VOWELS.sub("", word))
