"""What is pickled of a model, so that a `Predictor` can be sent to another process or machine.

A model is pickled by value: no file has to exist where it is unpickled. An embedding that was
stored as float16 is pickled as float16, which halves the size and loses nothing: about 23 MB for
the released models.
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float16, Float32

from gatewise.models.artifact import Artifact


@dataclass(frozen=True)
class PickledArtifact:
    """An artifact whose embedding has the smallest type that represents it exactly.

    Attributes:
        artifact: The artifact with an embedding of no words.
        embedding: The embedding of all words.
    """

    artifact: Artifact
    embedding: Float16[np.ndarray, "V E"] | Float32[np.ndarray, "V E"]

    @classmethod
    def pack(cls, artifact: Artifact) -> "PickledArtifact":
        """Take the embedding out of an artifact and reduce it to float16 if that is exact."""
        embedding = artifact.weights.embedding  # (V, E)
        with np.errstate(over="ignore"):  # too large for float16: then it is not exact
            half = embedding.astype(np.float16)  # (V, E)
        exact = np.array_equal(half, embedding)
        rest = replace(artifact.weights, embedding=embedding[:0])
        return cls(replace(artifact, weights=rest), half if exact else embedding)

    def unpack(self) -> Artifact:
        """Return the artifact with its whole embedding as float32."""
        embedding = self.embedding.astype(np.float32)  # (V, E)
        weights = replace(self.artifact.weights, embedding=embedding)
        return replace(self.artifact, weights=weights)
