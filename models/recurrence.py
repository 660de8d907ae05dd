"""The recurrence that serving runs: last states for a batch, or the full trace of one text.

`torch.nn.GRU` computes the states; given all of them, the gates of every step are one matrix
product, so a trace costs little more than a prediction. Equal to `gates.py` to rounding.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from jaxtyping import Float64, Int, Int32

from models.network import NetworkWeights, SentimentGRU
from models.tokenizer import PAD_ID
from models.trace import GateTrace

# Reviews of similar length share a batch until its padded size passes this: enough to fill the
# cores, and small enough (16 MB of states at 256 units) to stay in cache.
_BATCH_TOKENS = 16_384
_BATCH_TEXTS = 32


class Recurrence:
    """One network, loaded for inference. Safe to call from several threads."""

    def __init__(self, weights: NetworkWeights) -> None:
        """Take over the weights; they are copied once."""
        self.weights = weights
        self._network = SentimentGRU.from_weights(weights).eval()
        gru = weights.gru
        self._weight_ih, self._weight_hh, self._bias_ih, self._bias_hh = (
            torch.from_numpy(array)
            for array in (gru.weight_ih, gru.weight_hh, gru.bias_ih, gru.bias_hh)
        )
        self._head_weight = weights.head_weight.astype(np.float64)  # (H,)
        self._head_bias = weights.head_bias

    @torch.inference_mode()
    def logits(self, texts: Sequence[Int32[np.ndarray, " _"]]) -> Float64[np.ndarray, " B"]:
        """Answer the final logit of each text, in the order given; lengths may differ.

        A text of no tokens leaves the state at zero, and its logit is the head's bias.
        """
        last = np.zeros((len(texts), self._network.config.hidden_size))  # (B, H)
        for batch in by_length([len(ids) for ids in texts]):
            lengths = torch.tensor([len(texts[index]) for index in batch])  # (b,)
            states = self._network.states(pad([texts[index] for index in batch]))  # (b, t, H)
            last[batch] = states[torch.arange(len(batch)), lengths - 1].numpy()  # (b, H)
        return last @ self._head_weight + self._head_bias  # (B,)

    @torch.inference_mode()
    def trace(self, ids: Int32[np.ndarray, " T"]) -> GateTrace:
        """Run one text and return every state, gate and candidate."""
        embedded = self._network.embedding(torch.from_numpy(ids))  # (T, E)
        hidden, _ = self._network.gru(embedded)  # (T, H)
        before = torch.cat([torch.zeros_like(hidden[:1]), hidden[:-1]])  # (T, H)

        from_word = torch.addmm(self._bias_ih, embedded, self._weight_ih.T)  # (T, 3H)
        from_state = torch.addmm(self._bias_hh, before, self._weight_hh.T)  # (T, 3H)
        word_r, word_z, word_part = from_word.chunk(3, dim=1)  # (T, H) each
        state_r, state_z, state_n = from_state.chunk(3, dim=1)  # (T, H) each

        r = torch.sigmoid(word_r + state_r)  # (T, H)
        z = torch.sigmoid(word_z + state_z)  # (T, H)
        context_part = r * state_n  # (T, H)
        n = torch.tanh(word_part + context_part)  # (T, H)
        return GateTrace(
            hidden=hidden.numpy(),
            reset_gate=r.numpy(),
            update_gate=z.numpy(),
            candidate=n.numpy(),
            word_part=word_part.contiguous().numpy(),
            context_part=context_part.numpy(),
        )


def by_length(
    lengths: Sequence[int], *, most_tokens: int = _BATCH_TOKENS, most_texts: int = _BATCH_TEXTS
) -> Iterator[list[int]]:
    """Group positions into batches of similar length, longest first; empty texts are left out."""
    batch: list[int] = []
    filled = [index for index, length in enumerate(lengths) if length]
    for index in sorted(filled, key=lengths.__getitem__, reverse=True):
        padded_tokens = (len(batch) + 1) * lengths[batch[0] if batch else index]
        if batch and (len(batch) == most_texts or padded_tokens > most_tokens):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def pad(texts: Sequence[Int32[np.ndarray, " _"]]) -> Int[torch.Tensor, "B T"]:
    """Stack texts, padded on the right to the longest."""
    padded = torch.full((len(texts), max(map(len, texts))), PAD_ID, dtype=torch.int32)  # (B, T)
    for row, ids in enumerate(texts):
        padded[row, : len(ids)] = torch.from_numpy(ids)
    return padded
