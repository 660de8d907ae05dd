"""A word with a few words on both sides, as a search shows it."""

import hashlib
import re
from collections.abc import Iterator

import numpy as np
from datasets import Dataset

from models.errors import DataError
from models.tokenizer import Encoding

# Enough to recognise a phrase, and too little to read the review.
WORDS = 6
_LONGEST = 80
_GAPS = re.compile(r"(?:<br\s*/?>|\s)+")


def context(encoding: Encoding, token: int) -> tuple[str, str, str]:
    """Answer what stands before a token, the token, and what stands after it, in one line each."""
    text, start, end = encoding.text, int(encoding.starts[token]), int(encoding.ends[token])
    first = int(encoding.starts[max(0, token - WORDS)])
    last = int(encoding.ends[min(len(encoding) - 1, token + WORDS)])
    before, word, after = (
        _GAPS.sub(" ", part) for part in (text[first:start], text[start:end], text[end:last])
    )
    if len(before) > _LONGEST:
        before = "…" + before[-_LONGEST:]
    return before, _shorten(word), _shorten(after)


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def draw(dataset: Dataset, count: int | None, *, seed: int) -> list[int]:
    """Draw rows of a data set, in its order; all of them if there are no more, or for None."""
    if not len(dataset):
        raise DataError("There is no text to search.")
    order = np.random.default_rng(seed).permutation(len(dataset))
    chosen: list[int] = np.sort(order[:count]).tolist()
    return chosen


def fingerprint(dataset: Dataset, rows: list[int]) -> str:
    """Digest the texts that were drawn: the same texts, the same search."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(dataset[row]["text"].encode() + b"\0")
    return digest.hexdigest()


def in_parts(rows: list[int], size: int) -> Iterator[tuple[int, list[int]]]:
    """Cut rows into numbered parts."""
    for number, start in enumerate(range(0, len(rows), size)):
        yield number, rows[start : start + size]
