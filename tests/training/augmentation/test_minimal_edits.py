"""Minimal edits of reviews by the model's own attribution."""

from functools import cache

import numpy as np
import pytest

from gatewise.models.predictor import Predictor
from gatewise.training.augmentation import AugmentedText, minimal_edits
from gatewise.training.augmentation.minimal_edits import MAX_KEPT, edit_review

REVIEWS = [
    ("A wonderful film with an excellent cast. Highly recommended.", 1),
    ("This is an awful movie. The acting is terrible and the plot is boring.", 0),
    ("The train leaves at noon.", 1),
    ("A wonderful film with an excellent cast.", 0),  # the label is not what the model reads
]


@cache
def shipped() -> Predictor:
    return Predictor.load("imdb-gru-256")


@cache
def pairs() -> list[AugmentedText]:
    return list(minimal_edits(shipped(), REVIEWS, seed=1))


def edited(text: str, label: int) -> str | None:
    edit = edit_review(shipped(), text, label, random=np.random.default_rng(0))
    return edit.text if edit else None


def test_each_edit_follows_its_original_with_the_opposite_verdict() -> None:
    originals, edits = pairs()[::2], pairs()[1::2]
    assert [text.text for text in originals] == [text for text, _ in REVIEWS[:2]]
    assert [text.target > 0.5 for text in originals] == [True, False]
    assert [text.target > 0.5 for text in edits] == [False, True]
    assert [text.group for text in originals] == [text.group for text in edits]


def test_the_model_follows_every_edit() -> None:
    for edit in pairs()[1::2]:
        positive = shipped().predict([edit.text])[0].probabilities["positive"]
        assert (1 - positive if edit.target > 0.5 else positive) <= MAX_KEPT


def test_the_same_seed_gives_the_same_edits() -> None:
    assert list(minimal_edits(shipped(), REVIEWS, seed=1)) == pairs()


def test_the_article_and_the_case_fit_what_is_exchanged() -> None:
    text = edited("An excellent film. SUPERB acting. Brilliant!", 1)
    assert text is not None
    first, second, third = text.split(". ")
    assert first in {"An awful film", "A dreadful film", "A terrible film"}
    assert second.split()[0] in {"DREADFUL", "ABYSMAL"}
    assert third in {"Stupid!", "Dreadful!"}


def test_a_negated_word_stays() -> None:
    text = edited("A wonderful film. I have never seen anything so awful, wonderful or great.", 1)
    assert text is not None
    assert "never seen anything so awful" in text


@pytest.mark.parametrize(("text", "label"), REVIEWS[2:])
def test_a_review_that_the_model_reads_otherwise_or_without_a_verdict_is_not_edited(
    text: str, label: int
) -> None:
    assert edited(text, label) is None


def test_a_long_review_is_not_edited() -> None:
    assert edited("A wonderful film. " * 200, 1) is None
