"""What a model was trained on, in words."""

import pytest

from gatewise.models.artifact.artifact import load_artifact
from gatewise.models.artifact.location import releases
from gatewise.models.subject import stated_subject
from gatewise.training.config import TrainingConfig


@pytest.mark.parametrize(
    ("options", "texts"),
    [
        ({}, "English movie reviews"),
        ({"source": "mine.csv"}, "texts"),
        ({"source": "mine.csv", "domain": "hotel reviews"}, "hotel reviews"),
        ({"source": "mine.csv", "language": "de"}, "German texts"),
        ({"source": "mine.csv", "language": "cs", "domain": "recipes"}, "Czech recipes"),
        ({"source": "mine.csv", "language": "gd", "domain": "recipes"}, "recipes (gd)"),
    ],
)
def test_the_texts_are_those_that_are_stated(options: dict[str, str], texts: str) -> None:
    training = TrainingConfig.model_validate(options).model_dump(mode="json")
    assert stated_subject(training).texts == texts


@pytest.mark.parametrize("name", ["imdb-gru-256", "imdb-gru-512"])
def test_a_release_is_of_english_movie_reviews(name: str) -> None:
    assert stated_subject(load_artifact(releases()[name]).training).texts == "English movie reviews"
