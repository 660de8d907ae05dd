"""Four numbers for each word of a vocabulary, from which the likeness of a text is computed.

The vocabulary is in order of decreasing frequency in the training texts. By Zipf's law, the rank of
a word therefore gives its frequency there. symspellpy contains the frequencies of 82,765 words in
English in general. The logarithm of the quotient is high for words of the domain (for film reviews:
"storyline", "miscast") and low for others ("tablespoon", "invoice").
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from jaxtyping import Float32, Float64, Int32

from gatewise.models.artifact.decision_rule import Likeness

# Number of the most frequent words that are taken for function words. Of reviews they are half.
_COMMON_WORDS = 150
# Zipf–Mandelbrot: the frequency of the word of rank k is proportional to 1 / (k + this).
_RANK_OFFSET = 10
# The median of log-quotients of this many words is their zero.
_CENTRE_WORDS = 5_000
_LARGEST_QUOTIENT = 3.0
# Ratings, as `models.text` writes all of them: no list of words has these, and they are verdicts.
_RATING = re.compile(r"\d+(?:\.\d+)?/10")


@cache
def _english_frequencies() -> dict[str, str]:
    """Return how often English words occur in a large corpus, in digits, as symspellpy has it."""
    listed = files("symspellpy") / "frequency_dictionary_en_82_765.txt"
    entries = listed.read_text(encoding="utf-8-sig").split()  # word, count, word, count, …
    return dict(zip(entries[::2], entries[1::2], strict=True))


def word_measures(
    words: Sequence[str], *, unknown: int, english: bool
) -> Float32[np.ndarray, "4 V"]:
    """Measure every word of a vocabulary.

    Args:
        words: All words, the most frequent ones first, after the special entries.
        unknown: Id of the unknown word, the last special entry.
        english: Whether the vocabulary is English. Of others the domain is not measured.

    Returns:
        Four rows, for each word: whether it is a word and not punctuation, whether it is the
        unknown word, whether it is a common one, and the logarithm of its frequency in the training
        texts by that in English, 0 if unknown.
    """
    first = unknown + 1
    is_word = np.array([any(map(str.isalnum, word)) for word in words])  # (V,)
    is_word[:first] = False
    table = np.zeros((len(words), 4), dtype=np.float32)  # (V, 4)
    table[:, 0] = is_word
    table[unknown, :2] = 1  # what is unknown counts as a word
    last = np.flatnonzero(is_word)[:_COMMON_WORDS]
    table[last, 2] = 1
    if english:
        table[first:, 3] = _domain(words[first:])
    table[[bool(_RATING.fullmatch(word)) for word in words], 3] = _LARGEST_QUOTIENT
    return np.ascontiguousarray(table.T)  # of which the columns of a text are summed faster


def measure_likeness(
    table: Float32[np.ndarray, "4 V"], ids: Int32[np.ndarray, " T"]
) -> tuple[Likeness, int]:
    """Measure how much a text is like the training texts.

    The numbers of short texts are drawn towards neutral values, as if a few neutral words were
    added, because few words say little about a text.

    Args:
        table: What `word_measures` returns.
        ids: The text.

    Returns:
        The likeness, and the number of known words that carry meaning: neither common words nor
        punctuation.
    """
    words, unknown, common, domain = table.take(ids, axis=1).sum(axis=1).tolist()
    likeness = Likeness(unknown / (words + 1), (common + 1) / (words + 2), domain / (words + 4))
    return likeness, round(words - unknown - common)


def _domain(words: Sequence[str]) -> Float64[np.ndarray, " W"]:
    """Compute the logarithm of each word's frequency in the training texts by that in English."""
    english = _english_frequencies()
    counts = np.array([float(english.get(word, "nan")) for word in words])  # (W,)
    quotients = -np.log(np.arange(len(words)) + _RANK_OFFSET) - np.log(counts)  # (W,)
    if np.isnan(quotients).all():
        return np.zeros(len(words))
    quotients -= np.nanmedian(quotients[:_CENTRE_WORDS])
    return np.nan_to_num(np.clip(quotients, -_LARGEST_QUOTIENT, _LARGEST_QUOTIENT))
