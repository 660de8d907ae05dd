"""Identifies a model by its weights: different runs may have the same name and version."""

from gatewise.models.mmap_weights import digest_of
from gatewise.models.predictor import Predictor


def model_id(predictor: Predictor) -> str:
    """Return the name and version of a model, and the first digits of the digest of its weights."""
    artifact = predictor.artifact
    return f"{artifact.name} {artifact.version} ({digest_of(artifact.weights)[:12]})"
