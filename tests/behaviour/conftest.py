"""The shipped model, loaded once."""

import pytest

from models.predictor import Predictor


@pytest.fixture(scope="session")
def shipped() -> Predictor:
    return Predictor.load()
