"""The shipped model, loaded once."""

import pytest

from gatewise.models.predictor import Predictor


@pytest.fixture(scope="session")
def shipped() -> Predictor:
    """The default release."""
    return Predictor.load()
