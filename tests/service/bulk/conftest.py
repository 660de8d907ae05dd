"""Fixtures of the tests of `service.bulk`."""

from pathlib import Path

import pytest

from gatewise.models.artifact.artifact import save_artifact
from tests.models.artifacts import small_artifact
from tests.service.bulk.files import frame


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Directory of a small untrained model."""
    directory = tmp_path_factory.mktemp("models") / "small"
    save_artifact(small_artifact(), directory)
    return directory


@pytest.fixture(scope="session")
def reviews(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CSV file of 300 reviews, two of which are blank."""
    path = tmp_path_factory.mktemp("input") / "reviews.csv"
    frame(300, bad=(3, 217)).to_csv(path, index=False)
    return path
