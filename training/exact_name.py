"""Which model a figure is of: runs may share a name and a version, but not their weights."""

from pathlib import Path

from models.predictor import Predictor
from models.shared import directory_of


def exact_name(predictor: Predictor) -> str:
    """Answer a model's name, its version, and the beginning of its weights' digest."""
    artifact = predictor.artifact
    digest = directory_of(artifact.weights, Path()).name
    return f"{artifact.name} {artifact.version} ({digest[:12]})"
