"""`Predictor`: predictions, explanations and loading agree with each other."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.models.artifact.artifact import Artifact, save_artifact
from gatewise.models.artifact.config import SelfCheck
from gatewise.models.artifact.location import releases
from gatewise.models.errors import ArtifactMismatchError, InvalidTextError, TextTooLongError
from gatewise.models.explain.flips import flips
from gatewise.models.explain.interventions import Intervention
from gatewise.models.gru.precision import Precision
from gatewise.models.predictor import Predictor
from tests.models.artifacts import CHECK, TEXTS, artifact_not_in_8_bits, small_artifact

WORDS = ["a", "great", "movie", "the", "plot", "was", "boring", "zyzzyva", "!"]
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=30).map(" ".join)


@pytest.fixture(scope="module")
def predictor(artifact: Artifact) -> Predictor:
    return Predictor(artifact)


@given(text=texts)
def test_an_explanation_contains_the_same_prediction_as_predict(
    predictor: Predictor, text: str
) -> None:
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
def test_predictions_are_in_the_order_of_the_texts(predictor: Predictor, many: list[str]) -> None:
    together = [prediction.logit for prediction in predictor.predict(many)]
    alone = [predictor.predict([text])[0].logit for text in many]
    np.testing.assert_allclose(together, alone, atol=1e-6)


@given(text=texts)
def test_the_running_probability_ends_at_the_final_probability(
    predictor: Predictor, text: str
) -> None:
    explanation = predictor.explain(text)
    final = explanation.running_probability[-1]
    assert final == pytest.approx(explanation.prediction.probabilities["positive"])


@given(text=texts)
def test_the_turning_point_is_the_last_flip(predictor: Predictor, text: str) -> None:
    explanation = predictor.explain(text)
    assert explanation.flips == flips(explanation.running_probability)
    assert explanation.turning_point == next(reversed(explanation.flips), None)


def test_closing_all_update_gates_leaves_the_bias_as_the_logit(predictor: Predictor) -> None:
    intervened = predictor.explain(TEXTS[0], interventions=[Intervention("update", 1.0)])
    assert intervened.prediction.logit == pytest.approx(intervened.decomposition.bias)
    assert intervened.trace.update_gate.min() == 1


def test_the_decomposition_of_an_intervened_run_sums_to_its_logit(predictor: Predictor) -> None:
    decomposition = predictor.explain(
        TEXTS[1], interventions=[Intervention("reset", 1.0, tokens=[2, 3])]
    ).decomposition
    assert decomposition.bias + decomposition.total.sum() == pytest.approx(
        decomposition.logit, abs=1e-5
    )


def test_predicting_no_texts_returns_no_predictions(predictor: Predictor) -> None:
    assert predictor.predict([]) == []


@pytest.mark.parametrize(
    ("text", "coverage"), [("zyzzyva qwx movie", 1 / 3), ("zyzzyva !!!!", 0), ("!!!", 0)]
)
def test_the_prediction_for_unknown_words_has_a_warning(
    predictor: Predictor, text: str, coverage: float
) -> None:
    prediction = predictor.predict([text])[0]
    assert prediction.coverage == pytest.approx(coverage)
    assert f"knows only {coverage:.0%} of these words" in prediction.warnings[0]


def test_predicting_a_single_string_raises_a_type_error(predictor: Predictor) -> None:
    with pytest.raises(TypeError, match=r"predict\(\[text\]\)"):
        predictor.predict("Great!")


def test_the_prediction_for_known_words_has_no_warning(predictor: Predictor) -> None:
    assert predictor.predict([TEXTS[0]])[0].warnings == ()


def test_a_text_at_the_token_limit_is_accepted(predictor: Predictor) -> None:
    assert predictor.predict(["a a a"], max_tokens=3)[0].tokens == 3


def test_the_error_for_a_long_text_has_its_length_and_the_limit(predictor: Predictor) -> None:
    with pytest.raises(TextTooLongError, match="has 4 tokens; the limit is 3") as caught:
        predictor.predict(["a", "a a a a"], max_tokens=3)
    assert (caught.value.tokens, caught.value.limit) == (4, 3)


def test_explaining_an_empty_text_fails(predictor: Predictor) -> None:
    with pytest.raises(InvalidTextError, match="empty or blank"):
        predictor.explain(" ")


def test_a_predictor_is_thread_safe(predictor: Predictor) -> None:
    many = [" ".join(WORDS[: n % 9 + 1] * (n % 5 + 1)) for n in range(60)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: predictor.predict([text])[0].logit, many))
    assert together == [predictor.predict([text])[0].logit for text in many]


def test_a_saved_model_passes_its_self_check(artifact: Artifact, tmp_path: Path) -> None:
    save_artifact(artifact, tmp_path)
    logit = Predictor.load(tmp_path).predict([CHECK])[0].logit
    assert logit == pytest.approx(artifact.self_check.logit, abs=1e-6)


@pytest.mark.parametrize("error", [0.5, float("nan")])
def test_loading_fails_if_the_self_check_fails(tmp_path: Path, error: float) -> None:
    artifact = small_artifact()
    broken = replace(artifact, self_check=SelfCheck(CHECK, artifact.self_check.logit + error))
    save_artifact(broken, tmp_path)
    with pytest.raises(ArtifactMismatchError, match="fails its self-check"):
        Predictor.load(tmp_path)


def test_the_notebook_html_escapes_the_text(predictor: Predictor) -> None:
    html = predictor.explain("a < movie <script>alert(1)</script> & plot")._repr_html_()
    assert "<script>" not in html
    assert "&lt;</span>" in html
    assert "&amp;</span>" in html


def test_the_notebook_html_has_every_token_with_its_attribution(predictor: Predictor) -> None:
    explanation = predictor.explain("a great movie")
    html, account = explanation._repr_html_(), explanation.account
    assert account
    for position, value in enumerate(account.attribution.total):
        word = explanation.encoding.word(position)
        assert (
            f'title="{value:+.3f}; P(positive) without it: {account.without[position]:.2f}"' in html
        )
        assert f">{word}</span>" in html


def test_the_notebook_html_of_a_run_with_interventions_has_the_contributions(
    predictor: Predictor,
) -> None:
    explanation = predictor.explain("a great movie", interventions=[Intervention("update", 0.5)])
    for part in explanation.decomposition.total:
        assert f'title="{part:+.3f}"' in explanation._repr_html_()


@pytest.mark.parametrize("precision", get_args(Precision))
@pytest.mark.parametrize("name", releases())
def test_every_release_is_loaded_in_every_arithmetic(name: str, precision: Precision) -> None:
    assert Predictor.load(name, precision=precision).precision == precision


@pytest.mark.parametrize("precision", ["int8", "int8x8"])
def test_a_model_that_is_not_stored_in_8_bits_is_not_run_in_integers(
    tmp_path: Path, precision: Precision
) -> None:
    save_artifact(artifact_not_in_8_bits(), tmp_path)
    with pytest.raises(ArtifactMismatchError, match=f"precision='{precision}'"):
        Predictor.load(tmp_path, precision=precision)
