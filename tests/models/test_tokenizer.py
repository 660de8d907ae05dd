"""Tokens are spans of the original text, for any text."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.models.errors import ArtifactCorruptError, InvalidTextError
from gatewise.models.text.readable import check_readable
from gatewise.models.tokenizer import (
    PAD,
    PAD_ID,
    UNKNOWN,
    UNKNOWN_ID,
    WordTokenizer,
)

TEXTS = [
    "The movie's plot isn't boring. It's great: 8/10!",
    "the movie<br /><br />was boring... and the plot was great",
]


@pytest.fixture(scope="module")
def tokenizer() -> WordTokenizer:
    return WordTokenizer.train(TEXTS, vocab_size=100)


def words(tokenizer: WordTokenizer, text: str) -> list[str]:
    encoding = tokenizer.encode(text)
    return [encoding.word(position) for position in range(len(encoding))]


def readable(text: str) -> bool:
    try:
        check_readable(text)
    except InvalidTextError:
        return False
    return True


# Letters, digits and signs that are no markup: what is not white space is read.
PLAIN = st.text(alphabet="abcdeEfgILorstXYZ 0189.,!?'%$()\n", min_size=1).filter(readable)


@given(text=PLAIN)
def test_tokens_are_in_order_with_only_white_space_between_them(
    tokenizer: WordTokenizer, text: str
) -> None:
    encoding = tokenizer.encode(text)
    cursor = 0
    for start, end in zip(encoding.starts, encoding.ends, strict=True):
        assert cursor <= start <= end <= len(text)
        assert text[cursor:start].strip() == ""
        cursor = int(end)
    assert text[cursor:].strip() == ""


@given(text=st.text(min_size=1))
def test_tokens_of_any_text_are_in_order_and_inside_it(tokenizer: WordTokenizer, text: str) -> None:
    try:
        encoding = tokenizer.encode(text)
    except InvalidTextError:
        return
    assert (encoding.starts <= encoding.ends).all()
    assert (encoding.ends[:-1] <= encoding.starts[1:]).all()
    assert encoding.ends[-1] <= len(text)


@given(
    pieces=st.lists(
        st.sampled_from(
            ["The", "movie", "İstanbul", "👍🏽", "e\u0301a", "ﬁne", "ǅ", "Straße", "!"]
        ),
        min_size=1,
    )
)
def test_offsets_select_the_original_words_in_any_script(
    tokenizer: WordTokenizer, pieces: list[str]
) -> None:
    text = " ".join(pieces)
    encoding = tokenizer.encode(text)
    covered = "".join(encoding.word(position) for position in range(len(encoding)))
    assert covered == text.replace(" ", "")


@given(text=PLAIN)
def test_ids_do_not_depend_on_case(tokenizer: WordTokenizer, text: str) -> None:
    assert tokenizer.encode(text).ids.tolist() == tokenizer.encode(text.upper()).ids.tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't go.", ["Don't", "go", "."]),
        ("the movie's", ["the", "movie", "'s"]),
        ("I'd've", ["I", "'d", "'ve"]),
        ("O\u2019Hara\u2019s", ["O\u2019Hara", "\u2019s"]),
        ("8/10 or 7.5", ["8/10", "or", "7.5"]),
        ("10.the 90s", ["10", ".", "the", "90s"]),
        ("well-made...", ["well", "-", "made", "..."]),
        ("_great_!!", ["great", "!", "!"]),
        ("a<br/>b<BR />c<br>d", ["a", "b", "c", "d"]),
    ],
)
def test_text_is_split_into_words_and_punctuation(
    tokenizer: WordTokenizer, text: str, expected: list[str]
) -> None:
    assert words(tokenizer, text) == expected


def test_curly_and_straight_apostrophes_give_the_same_ids(tokenizer: WordTokenizer) -> None:
    assert tokenizer.encode("isn\u2019t").ids.tolist() == tokenizer.encode("isn't").ids.tolist()


def test_unknown_words_are_not_known(tokenizer: WordTokenizer) -> None:
    encoding = tokenizer.encode("the zyzzyva movie")
    assert encoding.known.tolist() == [True, False, True]
    assert encoding.ids[1] == UNKNOWN_ID


def test_coverage_is_the_share_of_known_words_without_punctuation(
    tokenizer: WordTokenizer,
) -> None:
    assert tokenizer.encode("the zyzzyva movie! qwx...").coverage == 0.5


@pytest.mark.parametrize("special", [PAD, UNKNOWN])
def test_special_tokens_in_a_text_are_split(tokenizer: WordTokenizer, special: str) -> None:
    assert words(tokenizer, special) == ["[", special[1:-1], "]"]
    assert PAD_ID not in tokenizer.encode(special).ids


@given(order=st.permutations(TEXTS))
def test_the_vocabulary_does_not_depend_on_the_order_of_the_texts(order: list[str]) -> None:
    assert (
        WordTokenizer.train(order, vocab_size=12).words
        == WordTokenizer.train(TEXTS, vocab_size=12).words
    )


def test_the_vocabulary_keeps_the_most_frequent_words() -> None:
    trained = WordTokenizer.train(["a a a b b c"], vocab_size=4)
    assert trained.words == [PAD, UNKNOWN, "a", "b"]


def test_rare_words_are_left_out() -> None:
    trained = WordTokenizer.train(["a a b"], vocab_size=10, min_frequency=2)
    assert trained.words == [PAD, UNKNOWN, "a"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "empty or blank"),
        (" \n\t", "empty or blank"),
        ("<br /><br />", "only white space, markup or addresses"),
        ("good\0movie", "NUL character at position 4"),
        ("good \ud800", "lone surrogate (U+D800) at position 5"),
    ],
)
def test_the_error_for_an_invalid_text_states_the_reason(
    tokenizer: WordTokenizer, text: str, complaint: str
) -> None:
    with pytest.raises(InvalidTextError) as caught:
        tokenizer.encode(text)
    assert complaint in str(caught.value)


def test_a_saved_tokenizer_loads_unchanged(tokenizer: WordTokenizer, tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    tokenizer.save(path)
    again = WordTokenizer.load(path)
    assert again.words == tokenizer.words
    assert again.encode(TEXTS[0]).ids.tolist() == tokenizer.encode(TEXTS[0]).ids.tolist()


@pytest.mark.parametrize("content", ["", "{", '{"model": 3}'])
def test_loading_an_invalid_tokenizer_file_fails(tmp_path: Path, content: str) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(content)
    with pytest.raises(ArtifactCorruptError, match="not a tokenizer file"):
        WordTokenizer.load(path)


def test_loading_a_tokenizer_with_other_special_tokens_fails(
    tokenizer: WordTokenizer, tmp_path: Path
) -> None:
    path = tmp_path / "tokenizer.json"
    tokenizer.save(path)
    path.write_text(path.read_text().replace(PAD, "<pad>"))
    with pytest.raises(ArtifactCorruptError, match="ids 0 and 1"):
        WordTokenizer.load(path)
