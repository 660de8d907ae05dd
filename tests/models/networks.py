"""Small random networks and texts for property tests, drawn by Hypothesis."""

from dataclasses import dataclass

import numpy as np
import torch
from hypothesis import strategies as st

from gatewise.models.weights import GRUParameters, ModelConfig, NetworkWeights
from gatewise.training.nets.network import SentimentGRU


@dataclass(frozen=True)
class Case:
    """A network and texts for it, as word ids."""

    weights: NetworkWeights
    texts: list[np.ndarray]


def random_weights(
    *,
    vocab_size: int = 20,
    embedding_size: int = 5,
    hidden_size: int = 7,
    scale: float = 1.0,
    seed: int = 0,
) -> NetworkWeights:
    """Draw PyTorch's initial weights, times `scale`."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        weights = SentimentGRU(ModelConfig(vocab_size, embedding_size, hidden_size)).to_weights()
    gru = weights.gru
    factor = np.float32(scale)
    return NetworkWeights(
        embedding=weights.embedding * factor,
        gru=GRUParameters(
            gru.weight_ih * factor,
            gru.weight_hh * factor,
            gru.bias_ih * factor,
            gru.bias_hh * factor,
        ),
        head_weight=weights.head_weight * factor,
        head_bias=weights.head_bias * scale,
    )


@st.composite
def cases(draw: st.DrawFn, *, max_texts: int = 6, max_tokens: int = 40) -> Case:
    """Draw networks of any small size and scale, with texts of different lengths."""
    vocab_size = draw(st.integers(3, 30))
    weights = random_weights(
        vocab_size=vocab_size,
        embedding_size=draw(st.integers(1, 9)),
        hidden_size=draw(st.integers(1, 12)),
        scale=draw(st.floats(0.1, 4.0)),
        seed=draw(st.integers(0, 2**31 - 1)),
    )
    text = st.lists(st.integers(1, vocab_size - 1), min_size=1, max_size=max_tokens)
    texts = draw(st.lists(text, min_size=1, max_size=max_texts))
    return Case(weights, [np.array(ids, dtype=np.int32) for ids in texts])
