"""The suite of short reviews: large enough, and answered no worse than when it was measured."""

import pytest

from models.predictor import DEFAULT_RELEASE, Predictor
from tests.behaviour.suite import cases, results


def test_there_are_at_least_300_different_cases() -> None:
    assert len({case.text for case in cases()}) >= 300


@pytest.mark.parametrize(("release", "share"), [("imdb-gru-256", 0.96), ("imdb-gru-512", 0.96)])
def test_a_release_is_right_as_often_as_the_readme_says(release: str, share: float) -> None:
    outcomes = [right for _, right in results(Predictor.load(DEFAULT_RELEASE.parent / release))]
    assert sum(outcomes) / len(outcomes) >= share
