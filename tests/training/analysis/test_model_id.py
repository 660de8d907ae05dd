"""The id of a model depends on its weights."""

from dataclasses import replace

from gatewise.models.predictor import Predictor
from gatewise.training.analysis.model_id import model_id
from tests.models.artifacts import small_artifact


def test_the_same_model_has_the_same_id() -> None:
    assert model_id(Predictor(small_artifact())) == model_id(Predictor(small_artifact()))


def test_models_with_the_same_name_and_other_weights_have_other_ids() -> None:
    one = small_artifact()
    other = replace(one, weights=replace(one.weights, embedding=one.weights.embedding + 1))
    assert model_id(Predictor(one)) != model_id(Predictor(other))
