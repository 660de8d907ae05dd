"""The validation split: stratified, reproducible, and without texts of the training."""

from collections import Counter

import pytest
from datasets import Dataset
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.reading_perturbations import PERTURBATIONS, Perturbation, full_width
from gatewise.models.errors import DataError
from gatewise.training.data.sources import Corpus
from gatewise.training.data.splits import Split, split_corpus, text_key
from tests.training.reviews import packaged

EMPTY: dict[str, list[str]] = {"text": [], "label": [], "source": []}


def corpus_of(texts: list[str], labels: list[int], unlabelled: list[str] | None = None) -> Corpus:
    others = unlabelled or []
    return Corpus(
        labelled=Dataset.from_dict(
            {"text": texts, "label": labels, "source": ["films"] * len(texts)}
        ),
        unlabelled=Dataset.from_dict(
            {"text": others, "label": [-1] * len(others), "source": ["films"] * len(others)}
        ),
        test=None,
    )


@pytest.fixture(scope="module")
def real_split() -> Split:
    corpus = Corpus(packaged(), Dataset.from_dict(EMPTY), None)
    return split_corpus(corpus, validation_fraction=0.1, seed=0)


def test_no_text_is_on_both_sides(real_split: Split) -> None:
    train = {text_key(text) for text in real_split.train["text"]}
    assert not train & {text_key(text) for text in real_split.validation["text"]}


def test_every_text_is_on_one_side(real_split: Split) -> None:
    both = Counter(real_split.train["text"][:]) + Counter(real_split.validation["text"][:])
    assert both == Counter(packaged()["text"][:])


def test_every_source_and_label_is_held_out_in_proportion(real_split: Split) -> None:
    held_out = Counter(
        zip(real_split.validation["source"][:], real_split.validation["label"][:], strict=True)
    )
    for stratum in (("imdb", 0), ("imdb", 1)):
        assert held_out[stratum] == pytest.approx(1250, abs=2)
    for stratum in (("rotten_tomatoes", 0), ("rotten_tomatoes", 1)):
        assert held_out[stratum] == pytest.approx(426, abs=2)


@settings(max_examples=20)
@given(
    words=st.lists(st.sampled_from("abcdefgh"), min_size=8, max_size=40),
    seed=st.integers(0, 1000),
)
def test_duplicates_stay_on_one_side(words: list[str], seed: int) -> None:
    texts = [f"{word} film" for word in words] + ["Good one", "good  ONE", "Bad", "Bad two"]
    labels = [index % 2 for index in range(len(words))] + [1, 1, 0, 0]
    try:
        split = split_corpus(corpus_of(texts, labels), validation_fraction=0.3, seed=seed)
    except DataError:
        return
    train = {text_key(text) for text in split.train["text"]}
    assert not train & {text_key(text) for text in split.validation["text"]}


def test_the_split_depends_on_the_seed() -> None:
    texts = [f"film {number}" for number in range(40)]
    corpus = corpus_of(texts, [number % 2 for number in range(40)])
    held_out = [
        split_corpus(corpus, validation_fraction=0.2, seed=seed).validation["text"][:]
        for seed in (1, 1, 2)
    ]
    assert held_out[0] == held_out[1]
    assert held_out[0] != held_out[2]


def test_the_order_of_the_rows_does_not_matter() -> None:
    texts = [f"film {number}" for number in range(40)]
    labels = [number % 2 for number in range(40)]
    held_out = [
        set(split_corpus(corpus, validation_fraction=0.2, seed=1).validation["text"])
        for corpus in (corpus_of(texts, labels), corpus_of(texts[::-1], labels[::-1]))
    ]
    assert held_out[0] == held_out[1]


def test_unlabelled_copies_of_held_out_texts_are_dropped() -> None:
    texts = [f"Film {number}" for number in range(10)]
    copies = [text.upper() for text in texts]
    corpus = corpus_of(texts, [number % 2 for number in range(10)], copies)
    split = split_corpus(corpus, validation_fraction=0.4, seed=0)
    held_out = {text_key(text) for text in split.validation["text"]}
    assert {text_key(text) for text in split.unlabelled["text"]} == {
        text_key(text) for text in texts
    } - held_out


@pytest.mark.parametrize("other", ["A  film.", "a FILM.", "A<br /><br />film.", " A film. "])
def test_case_spacing_and_line_breaks_do_not_change_the_key(other: str) -> None:
    assert text_key(other) == text_key("A film.")


def test_too_few_texts_are_rejected() -> None:
    with pytest.raises(DataError, match="too few"):
        split_corpus(corpus_of(["a", "b"], [0, 1]), validation_fraction=0.1, seed=0)


REVIEW = "A \"quiet\" film - I didn't expect that it'd move me so much.<br /><br />Well worth 8/10."
SAME_WORDS = [change for change in PERTURBATIONS if change.same_words]


@pytest.mark.parametrize("change", SAME_WORDS, ids=lambda change: change.name)
def test_copies_of_a_text_in_another_form_have_the_same_key(change: Perturbation) -> None:
    assert text_key(change.change(REVIEW), "read") == text_key(REVIEW, "read")


def test_copies_of_a_text_in_other_forms_stay_on_one_side() -> None:
    reviews = [f"{REVIEW} Review number {number}." for number in range(10)]
    texts = [text for review in reviews for text in (review, full_width(review), review.upper())]
    labels = [index // 3 % 2 for index in range(len(texts))]
    split = split_corpus(
        corpus_of(texts, labels, [f"<p>{review}</p>" for review in reviews]),
        validation_fraction=0.4,
        seed=0,
        key="read",
    )
    held_out = Counter(text_key(text, "read") for text in split.validation["text"])
    assert set(held_out.values()) == {3}
    assert len(split.unlabelled) == len(reviews) - len(held_out)


def test_other_words_make_another_key() -> None:
    assert text_key("A film.", "read") != text_key("A movie.", "read")


def test_texts_without_letters_are_compared_as_written() -> None:
    assert text_key("?!", "read") != text_key("...", "read")
