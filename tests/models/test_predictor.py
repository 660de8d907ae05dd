"""The front door: one model, one answer, however it is asked."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.artifact import Artifact, SelfCheck, save_artifact
from models.errors import ArtifactMismatchError, InvalidTextError, TextTooLongError
from models.intervene import Hold
from models.predictor import Predictor
from tests.models.artifacts import CHECK, TEXTS, small_artifact

WORDS = ["a", "great", "movie", "the", "plot", "was", "boring", "zyzzyva", "!"]
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=30).map(" ".join)


@pytest.fixture(scope="module")
def predictor(artifact: Artifact) -> Predictor:
    return Predictor(artifact)


@given(text=texts)
def test_the_explanation_is_of_the_prediction(predictor: Predictor, text: str) -> None:
    prediction = predictor.predict([text])[0]
    explained = predictor.explain(text).prediction
    assert explained.label == prediction.label
    assert explained.logit == pytest.approx(prediction.logit, abs=1e-6)
    assert explained.coverage == prediction.coverage


@given(text=texts)
def test_probabilities_sum_to_1_and_the_label_has_the_larger(
    predictor: Predictor, text: str
) -> None:
    prediction = predictor.predict([text])[0]
    assert sum(prediction.probabilities.values()) == pytest.approx(1)
    assert prediction.score == max(prediction.probabilities.values())
    assert prediction.probabilities[prediction.label] == prediction.score


@given(many=st.lists(texts, min_size=1, max_size=8))
def test_a_list_is_answered_in_order(predictor: Predictor, many: list[str]) -> None:
    together = [prediction.logit for prediction in predictor.predict(many)]
    alone = [predictor.predict([text])[0].logit for text in many]
    np.testing.assert_allclose(together, alone, atol=1e-6)


@given(text=texts)
def test_the_running_probability_ends_at_the_verdict(predictor: Predictor, text: str) -> None:
    explanation = predictor.explain(text)
    final = explanation.running_probability[-1]
    assert final == pytest.approx(explanation.prediction.probabilities["positive"])


@given(text=texts)
def test_flips_are_where_the_running_verdict_changes_sides(predictor: Predictor, text: str) -> None:
    explanation = predictor.explain(text)
    positive = explanation.running_probability > 0.5
    expected = [i for i in range(1, len(positive)) if positive[i] != positive[i - 1]]
    assert explanation.flips == expected


def test_a_held_gate_changes_the_verdict_it_is_asked_about(predictor: Predictor) -> None:
    held = predictor.explain(TEXTS[0], holds=[Hold("update", 1.0)])
    assert held.prediction.logit == pytest.approx(held.ledger.bias)
    assert held.trace.update_gate.min() == 1


def test_the_ledger_of_a_held_run_sums_to_its_own_logit(predictor: Predictor) -> None:
    ledger = predictor.explain(TEXTS[1], holds=[Hold("reset", 1.0, tokens=[2, 3])]).ledger
    assert ledger.bias + ledger.total.sum() == pytest.approx(ledger.logit, abs=1e-5)


def test_no_texts_get_no_predictions(predictor: Predictor) -> None:
    assert predictor.predict([]) == []


@pytest.mark.parametrize(
    ("text", "coverage"), [("zyzzyva qwx movie", 1 / 3), ("zyzzyva !!!!", 0), ("!!!", 0)]
)
def test_a_text_of_unknown_words_is_answered_with_a_warning(
    predictor: Predictor, text: str, coverage: float
) -> None:
    prediction = predictor.predict([text])[0]
    assert prediction.coverage == pytest.approx(coverage)
    assert f"knows only {coverage:.0%} of these words" in prediction.warnings[0]


def test_a_bare_string_is_refused_rather_than_read_letter_by_letter(predictor: Predictor) -> None:
    with pytest.raises(TypeError, match=r"predict\(\[text\]\)"):
        predictor.predict("Great!")


def test_a_text_of_known_words_has_no_warning(predictor: Predictor) -> None:
    assert predictor.predict([TEXTS[0]])[0].warnings == ()


def test_a_text_at_the_limit_is_read(predictor: Predictor) -> None:
    assert predictor.predict(["a a a"], max_tokens=3)[0].tokens == 3


def test_a_text_past_the_limit_is_refused_with_both_numbers(predictor: Predictor) -> None:
    with pytest.raises(TextTooLongError, match="has 4 tokens; the limit is 3") as caught:
        predictor.predict(["a", "a a a a"], max_tokens=3)
    assert (caught.value.tokens, caught.value.limit) == (4, 3)


def test_an_empty_text_is_refused(predictor: Predictor) -> None:
    with pytest.raises(InvalidTextError, match="empty or blank"):
        predictor.explain(" ")


def test_threads_share_one_predictor(predictor: Predictor) -> None:
    many = [" ".join(WORDS[: n % 9 + 1] * (n % 5 + 1)) for n in range(60)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: predictor.predict([text])[0].logit, many))
    assert together == [predictor.predict([text])[0].logit for text in many]


def test_a_saved_model_loads_with_its_self_check(artifact: Artifact, tmp_path: Path) -> None:
    save_artifact(artifact, tmp_path)
    logit = Predictor.load(tmp_path).predict([CHECK])[0].logit
    assert logit == pytest.approx(artifact.self_check.logit, abs=1e-6)


@pytest.mark.parametrize("error", [0.5, float("nan")])
def test_a_model_that_fails_its_self_check_is_refused(tmp_path: Path, error: float) -> None:
    honest = small_artifact()
    lying = replace(honest, self_check=SelfCheck(CHECK, honest.self_check.logit + error))
    save_artifact(lying, tmp_path)
    with pytest.raises(ArtifactMismatchError, match="fails its self-check"):
        Predictor.load(tmp_path)


def test_the_notebook_strip_escapes_the_text(predictor: Predictor) -> None:
    html = predictor.explain("a <script>alert(1)</script> & movie")._repr_html_()
    assert "<script>" not in html
    assert "&lt;</span>" in html
    assert "&amp;</span>" in html


def test_the_notebook_strip_shows_every_token_with_its_contribution(predictor: Predictor) -> None:
    explanation = predictor.explain("a great movie")
    html = explanation._repr_html_()
    for position, contribution in enumerate(explanation.ledger.total):
        word = explanation.encoding.word(position)
        assert f'title="{contribution:+.3f}"' in html
        assert f">{word}</span>" in html
