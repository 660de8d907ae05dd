"""The suite of short reviews: large enough, and answered no worse than when it was measured."""

import re

import pytest

from models.predictor import DEFAULT_RELEASE, Predictor
from tests.behaviour.suite import cases, results
from tests.behaviour.test_readme import README


def test_there_are_at_least_300_different_cases() -> None:
    assert len({case.text for case in cases()}) >= 300


@pytest.mark.parametrize(
    ("release", "row"),
    [
        ("imdb-gru-512", "its 375 short reviews from templates"),
        ("imdb-gru-256", "its 375 short reviews, its size"),
    ],
)
def test_a_release_is_right_as_often_as_the_readme_says(release: str, row: str) -> None:
    outcomes = [right for _, right in results(Predictor.load(DEFAULT_RELEASE.parent / release))]
    assert sum(outcomes) / len(outcomes) >= 0.96
    (said,) = re.findall(rf"{re.escape(row)} \| (\d+) right", README)
    # Another processor rounds otherwise, which may decide a review that stands on the edge.
    assert abs(sum(outcomes) - int(said)) <= 1
