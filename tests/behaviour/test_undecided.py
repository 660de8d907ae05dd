"""MFT and INV: which texts the shipped model leaves undecided."""

import pytest

from gatewise.models.predictor import Predictor
from tests.behaviour.reviews import NEGATIVE_VERDICTS, PLOTS, POSITIVE_VERDICTS

VERDICTS = [*NEGATIVE_VERDICTS, *POSITIVE_VERDICTS]
OTHERS = {
    "Spanish": "La historia es aburrida y el guion no tiene ningún sentido.",
    "Swedish": "Jag tyckte inte alls om slutet, men musiken var fin.",
    "Bulgarian": "Филмът не ми хареса, но актьорите бяха добри.",
    "Chinese": "我不喜欢这部电影,但是音乐很好听。",
    "code": "def area(radius):\n    return math.pi * radius ** 2\n\nprint(area(3))",
    "recipe": "Beat two eggs with 100 g of sugar, add flour and milk, and bake at 170 degrees.",
    "news": "The ministry of finance published its budget report for the third quarter on Monday.",
    "log": "2023-05-01 10:11:12 WARN pool-2 timeout after 30000ms at db01:5432",
    "nonsense": "fdjskl fjdksl qpwo zmxn bvcn",
}
REVIEWS = [
    "A masterpiece.",
    "Boring!",
    "I loved every minute of it.",
    "Great acting, weak script, but I would watch it again.",
    "9/10",
]


def is_undecided(predictor: Predictor, text: str) -> bool:
    return predictor.predict([text])[0].undecided


@pytest.mark.parametrize("kind", OTHERS)
def test_a_text_that_is_no_english_review_is_undecided(shipped: Predictor, kind: str) -> None:
    prediction = shipped.predict([OTHERS[kind]])[0]
    assert prediction.undecided
    assert prediction.warnings


@pytest.mark.parametrize("text", REVIEWS)
def test_a_short_review_is_decided(shipped: Predictor, text: str) -> None:
    assert not is_undecided(shipped, text)


@pytest.mark.parametrize("plot", PLOTS, ids=range(len(PLOTS)))
def test_a_plot_with_a_verdict_is_decided(shipped: Predictor, plot: str) -> None:
    predictions = shipped.predict([f"{plot} {verdict}" for verdict in VERDICTS])
    assert not any(prediction.undecided for prediction in predictions)


@pytest.mark.parametrize("text", [*REVIEWS, *OTHERS.values()])
def test_case_and_space_at_the_ends_do_not_change_whether_a_text_is_undecided(
    shipped: Predictor, text: str
) -> None:
    first = is_undecided(shipped, text)
    assert is_undecided(shipped, text.upper()) == first
    assert is_undecided(shipped, text.lower()) == first
    assert is_undecided(shipped, f"  {text}\n\n ") == first


@pytest.mark.parametrize("text", [*REVIEWS, *OTHERS.values()])
def test_an_explanation_is_as_undecided_as_the_prediction(shipped: Predictor, text: str) -> None:
    assert shipped.explain(text).prediction.undecided == is_undecided(shipped, text)
