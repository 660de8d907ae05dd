"""Fixtures of this folder."""

import pytest

from gatewise.models import Predictor
from gatewise.models.artifact.artifact import Artifact


@pytest.fixture(scope="session")
def predictor(artifact: Artifact) -> Predictor:
    return Predictor(artifact, threads=1)
