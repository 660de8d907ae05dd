"""`GatewiseClassifier` in scikit-learn's cross-validation, pipelines and grid search."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
from sklearn.compose import make_column_transformer
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from gatewise import GatewiseClassifier, Predictor
from gatewise.models.artifact.artifact import save_artifact
from tests.gatewise.texts import TEXTS
from tests.models.artifacts import small_artifact


@pytest.mark.parametrize("container", [list, tuple, np.array, pandas.Series], ids=str)
def test_cross_validation_accepts_any_column_of_texts(
    classifier: GatewiseClassifier, labels: np.ndarray, container: Callable[[list[str]], Any]
) -> None:
    assert cross_val_score(classifier, container(TEXTS), labels, cv=2).tolist() == [1, 1]


def test_cross_validated_probabilities_are_those_of_the_model(
    classifier: GatewiseClassifier, labels: np.ndarray
) -> None:
    crossed = cross_val_predict(classifier, TEXTS, labels, cv=2, method="predict_proba")
    np.testing.assert_array_equal(crossed, classifier.fit(TEXTS, labels).predict_proba(TEXTS))


@pytest.mark.slow
def test_cross_validation_in_other_processes(
    classifier: GatewiseClassifier, labels: np.ndarray
) -> None:
    assert cross_val_score(classifier, TEXTS, labels, cv=2, n_jobs=2).tolist() == [1, 1]


def test_a_pipeline_may_change_the_texts_first(predictor: Predictor, labels: np.ndarray) -> None:
    strip = FunctionTransformer(lambda texts: [text.removeprefix("zyzzyva ") for text in texts])
    pipeline = make_pipeline(strip, GatewiseClassifier(predictor))
    prefixed = [f"zyzzyva {text}" for text in TEXTS]
    np.testing.assert_array_equal(pipeline.fit(prefixed, labels).predict(prefixed), labels)


def test_a_column_transformer_may_select_the_texts(
    predictor: Predictor, labels: np.ndarray
) -> None:
    frame = pandas.DataFrame({"stars": [1] * len(TEXTS), "review": TEXTS})
    select = make_column_transformer(
        (FunctionTransformer(lambda column: column.to_frame()), "review")
    )
    flatten = FunctionTransformer(np.ravel)
    pipeline = make_pipeline(select, flatten, GatewiseClassifier(predictor))
    np.testing.assert_array_equal(pipeline.fit(frame, labels).predict(frame), labels)


def test_a_grid_search_compares_models(directory: Path, tmp_path: Path, labels: np.ndarray) -> None:
    save_artifact(small_artifact(seed=7), tmp_path)
    grid = {"model": [str(tmp_path), str(directory)]}
    search = GridSearchCV(GatewiseClassifier(threads=1), grid, cv=2).fit(TEXTS, labels)
    assert search.best_params_ == {"model": str(directory)}
    assert search.best_score_ == 1
