"""Corrects spellings that a vocabulary does not have to the words that are meant.

dont, wasnt, youre        contractions without their apostrophe
sooooo, goooood           stretched words
gr8, aw3some              digits for letters
masterpeice, borring      misspelt words: the nearest known one, never for names or short words
"""

import re
from collections.abc import Sequence
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from itertools import islice, product

import numpy as np
from jaxtyping import Bool, UInt32
from rapidfuzz.distance import OSA

# Contractions that are no other word without their apostrophe (as `well`, `its` and `were` are).
_NEGATIONS = "are ca could did does do had has have is must need should was were wo would"
CONTRACTIONS = {
    **{f"{verb}nt": f"{verb}n't" for verb in _NEGATIONS.split()},
    "aint": "ain't",
    "shant": "shan't",
    "hes": "he's",
    "shes": "she's",
    "itll": "it'll",
    "youd": "you'd",
    "theyd": "they'd",
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
    "mustve": "must've",
    "mightve": "might've",
    "whove": "who've",
}
SOUNDS = {
    "gr8": "great",
    "b4": "before",
    "h8": "hate",
    "m8": "mate",
    "l8r": "later",
    "2day": "today",
}
DIGITS = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s"}
)
_STRETCHED = re.compile(r"(\w)\1{2,}")
_MOST_STRETCHES = 4
# Shorter words have too many neighbours, and so do words more edits away.
_SHORTEST, _SHORTEST_FOR_TWO = 5, 7
# Names of this length are seldom one edit away from a common word.
_LONG = 8
_MOST_EDITS = 2
_MOST_CHANGED = 2
_WITHOUT_VOWELS = str.maketrans("", "", "aeiouy")
_DOUBLED = re.compile(r"(.)\1+")
# Rarer words are less likely than a word that the vocabulary does not have.
COMMON = 20_000


@cache
def english_words() -> frozenset[str]:
    """Return the 82,765 most frequent English words, in lower case, as symspellpy contains them."""
    listed = files("symspellpy") / "frequency_dictionary_en_82_765.txt"
    with listed.open(encoding="utf-8-sig") as file:
        return frozenset(line.split(" ", 1)[0] for line in file)


class Speller:
    """Finds the word that an unknown spelling is meant to be."""

    def __init__(self, words: Sequence[str]) -> None:
        """Prepare a vocabulary.

        Args:
            words: All words, the most frequent ones first, after the two special entries.
        """
        self._words = words
        self._ids = {word: index for index, word in enumerate(words)}
        # Where the nearest words are looked for, by what they share with the unknown one.
        common = [word for word in islice(words, 2, COMMON) if word.isalpha()]
        by_length: dict[tuple[str, int], list[int]] = {}
        for index, word in enumerate(common):
            for length in range(len(word) - 1, len(word) + 2):
                by_length.setdefault((word[0], length), []).append(index)
        letters = _letters(common)  # (W,)
        self._common = common
        self._by_length = {
            key: ([common[index] for index in near], letters[near])
            for key, near in by_length.items()
        }
        self.correct = lru_cache(maxsize=1 << 16)(self._correct)

    def __reduce__(self) -> tuple[type["Speller"], tuple[Sequence[str]]]:
        """Pickle the vocabulary alone."""
        return Speller, (self._words,)

    @cached_property
    def _by_consonants(self) -> dict[tuple[str, str], list[str]]:
        """The common words by first letter and consonants. Few texts need them."""
        found: dict[tuple[str, str], list[str]] = {}
        for word in self._common:
            found.setdefault((word[0], _consonants(word)), []).append(word)
        return found

    def doubtful(self, *, unknown: int) -> Bool[np.ndarray, " V"]:
        """Mark the entries of the vocabulary whose tokens `correct` may change."""
        marked = np.zeros(len(self._ids), dtype=bool)  # (V,)
        marked[[unknown, *(self._ids[word] for word in CONTRACTIONS if word in self._ids)]] = True
        return marked

    def _correct(self, written: str, *, may_be_name: bool = False) -> str | None:
        """Return the word that is meant, or None if it is unclear or the word is known.

        Args:
            written: A token as written. A capital letter followed by small ones marks a name,
                whose spelling is not corrected: pass the first word of a sentence in lower case.
            may_be_name: Whether capitals do not tell names apart, as in a text without any. Then
                less is corrected.
        """
        word = written.lower()
        if word in CONTRACTIONS:
            return CONTRACTIONS[word]
        if word in self._ids or not any(character.isalpha() for character in word):
            return None
        for candidate in (SOUNDS.get(word), self._unstretched(word), self._without_digits(word)):
            if candidate:
                return candidate
        is_name = written[0].isupper() and not written.isupper()
        if is_name or not word.isalpha():
            return None
        return self._nearest(word, may_be_name=may_be_name)

    def _without_digits(self, word: str) -> str | None:
        plain = word.translate(DIGITS)
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

    def _nearest(self, word: str, *, may_be_name: bool) -> str | None:
        """Return the nearest known word: one edit away, or two that keep the consonants.

        A word that English has is not misspelt, however rare it is. What may be a name is only
        corrected if it is long or if no consonant is brought or taken away.
        """
        if len(word) < _SHORTEST or word in english_words():
            return None
        consonants = _consonants(word)
        one_edit = self._one_edit_away(word)
        if may_be_name and len(word) < _LONG:
            letters = sorted(word)
            one_edit = [
                near
                for near in one_edit
                if sorted(near) == letters or _consonants(near) == consonants
            ]
        if one_edit:
            return min(one_edit, key=self._ids.__getitem__)
        if len(word) < _SHORTEST_FOR_TWO:
            return None
        alike = self._by_consonants.get((word[0], consonants), ())
        meant = [near for near in alike if OSA.distance(word, near) <= _MOST_EDITS]
        return min(meant, key=self._ids.__getitem__, default=None)

    def _one_edit_away(self, word: str) -> list[str]:
        if (word[0], len(word)) not in self._by_length:
            return []
        near, letters = self._by_length[word[0], len(word)]
        # One edit brings at most one letter and takes at most one away, so few are compared.
        possible = np.flatnonzero(np.bitwise_count(letters ^ _letters([word])) <= _MOST_CHANGED)
        return [near[index] for index in possible if OSA.distance(word, near[index]) == 1]


def _letters(words: Sequence[str]) -> UInt32[np.ndarray, " W"]:
    """Return the letters that each word has, a bit for each; some letters share a bit."""
    if not words:
        return np.empty(0, dtype=np.uint32)
    codes = np.frombuffer("".join(words).encode("utf-32-le"), dtype=np.uint32)  # (letters,)
    starts = np.cumsum([0, *map(len, words[:-1])])  # (W,)
    return np.bitwise_or.reduceat(np.uint32(1) << (codes & np.uint32(31)), starts)


def _consonants(word: str) -> str:
    """Return the consonants of a word, doubled ones once: vowels are what is misspelt most."""
    return _DOUBLED.sub(r"\1", word.translate(_WITHOUT_VOWELS))
