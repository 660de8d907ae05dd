"""`GatewiseClassifier` is a scikit-learn classifier of texts."""

import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import estimator_checks

from gatewise import GatewiseClassifier, Predictor
from gatewise.models.errors import ArtifactMissingError, InvalidTextError
from gatewise.models.extras import install_command
from tests.gatewise.texts import TEXTS

# The checks of `check_estimator` that need no matrix of numbers. It skips them for texts.
CHECKS = [
    estimator_checks.check_do_not_raise_errors_in_init_or_set_params,
    estimator_checks.check_estimator_repr,
    estimator_checks.check_estimator_tags_renamed,
    estimator_checks.check_get_params_invariance,
    estimator_checks.check_mixin_order,
    estimator_checks.check_no_attributes_set_in_init,
    estimator_checks.check_parameters_default_constructible,
    estimator_checks.check_set_params,
    estimator_checks.check_valid_tag_types,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_scikit_learn_checks(check: Callable[[str, Any], None]) -> None:
    check("GatewiseClassifier", GatewiseClassifier())


@pytest.mark.filterwarnings("ignore:Can't test estimator:sklearn.exceptions.SkipTestWarning")
def test_no_check_of_check_estimator_fails() -> None:
    results = estimator_checks.check_estimator(GatewiseClassifier())
    assert {result["status"] for result in results} == {"passed"}


def test_the_scores_are_those_of_the_predictor(
    classifier: GatewiseClassifier, predictor: Predictor, labels: np.ndarray
) -> None:
    fitted = classifier.fit(TEXTS, labels)
    predictions = predictor.predict(TEXTS)
    np.testing.assert_array_equal(fitted.decision_function(TEXTS), [p.logit for p in predictions])
    np.testing.assert_array_equal(
        fitted.predict_proba(TEXTS), [list(p.probabilities.values()) for p in predictions]
    )
    np.testing.assert_array_equal(fitted.predict(TEXTS), labels)
    assert fitted.score(TEXTS, labels) == 1


@pytest.mark.parametrize(
    "names",
    [(0, 1), (-1, 1), (1, 5), (False, True), ("neg", "pos"), ("Negative", "Positive")],
    ids=str,
)
def test_predictions_have_the_labels_of_the_caller(
    classifier: GatewiseClassifier, labels: np.ndarray, names: tuple[Any, Any]
) -> None:
    given = np.array(names)[labels]
    fitted = classifier.fit(TEXTS, given)
    assert fitted.classes_.tolist() == list(names)
    np.testing.assert_array_equal(fitted.predict(TEXTS), given)


@pytest.mark.parametrize("names", [("bad", "good"), ("terrible", "good")])
def test_other_labels_need_the_positive_one(
    predictor: Predictor, labels: np.ndarray, names: tuple[str, str]
) -> None:
    given = np.array(names)[labels]
    with pytest.raises(ValueError, match="unclear which of the labels"):
        GatewiseClassifier(predictor).fit(TEXTS, given)
    fitted = GatewiseClassifier(predictor, positive_label="good").fit(TEXTS, given)
    assert fitted.classes_.tolist() == sorted(names)
    np.testing.assert_array_equal(fitted.predict(TEXTS), given)
    best = fitted.classes_[fitted.predict_proba(TEXTS).argmax(axis=1)]
    np.testing.assert_array_equal(best, given)


def test_a_positive_label_that_does_not_occur_is_an_error(
    predictor: Predictor, labels: np.ndarray
) -> None:
    with pytest.raises(ValueError, match="positive_label=2 is not a label of y"):
        GatewiseClassifier(predictor, positive_label=2).fit(TEXTS, labels)


def test_labels_may_be_a_series_of_strings(
    classifier: GatewiseClassifier, labels: np.ndarray
) -> None:
    given = pandas.Series(np.array(["neg", "pos"])[labels], index=range(10, 16))
    np.testing.assert_array_equal(classifier.fit(TEXTS, given).predict(TEXTS), given)
    categories = given.astype("category")
    np.testing.assert_array_equal(classifier.fit(TEXTS, categories).predict(TEXTS), given)


def test_without_labels_the_classes_are_those_of_the_model(
    classifier: GatewiseClassifier, predictor: Predictor
) -> None:
    predicted = classifier.fit(TEXTS).predict(TEXTS)
    assert predicted.tolist() == [prediction.label for prediction in predictor.predict(TEXTS)]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1, 2, 0, 1, 2], "Only binary classification is supported. .* is multiclass"),
        ([1, 1, 1, 1, 1, 1], r"y has 1 class, \[1\]; two are needed"),
        ([0, 1], "inconsistent numbers of samples"),
        ([0.5, 1.5, 2.5, 0, 0, 0], "The type of the target is continuous"),
    ],
)
def test_labels_that_do_not_fit_are_an_error(
    classifier: GatewiseClassifier, labels: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        classifier.fit(TEXTS, labels)


@pytest.mark.parametrize("method", ["predict", "predict_proba", "decision_function"])
def test_predicting_before_fit_is_an_error(classifier: GatewiseClassifier, method: str) -> None:
    with pytest.raises(NotFittedError):
        getattr(classifier, method)(TEXTS)


@pytest.mark.parametrize(
    ("method", "shape"),
    [("predict", (0,)), ("predict_proba", (0, 2)), ("decision_function", (0,))],
)
def test_no_texts_give_empty_arrays(
    classifier: GatewiseClassifier, method: str, shape: tuple[int, ...]
) -> None:
    assert getattr(classifier.fit(TEXTS), method)([]).shape == shape


def test_a_missing_text_is_named_by_its_index(classifier: GatewiseClassifier) -> None:
    with pytest.raises(InvalidTextError, match=r"^Text 1 is None"):
        classifier.fit(["A gem.", None])
    with pytest.raises(InvalidTextError, match=r"^Text 1 is None"):
        classifier.fit(TEXTS).predict(["A gem.", None])


def test_predictions_do_not_depend_on_order_or_company(
    classifier: GatewiseClassifier, labels: np.ndarray
) -> None:
    fitted = classifier.fit(TEXTS, labels)
    together = fitted.predict_proba(TEXTS)
    np.testing.assert_array_equal(fitted.predict_proba(TEXTS[::-1]), together[::-1])
    alone = np.concatenate([fitted.predict_proba([text]) for text in TEXTS])
    np.testing.assert_array_equal(alone, together)


def test_fit_does_not_change_parameters_and_can_be_repeated(
    classifier: GatewiseClassifier, labels: np.ndarray
) -> None:
    before = classifier.get_params()
    first = classifier.fit(TEXTS, labels).predict_proba(TEXTS)
    second = classifier.fit(TEXTS, labels).predict_proba(TEXTS)
    np.testing.assert_array_equal(first, second)
    assert classifier.get_params() == before


def test_a_clone_shares_the_predictor_and_is_not_fitted(
    classifier: GatewiseClassifier, predictor: Predictor
) -> None:
    cloned = clone(classifier.fit(TEXTS))
    assert cloned.model is predictor
    with pytest.raises(NotFittedError):
        cloned.predict(TEXTS)


def test_a_pickled_classifier_gives_the_same_probabilities(
    classifier: GatewiseClassifier, labels: np.ndarray
) -> None:
    fitted = classifier.fit(TEXTS, labels)
    restored = pickle.loads(pickle.dumps(fitted))  # noqa: S301
    np.testing.assert_array_equal(restored.predict_proba(TEXTS), fitted.predict_proba(TEXTS))


def test_the_model_is_loaded_by_fit(tmp_path: Path, labels: np.ndarray) -> None:
    classifier = GatewiseClassifier(tmp_path / "none")
    with pytest.raises(ArtifactMissingError):
        classifier.fit(TEXTS, labels)


def test_threads_are_passed_to_the_loaded_model(directory: Path) -> None:
    fitted = GatewiseClassifier(directory, threads=3).fit(TEXTS)
    assert fitted.predictor_._recurrence.threads == 3


def run(program: str) -> str:
    completed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    return completed.stdout.strip()


def test_scikit_learn_is_not_imported_before_it_is_used() -> None:
    program = "import sys; from gatewise import *; Predictor; print('sklearn' in sys.modules)"
    assert run(program) == "False"


def test_without_scikit_learn_the_error_names_the_extra() -> None:
    program = """
import sys
sys.modules["sklearn"] = None
import gatewise
try:
    gatewise.GatewiseClassifier
except ImportError as error:
    print(error)
"""
    assert install_command("sklearn") in run(program)
