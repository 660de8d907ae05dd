"""A language model that predicts the next word, and the chunks of text that it is trained on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int, Int32
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, linear

from gatewise.models.tokenizer import PAD_ID
from gatewise.training.nets.dropout import drop_along
from gatewise.training.nets.recurrence import run_gru

# Every text ends with this id, which the network learns to predict like a word.
END_ID = PAD_ID


@dataclass(frozen=True)
class Chunk:
    """Consecutive words of B streams: row b continues row b of the previous chunk.

    Attributes:
        ids: The words read.
        targets: For every word read, the word that follows it.
    """

    ids: Int[Tensor, "B T"]
    targets: Int[Tensor, "B T"]

    def to(self, device: torch.device) -> "Chunk":
        """Return the chunk on a device."""
        return Chunk(self.ids.to(device), self.targets.to(device))


def read_chunks(
    texts: Sequence[Int32[np.ndarray, " _"]],
    *,
    batch_size: int,
    sequence_length: int,
    seed: int,
    epoch: int,
) -> list[Chunk]:
    """Concatenate all texts and cut the result into chunks.

    The last words, which do not fill a chunk, are left out of this epoch.

    Args:
        texts: Texts as word ids.
        batch_size: Number of streams read side by side (B).
        sequence_length: Words of each stream in a chunk (T).
        seed: Together with `epoch`, determines the order of the texts.
        epoch: Number of the epoch.
    """
    order = np.random.default_rng([seed, epoch]).permutation(len(texts))
    stream = torch.from_numpy(
        np.concatenate([part for index in order for part in (texts[index], [END_ID])])
    ).long()
    columns = (len(stream) - 1) // batch_size // sequence_length * sequence_length
    ids = stream[: batch_size * columns].view(batch_size, columns)  # (B, columns)
    targets = stream[1 : batch_size * columns + 1].view(batch_size, columns)  # (B, columns)
    return [
        Chunk(ids[:, at : at + sequence_length], targets[:, at : at + sequence_length])
        for at in range(0, columns, sequence_length)
    ]


class LanguageModel(nn.Module):
    """Embedding → GRU → projection to the embedding space, in which the next word is looked up.

    Input and output words share one embedding matrix.
    """

    def __init__(
        self, word_counts: Float[Tensor, " V"], *, embedding_size: int, hidden_size: int
    ) -> None:
        """Build the layers. The bias of a word starts at its log frequency."""
        super().__init__()
        self.embedding = nn.Embedding(len(word_counts), embedding_size, padding_idx=PAD_ID)
        nn.init.uniform_(self.embedding.weight, -0.1, 0.1)
        nn.init.zeros_(self.embedding.weight[PAD_ID])
        self.gru = nn.GRU(embedding_size, hidden_size, batch_first=True)
        self.projection = nn.Linear(hidden_size, embedding_size)
        self.word_bias = nn.Parameter(torch.log((word_counts + 1) / word_counts.sum()))

    def predict_vectors(
        self,
        ids: Int[Tensor, "B T"],
        *,
        initial: Float[Tensor, "B H"] | None = None,
        dropout: float = 0.0,
        precision: torch.dtype | None = None,
    ) -> tuple[Float[Tensor, "B T E"], Float[Tensor, "B H"]]:
        """Predict the embedding vector of every next word.

        Args:
            ids: Words read. After the end of a text the state is reset to zero.
            initial: The state before the first word; by default zero.
            dropout: Share of embedding dimensions and of units dropped.
            precision: Precision of the matrix products; by default that of the weights.

        Returns:
            The predicted vectors, and the detached state after the last word.
        """
        embedded = drop_along(self.embedding(ids), dropout)  # (B, T, E)
        hidden = run_gru(
            self.gru, embedded, initial=initial, ends=ids == END_ID, precision=precision
        ).hidden  # (B, T, H)
        precision = precision or hidden.dtype
        predicted = linear(
            drop_along(hidden, dropout).to(precision),
            self.projection.weight.to(precision),
            self.projection.bias.to(precision),
        )  # (B, T, E)
        return predicted, hidden[:, -1].detach()

    def log_loss(
        self, predicted: Float[Tensor, "N E"], targets: Int[Tensor, " N"]
    ) -> Float[Tensor, " N"]:
        """Compute −log P(target) exactly, over the whole vocabulary, in nats."""
        logits = linear(predicted, self.embedding.weight, self.word_bias)  # (N, V)
        return cross_entropy(logits, targets, reduction="none")


@torch.no_grad()
def perplexity(model: LanguageModel, texts: Sequence[Int32[np.ndarray, " _"]]) -> float:
    """Compute exp(mean −log P) over all words but the first of each text, and over their ends."""
    total, count = 0.0, 0
    for ids in texts:
        marked = (
            torch.from_numpy(np.append(ids, END_ID)).long().to(model.word_bias.device)
        )  # (T+1,)
        predicted, _ = model.predict_vectors(marked[None, :-1])  # (1, T, E)
        total += float(model.log_loss(predicted[0], marked[1:]).sum())
        count += len(ids)
    return float(np.exp(total / count))
