"""The weights of the network as NumPy arrays: what an artifact stores and inference runs on."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32


@dataclass(frozen=True)
class ModelConfig:
    """The three sizes that determine every shape of the network: V, E and H."""

    vocab_size: int
    embedding_size: int
    hidden_size: int


@dataclass(frozen=True)
class GRUParameters:
    """The weights of one GRU layer in the layout of `torch.nn.GRU`.

    Each array has three blocks of H rows, in the order reset, update, candidate.
    """

    weight_ih: Float[np.ndarray, "ThreeH E"]
    weight_hh: Float[np.ndarray, "ThreeH H"]
    bias_ih: Float[np.ndarray, " ThreeH"]
    bias_hh: Float[np.ndarray, " ThreeH"]

    @property
    def hidden_size(self) -> int:
        """Number of units (H)."""
        return self.weight_hh.shape[1]


@dataclass(frozen=True)
class NetworkWeights:
    """Embedding, GRU layer, and the linear head that maps the last state to the logit."""

    embedding: Float32[np.ndarray, "V E"]
    gru: GRUParameters
    head_weight: Float32[np.ndarray, " H"]
    head_bias: float

    @property
    def config(self) -> ModelConfig:
        """The sizes, taken from the shapes of the arrays."""
        vocab_size, embedding_size = self.embedding.shape
        return ModelConfig(vocab_size, embedding_size, self.gru.hidden_size)
