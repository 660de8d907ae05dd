"""MFT of spelling: what is corrected, and what is left as it is."""

import pickle

import pytest

from gatewise.models.text.spelling import Speller
from gatewise.models.tokenizer import UNKNOWN_ID

VOCABULARY = [
    "[PAD]", "[UNK]", "the", "so", "good", "god", "boring", "masterpiece", "beautiful", "great",
    "love", "can't", "don't", "dont", "embarrassing", "unmemorable", "memorable", "awesome",
    "memory", "courier", "excellent",
]  # fmt: skip


@pytest.fixture(scope="module")
def speller() -> Speller:
    """A speller of a few words."""
    return Speller(VOCABULARY)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("dont", "don't"),
        ("cant", "can't"),
        ("CANT", "can't"),
        ("sooooo", "so"),
        ("goooood", "good"),
        ("loooove", "love"),
        ("dooooont", "don't"),
        ("gr8", "great"),
        ("aw3some", "awesome"),
        ("masterpeice", "masterpiece"),
        ("borring", "boring"),
        ("embarassing", "embarrassing"),
        ("BORRING", "boring"),
    ],
)
def test_a_clear_misspelling_is_corrected(speller: Speller, written: str, meant: str) -> None:
    assert speller.correct(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "good",  # known
        "Borring",  # a name, perhaps
        "gode",  # too short
        "bearing",  # English
        "xyzzyx",  # nothing near
        "12345",
        "forgettable",
    ],
)
def test_what_is_known_or_unclear_is_left_as_it_is(speller: Speller, written: str) -> None:
    assert speller.correct(written) is None


@pytest.mark.parametrize("name", ["coulier", "mamoru"])
def test_what_may_be_a_name_is_left_as_it_is(speller: Speller, name: str) -> None:
    assert speller.correct(name, may_be_name=True) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [("borring", "boring"), ("masterpeice", "masterpiece"), ("exellent", "excellent")],
)
def test_what_is_clear_is_corrected_even_if_it_may_be_a_name(
    speller: Speller, written: str, meant: str
) -> None:
    assert speller.correct(written, may_be_name=True) == meant


def test_only_unknown_words_and_bare_contractions_are_doubtful(speller: Speller) -> None:
    doubtful = speller.doubtful(unknown=UNKNOWN_ID)
    assert [VOCABULARY[place] for place in doubtful.nonzero()[0]] == ["[UNK]", "dont"]


def test_a_speller_can_be_pickled(speller: Speller) -> None:
    assert pickle.loads(pickle.dumps(speller)).correct("borring") == "boring"  # noqa: S301
