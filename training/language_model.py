"""A language model: the network that guesses the next word, and text as it reads it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int, Int32
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, linear

from models.tokenizer import PAD_ID
from training.objective import drop_along
from training.recurrence import run_gru

# A text ends in this id, which the network learns to expect like any word.
END_ID = PAD_ID


@dataclass(frozen=True)
class Chunk:
    """Consecutive words of many texts: row b goes on where row b of the chunk before ended."""

    ids: Int[Tensor, "B T"]
    targets: Int[Tensor, "B T"]


def read_chunks(
    texts: Sequence[Int32[np.ndarray, " _"]], *, rows: int, steps: int, seed: int, epoch: int
) -> list[Chunk]:
    """Lay all texts end to end, in an order decided by seed and epoch, and cut them into chunks.

    The last words, fewer than fill a chunk, are left out of this epoch.
    """
    order = np.random.default_rng([seed, epoch]).permutation(len(texts))
    stream = torch.from_numpy(
        np.concatenate([part for index in order for part in (texts[index], [END_ID])])
    ).long()
    columns = (len(stream) - 1) // rows // steps * steps
    ids = stream[: rows * columns].view(rows, columns)
    targets = stream[1 : rows * columns + 1].view(rows, columns)
    return [
        Chunk(ids[:, at : at + steps], targets[:, at : at + steps])
        for at in range(0, columns, steps)
    ]


class LanguageModel(nn.Module):
    """Embedding → GRU → projection back to the embedding, whose rows are the output words too."""

    def __init__(
        self, word_counts: Float[Tensor, " V"], *, embedding_size: int, hidden_size: int
    ) -> None:
        """Build the layers. A word's bias starts at its log frequency."""
        super().__init__()
        self.embedding = nn.Embedding(len(word_counts), embedding_size, padding_idx=PAD_ID)
        nn.init.uniform_(self.embedding.weight, -0.1, 0.1)
        nn.init.zeros_(self.embedding.weight[PAD_ID])
        self.gru = nn.GRU(embedding_size, hidden_size, batch_first=True)
        self.projection = nn.Linear(hidden_size, embedding_size)
        self.word_bias = nn.Parameter(torch.log((word_counts + 1) / word_counts.sum()))

    def guess(
        self,
        ids: Int[Tensor, "B T"],
        *,
        initial: Float[Tensor, "B H"] | None = None,
        dropout: float = 0.0,
        precision: torch.dtype | None = None,
    ) -> tuple[Float[Tensor, "B T E"], Float[Tensor, "B H"]]:
        """Answer where the vector of every next word should be, and the state to go on from.

        The state is zero again after the end of a text.
        """
        embedded = drop_along(self.embedding(ids), dropout)  # (B, T, E)
        hidden = run_gru(
            self.gru, embedded, initial=initial, ends=ids == END_ID, precision=precision
        ).hidden  # (B, T, H)
        precision = precision or hidden.dtype
        guesses = linear(
            drop_along(hidden, dropout).to(precision),
            self.projection.weight.to(precision),
            self.projection.bias.to(precision),
        )  # (B, T, E)
        return guesses, hidden[:, -1].detach()

    def log_loss(
        self, guesses: Float[Tensor, "N E"], targets: Int[Tensor, " N"]
    ) -> Float[Tensor, " N"]:
        """Answer the exact −log P(target) over the whole vocabulary, in nats."""
        logits = linear(guesses, self.embedding.weight, self.word_bias)  # (N, V)
        return cross_entropy(logits, targets, reduction="none")


@torch.no_grad()
def perplexity(model: LanguageModel, texts: Sequence[Int32[np.ndarray, " _"]]) -> float:
    """Measure exp(mean −log P) of every word of the texts but the first, and of their ends."""
    total, count = 0.0, 0
    for ids in texts:
        marked = torch.from_numpy(np.append(ids, END_ID)).long()  # (T + 1,)
        guesses, _ = model.guess(marked[None, :-1])  # (1, T, E)
        total += float(model.log_loss(guesses[0], marked[1:]).sum())
        count += len(ids)
    return float(np.exp(total / count))
