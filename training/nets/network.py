"""The trainable network: embedding → one left-to-right GRU layer → linear head on the state."""

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from gatewise.models.tokenizer import PAD_ID
from gatewise.models.weights import GRUParameters, ModelConfig, NetworkWeights


class SentimentGRU(nn.Module):
    """A network that maps a review to one logit, positive for the positive label.

    The head is applied to the last state. It can also be applied to every earlier state, which
    gives the logit after every token; hence one direction, one layer and no pooling.
    """

    def __init__(self, config: ModelConfig) -> None:
        """Build the layers with PyTorch's default initialization."""
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocab_size, config.embedding_size, padding_idx=PAD_ID)
        self.gru = nn.GRU(config.embedding_size, config.hidden_size, batch_first=True)
        self.head = nn.Linear(config.hidden_size, 1)

    def states(self, ids: Int[Tensor, "B T"]) -> Float[Tensor, "B T H"]:
        """Compute the state after every token."""
        hidden: Tensor = self.gru(self.embedding(ids))[0]  # (B, T, H)
        return hidden

    def logits(self, hidden: Float[Tensor, "*N H"]) -> Float[Tensor, " *N"]:
        """Apply the head to states of any leading shape."""
        logits: Tensor = self.head(hidden).squeeze(-1)  # (*N)
        return logits

    def forward(self, ids: Int[Tensor, "B T"], lengths: Int[Tensor, " B"]) -> Float[Tensor, " B"]:
        """Compute the logit of each review, from ids padded on the right to the longest."""
        hidden = self.states(ids)  # (B, T, H)
        last = hidden[torch.arange(len(ids), device=ids.device), lengths - 1]  # (B, H)
        return self.logits(last)  # (B,)

    def to_weights(self) -> NetworkWeights:
        """Return a copy of the weights as NumPy arrays."""
        arrays = {name: tensor.cpu().numpy().copy() for name, tensor in self.state_dict().items()}
        return NetworkWeights(
            embedding=arrays["embedding.weight"],
            gru=GRUParameters(
                weight_ih=arrays["gru.weight_ih_l0"],
                weight_hh=arrays["gru.weight_hh_l0"],
                bias_ih=arrays["gru.bias_ih_l0"],
                bias_hh=arrays["gru.bias_hh_l0"],
            ),
            head_weight=arrays["head.weight"][0],
            head_bias=float(arrays["head.bias"][0]),
        )

    @classmethod
    def from_weights(cls, weights: NetworkWeights) -> "SentimentGRU":
        """Build a network with a copy of the given weights."""
        network = cls(weights.config)
        arrays = {
            "embedding.weight": weights.embedding,
            "gru.weight_ih_l0": weights.gru.weight_ih,
            "gru.weight_hh_l0": weights.gru.weight_hh,
            "gru.bias_ih_l0": weights.gru.bias_ih,
            "gru.bias_hh_l0": weights.gru.bias_hh,
            "head.weight": weights.head_weight[None],
            "head.bias": np.array([weights.head_bias], dtype=np.float32),
        }
        network.load_state_dict({name: torch.from_numpy(a.copy()) for name, a in arrays.items()})
        return network
