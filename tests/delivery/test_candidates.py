"""Candidates of releases, which are in the repository and not in the package."""

from pathlib import Path

import pytest

from gatewise import Predictor

CANDIDATES = sorted((Path(__file__).parents[2] / "models" / "candidates").iterdir())


@pytest.mark.parametrize("directory", CANDIDATES, ids=lambda path: path.name)
def test_a_candidate_passes_the_checks_of_loading(directory: Path) -> None:
    predictor = Predictor.load(directory)
    assert predictor.artifact.name == directory.name
