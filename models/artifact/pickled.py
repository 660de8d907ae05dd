"""What is pickled of a model, so that a `Predictor` can be sent to another process or machine.

A model is pickled by value: no file has to exist where it is unpickled. An embedding that was
stored in 8 bits or as float16 is pickled so, which loses nothing.
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float16, Float32

from gatewise.models.artifact.artifact import Artifact
from gatewise.models.int8 import Int8Matrix, exact_int8


@dataclass(frozen=True)
class PickledArtifact:
    """An artifact whose embedding has the smallest type that represents it exactly.

    Attributes:
        artifact: The artifact with an embedding of no words.
        embedding: The embedding of all words.
    """

    artifact: Artifact
    embedding: Int8Matrix | Float16[np.ndarray, "V E"] | Float32[np.ndarray, "V E"]

    @classmethod
    def pack(cls, artifact: Artifact) -> "PickledArtifact":
        """Take the embedding out of an artifact and reduce it as far as it stays exact."""
        embedding = artifact.weights.embedding  # (V, E)
        rest = replace(artifact.weights, embedding=embedding[:0])
        return cls(replace(artifact, weights=rest), _smallest(embedding))

    def unpack(self) -> Artifact:
        """Return the artifact with its whole embedding as float32."""
        stored = self.embedding
        embedding = (
            stored.to_float32() if isinstance(stored, Int8Matrix) else stored.astype(np.float32)
        )  # (V, E)
        weights = replace(self.artifact.weights, embedding=embedding)
        return replace(self.artifact, weights=weights)


def _smallest(
    embedding: Float32[np.ndarray, "V E"],
) -> Int8Matrix | Float16[np.ndarray, "V E"] | Float32[np.ndarray, "V E"]:
    """Return an embedding in the smallest type that represents it exactly."""
    in_8_bits = exact_int8(embedding)
    if in_8_bits:
        return in_8_bits
    with np.errstate(over="ignore"):  # too large for float16: then it is not exact
        half = embedding.astype(np.float16)  # (V, E)
    return half if np.array_equal(half, embedding) else embedding
