"""INV (invariance tests): changes of a text that must not change the prediction."""

import pytest

from gatewise.models.predictor import Predictor
from tests.behaviour.reviews import PLOTS

REVIEWS = [
    f"{PLOTS[0]} But the movie is really boring.",
    f"{PLOTS[1]} And the movie is truly wonderful.",
    "The acting is superb and the story kept me guessing until the end.",
    "A dull script, wooden acting and no ending worth the name.",
]


def logit(predictor: Predictor, text: str) -> float:
    return predictor.predict([text])[0].logit


@pytest.mark.parametrize("text", REVIEWS, ids=range(len(REVIEWS)))
def test_upper_and_lower_case_give_the_same_logit(shipped: Predictor, text: str) -> None:
    assert logit(shipped, text.upper()) == logit(shipped, text.lower())


@pytest.mark.parametrize("text", REVIEWS, ids=range(len(REVIEWS)))
def test_line_breaks_and_spaces_do_not_change_the_logit(shipped: Predictor, text: str) -> None:
    broken = text.replace(". ", ".<br /><br />\n  ")
    assert logit(shipped, broken) == logit(shipped, text)


@pytest.mark.parametrize("text", REVIEWS, ids=range(len(REVIEWS)))
@pytest.mark.parametrize("name", ["John", "Maria", "Ahmed", "Yuki"])
def test_a_name_in_the_text_does_not_flip_the_label(
    shipped: Predictor, text: str, name: str
) -> None:
    before, after = logit(shipped, text), logit(shipped, f"I saw it with {name}. {text}")
    assert (before > 0) == (after > 0)


@pytest.mark.parametrize("text", REVIEWS, ids=range(len(REVIEWS)))
@pytest.mark.parametrize("number", [1, 12, 47, 1987])
def test_a_number_in_the_text_does_not_flip_the_label(
    shipped: Predictor, text: str, number: int
) -> None:
    before, after = logit(shipped, text), logit(shipped, f"There were {number} of us. {text}")
    assert (before > 0) == (after > 0)


def test_other_texts_in_the_batch_do_not_change_the_logit(shipped: Predictor) -> None:
    together = [prediction.logit for prediction in shipped.predict(REVIEWS)]
    assert together == [logit(shipped, text) for text in REVIEWS]
