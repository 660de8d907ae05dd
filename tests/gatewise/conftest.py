"""A small model as a scikit-learn classifier, and texts with the labels that it predicts."""

from pathlib import Path

import numpy as np
import pytest

from gatewise import GatewiseClassifier, Predictor
from gatewise.models.artifact.artifact import save_artifact
from tests.gatewise.texts import TEXTS
from tests.models.artifacts import small_artifact


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Directory of a small untrained model."""
    folder = tmp_path_factory.mktemp("model")
    save_artifact(small_artifact(seed=6), folder)
    return folder


@pytest.fixture(scope="module")
def predictor(directory: Path) -> Predictor:
    """Return the model, loaded."""
    return Predictor.load(directory)


@pytest.fixture(scope="module")
def labels(predictor: Predictor) -> np.ndarray:
    """What the model predicts, as 0 and 1; both occur."""
    predicted = [int(prediction.logit > 0) for prediction in predictor.predict(TEXTS)]
    assert set(predicted) == {0, 1}
    return np.array(predicted)


@pytest.fixture
def classifier(predictor: Predictor) -> GatewiseClassifier:
    """Return the model as a classifier that is not fitted."""
    return GatewiseClassifier(predictor)
