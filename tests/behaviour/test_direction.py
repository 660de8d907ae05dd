"""DIR (directional tests): changes of a text that must raise or lower the probability."""

import pytest

from gatewise.models.predictor import Predictor
from tests.behaviour.reviews import NEGATIVE_VERDICTS, PLOTS, POSITIVE_VERDICTS


def positive(predictor: Predictor, text: str) -> float:
    return predictor.predict([text])[0].probabilities["positive"]


@pytest.mark.parametrize("plot", PLOTS, ids=range(len(PLOTS)))
@pytest.mark.parametrize("verdict", NEGATIVE_VERDICTS)
def test_a_bad_verdict_lowers_the_probability(shipped: Predictor, plot: str, verdict: str) -> None:
    assert positive(shipped, f"{plot} {verdict}") < positive(shipped, plot) - 0.1


@pytest.mark.parametrize("plot", PLOTS, ids=range(len(PLOTS)))
@pytest.mark.parametrize("verdict", POSITIVE_VERDICTS)
def test_a_good_verdict_raises_the_probability(shipped: Predictor, plot: str, verdict: str) -> None:
    assert positive(shipped, f"{plot} {verdict}") > positive(shipped, plot) + 0.1


@pytest.mark.parametrize(
    ("weaker", "stronger"),
    [
        ("The film is good.", "The film is excellent."),
        ("The film is bad.", "The film is okay."),
        ("I give it 2/10.", "I give it 9/10."),
        ("The film is not good.", "The film is good."),
    ],
)
def test_stronger_praise_is_more_positive(shipped: Predictor, weaker: str, stronger: str) -> None:
    assert positive(shipped, stronger) > positive(shipped, weaker)


def test_the_running_probability_drops_at_the_verdict_word(shipped: Predictor) -> None:
    explanation = shipped.explain(f"{PLOTS[0]} But the movie is really boring.")
    words = [explanation.encoding.word(position) for position in range(len(explanation.encoding))]
    position = words.index("boring")
    before, after = explanation.running_probability[position - 1 : position + 1]
    assert after < before - 0.2


@pytest.mark.parametrize("release", ["imdb-gru-256", "imdb-gru-512"])
def test_the_verdict_word_without_a_full_stop_has_the_largest_contribution(
    release: str,
) -> None:
    predictor = Predictor.load(release)
    explanation = predictor.explain(f"{PLOTS[0]} But the movie is really boring")
    strongest = int(abs(explanation.decomposition.total).argmax())
    assert explanation.encoding.word(strongest) == "boring"
    assert explanation.decomposition.total[strongest] < 0


def test_the_verdict_word_has_the_largest_attribution(shipped: Predictor) -> None:
    explanation = shipped.explain(f"{PLOTS[0]} But the movie is really boring.")
    attributions = shipped.attribution(explanation).total  # (T,)
    strongest = int(abs(attributions).argmax())
    assert explanation.encoding.word(strongest) == "boring"
    assert attributions[strongest] < 0
