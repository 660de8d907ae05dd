"""Two models are told apart, whatever they are called."""

from dataclasses import replace

from models.predictor import Predictor
from tests.models.artifacts import small_artifact
from training.exact_name import exact_name


def test_the_same_model_has_the_same_name_again() -> None:
    assert exact_name(Predictor(small_artifact())) == exact_name(Predictor(small_artifact()))


def test_models_that_are_called_alike_are_told_apart_by_their_weights() -> None:
    one = small_artifact()
    other = replace(one, weights=replace(one.weights, embedding=one.weights.embedding + 1))
    assert exact_name(Predictor(one)) != exact_name(Predictor(other))
