"""MFT (minimum functionality tests): reviews that the shipped model must classify correctly."""

import pytest

from gatewise.models.predictor import Predictor
from tests.behaviour.reviews import NEGATIVE_VERDICTS, PLOTS, POSITIVE_VERDICTS


def label(predictor: Predictor, text: str) -> str:
    return predictor.predict([text])[0].label


@pytest.mark.parametrize("plot", PLOTS, ids=range(len(PLOTS)))
@pytest.mark.parametrize("verdict", NEGATIVE_VERDICTS)
def test_a_long_plot_with_a_bad_verdict_is_negative(
    shipped: Predictor, plot: str, verdict: str
) -> None:
    assert label(shipped, f"{plot} {verdict}") == "negative"


@pytest.mark.parametrize("plot", PLOTS, ids=range(len(PLOTS)))
@pytest.mark.parametrize("verdict", POSITIVE_VERDICTS)
def test_the_same_plot_with_a_good_verdict_is_positive(
    shipped: Predictor, plot: str, verdict: str
) -> None:
    assert label(shipped, f"{plot} {verdict}") == "positive"


@pytest.mark.parametrize("plot", PLOTS, ids=range(len(PLOTS)))
def test_a_good_verdict_before_a_long_plot_is_remembered(shipped: Predictor, plot: str) -> None:
    assert label(shipped, f"I love this movie so much. It is wonderful. {plot}") == "positive"


@pytest.mark.parametrize("plot", PLOTS, ids=range(len(PLOTS)))
def test_a_bad_verdict_before_a_long_plot_is_remembered(shipped: Predictor, plot: str) -> None:
    assert label(shipped, f"I hate this movie so much. It is terrible. {plot}") == "negative"


@pytest.mark.parametrize("word", ["great", "wonderful", "excellent", "superb", "perfect"])
def test_one_good_word_is_positive(shipped: Predictor, word: str) -> None:
    assert label(shipped, word) == "positive"


@pytest.mark.parametrize("word", ["awful", "terrible", "boring", "worst", "dreadful"])
def test_one_bad_word_is_negative(shipped: Predictor, word: str) -> None:
    assert label(shipped, word) == "negative"


@pytest.mark.parametrize(
    "text",
    [
        "The movie is not good at all.",
        "I did not like this film.",
        "It isn't funny and it isn't clever.",
        "I would not recommend it to anyone.",
    ],
)
def test_negated_praise_is_negative(shipped: Predictor, text: str) -> None:
    assert label(shipped, text) == "negative"
