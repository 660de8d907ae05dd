"""Which model a figure is of: runs may share a name and a version, but not their weights."""

from models.predictor import Predictor
from models.shared import digest_of


def exact_name(predictor: Predictor) -> str:
    """Answer a model's name, its version, and the beginning of its weights' digest."""
    artifact = predictor.artifact
    return f"{artifact.name} {artifact.version} ({digest_of(artifact.weights)[:12]})"
