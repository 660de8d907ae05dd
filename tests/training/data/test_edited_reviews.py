"""The source of reviews with their minimal edits."""

import logging
from functools import cache
from pathlib import Path

import pytest
from datasets import Dataset

from gatewise.models.predictor import Predictor
from gatewise.training.data.edited_reviews import edited_source

PRAISE = "A wonderful film with an excellent cast. Highly recommended."
BLAME = "This is an awful movie. The acting is terrible and the plot is boring."
REVIEWS = Dataset.from_dict({"text": [PRAISE, BLAME], "label": [1, 0]})


@cache
def editor() -> Predictor:
    return Predictor.load("imdb-gru-256")


def test_a_review_and_its_edit_are_a_pair_of_opposite_targets(tmp_path: Path) -> None:
    source = edited_source(editor(), REVIEWS, count=2, seed=0, stored=tmp_path / "edited.json")
    review, edit = source.train.rows
    assert review.text in {PRAISE, BLAME}
    assert review.group == edit.group
    assert (review.target > 0.5) != (edit.target > 0.5)


def test_nothing_is_held_out(tmp_path: Path) -> None:
    source = edited_source(editor(), REVIEWS, count=2, seed=0, stored=tmp_path / "edited.json")
    assert not source.held_out.rows


def test_texts_that_are_stored_are_not_made_again(tmp_path: Path) -> None:
    stored = tmp_path / "edited.json"
    first = edited_source(editor(), REVIEWS, count=4, seed=0, stored=stored)
    none = REVIEWS.select([])
    assert edited_source(editor(), none, count=4, seed=0, stored=stored) == first


def test_fewer_texts_than_requested_are_reported(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        edited_source(editor(), REVIEWS, count=10, seed=0, stored=tmp_path / "edited.json")
    assert "4 texts could be made, not 10" in caplog.text
