"""The compiled splitter finds the same tokens and ids as the `tokenizers` library."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.models.text.splitting import WordTable
from gatewise.models.tokenizer import PAD, UNKNOWN, UNKNOWN_ID, WordTokenizer

WORDS = "the movie don't 's 8/10 7.5 ... . ' 90s é 日本 a 'll"
# Every class of character, and all that decides where a token ends.
TRICKY = st.text(alphabet="ab'sdmrevl1 2,/.²½-\n\u0301A٣日é", max_size=20)


@pytest.fixture(scope="module")
def tokenizer() -> WordTokenizer:
    """A tokenizer of a few words."""
    return WordTokenizer.train([WORDS], vocab_size=100)


@pytest.fixture(scope="module")
def table(tokenizer: WordTokenizer) -> WordTable:
    """The same vocabulary as a table."""
    return WordTable(tokenizer.words)


def split_by_library(tokenizer: WordTokenizer, text: str) -> list[tuple[int, int, int]]:
    encoding = tokenizer._tokenizer.encode(text, add_special_tokens=False)
    return [(token, *span) for token, span in zip(encoding.ids, encoding.offsets, strict=True)]


def split_by_table(table: WordTable, text: str) -> list[tuple[int, int, int]]:
    return list(
        zip(*(part.tolist() for part in table.split(text, unknown=UNKNOWN_ID)), strict=True)
    )


@given(text=TRICKY)
def test_tokens_equal_those_of_the_library(
    tokenizer: WordTokenizer, table: WordTable, text: str
) -> None:
    assert split_by_table(table, text) == split_by_library(tokenizer, text)


# Unicode versions differ in which characters are assigned, and so in what these are.
ASSIGNED = st.characters(exclude_categories=["Cn", "Co", "Cs"], max_codepoint=0x1FFFF)


@given(text=st.text(alphabet=ASSIGNED, max_size=30))
def test_any_text_is_split_as_the_library_splits_it(
    tokenizer: WordTokenizer, table: WordTable, text: str
) -> None:
    # The library folds this apostrophe itself; the reader has done so before. It lowers the
    # character whose lower case is two; the reader has replaced it.
    text = text.replace("\u2019", "'").replace("\u0130", "I")
    assert split_by_table(table, text) == split_by_library(tokenizer, text)


def test_every_word_of_the_vocabulary_has_its_own_id(
    tokenizer: WordTokenizer, table: WordTable
) -> None:
    for word_id, word in enumerate(tokenizer.words):
        if word not in {PAD, UNKNOWN}:
            assert split_by_table(table, word) == [(word_id, 0, len(word))]


def test_a_table_can_be_pickled(table: WordTable) -> None:
    copy = pickle.loads(pickle.dumps(table))  # noqa: S301
    text = "The movie's 8/10."
    assert split_by_table(copy, text) == split_by_table(table, text)
