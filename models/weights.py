"""The weights of the network as arrays: all that serving runs on."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from models.gates import GRUParameters


@dataclass(frozen=True)
class ModelConfig:
    """The three sizes that decide every shape of the network."""

    vocab_size: int
    embedding_size: int
    hidden_size: int


@dataclass(frozen=True)
class NetworkWeights:
    """The weights as NumPy arrays: what an artifact stores and what serving runs on."""

    embedding: Float32[np.ndarray, "V E"]
    gru: GRUParameters
    head_weight: Float32[np.ndarray, " H"]
    head_bias: float

    @property
    def config(self) -> ModelConfig:
        """Read the sizes off the arrays."""
        vocab_size, embedding_size = self.embedding.shape
        return ModelConfig(vocab_size, embedding_size, self.gru.hidden_size)
