"""Aligned texts: complete, in order, and with as many matches as possible."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.models.artifact.artifact import Artifact
from gatewise.models.explain.alignment import Pair, align
from gatewise.models.tokenizer import Encoding, WordTokenizer
from tests.models.artifacts import small_artifact

TOKENIZER = small_artifact().tokenizer
WORDS = ["great", "movie", "boring", "plot", "qwx", "zzy", "."]
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=25).map(" ".join)


def encode(text: str) -> Encoding:
    return TOKENIZER.encode(text)


def longest_common(first: list[str], second: list[str]) -> int:
    """Compute the length of a longest common subsequence by dynamic programming."""
    row = [0] * (len(second) + 1)
    for word in first:
        above = row[:]
        for place, other in enumerate(second):
            row[place + 1] = (
                above[place] + 1 if word == other else max(above[place + 1], row[place])
            )
    return row[-1]


@given(first=texts, second=texts)
def test_every_token_of_both_texts_occurs_once_and_in_order(first: str, second: str) -> None:
    pairs = align(encode(first), encode(second))
    places = [pair.first for pair in pairs if pair.first is not None]
    others = [pair.second for pair in pairs if pair.second is not None]
    assert places == list(range(len(first.split())))
    assert others == list(range(len(second.split())))


@given(first=texts, second=texts)
def test_the_matched_tokens_are_a_longest_common_subsequence(first: str, second: str) -> None:
    words, others = first.split(), second.split()
    same = [pair for pair in align(encode(first), encode(second)) if pair.kind == "same"]
    assert len(same) == longest_common(words, others)
    for pair in same:
        assert pair.first is not None
        assert pair.second is not None
        assert words[pair.first] == others[pair.second]


@given(text=texts)
def test_a_text_aligned_with_itself_has_only_matches(text: str) -> None:
    assert {pair.kind for pair in align(encode(text), encode(text))} == {"same"}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("a great movie", "a boring movie", ["same", "changed", "same"]),
        ("a great movie", "a movie", ["same", "removed", "same"]),
        ("a movie", "a great movie", ["same", "added", "same"]),
        ("great", "boring plot", ["changed", "added"]),
        ("Great Movie", "great movie", ["same", "same"]),
        ("qwx", "zzy", ["changed"]),
        ("qwx", "QWX", ["same"]),
    ],
)
def test_each_edit_has_its_kind(first: str, second: str, expected: list[str]) -> None:
    assert [pair.kind for pair in align(encode(first), encode(second))] == expected


def test_a_changed_word_is_paired_with_the_original_word() -> None:
    pairs = align(encode("great plot"), encode("boring plot"))
    assert pairs == [Pair("changed", 0, 0), Pair("same", 1, 1)]


def test_repetitive_texts_are_aligned_in_bounded_time(artifact: Artifact) -> None:
    tokenizer: WordTokenizer = artifact.tokenizer
    first = tokenizer.encode("great plot " * 5000)
    second = tokenizer.encode("plot great great " * 3000)
    started = time.process_time()
    pairs = align(first, second)
    assert sum(pair.kind == "same" for pair in pairs) > 5000
    assert time.process_time() - started < 10
