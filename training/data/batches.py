"""Batches of reviews of similar length, in an order determined by the seed and the epoch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int, Int32
from torch import Tensor

from gatewise.models.tokenizer import PAD_ID
from gatewise.training.data.encoding import EncodedReviews

# Reviews are sorted by length within pools of this many batches: large enough for little padding,
# small enough that batches differ from epoch to epoch.
_POOL_BATCHES = 50
# Of a batch without a gradient: enough for all cores, few enough for the cache.
_MOST_TOKENS = 16_384


@dataclass(frozen=True)
class Batch:
    """Reviews padded on the right to the longest of them. An unknown label is NaN."""

    ids: Int[Tensor, "B T"]
    lengths: Int[Tensor, " B"]
    labels: Float[Tensor, " B"]

    def to(self, device: torch.device) -> "Batch":
        """Return the batch on a device."""
        return Batch(self.ids.to(device), self.lengths.to(device), self.labels.to(device))


def epoch_order(lengths: list[int], *, batch_size: int, seed: int, epoch: int) -> list[list[int]]:
    """Group the reviews into batches of similar length.

    Args:
        lengths: Number of tokens of every review.
        batch_size: Largest number of reviews in a batch.
        seed: Together with `epoch`, determines the order.
        epoch: Number of the epoch.

    Returns:
        Batches of row numbers; every review is in one of them.
    """
    generator = np.random.default_rng([seed, epoch])
    shuffled = generator.permutation(len(lengths)).tolist()
    pool = batch_size * _POOL_BATCHES
    batches: list[list[int]] = []
    for start in range(0, len(shuffled), pool):
        ranked = sorted(shuffled[start : start + pool], key=lengths.__getitem__)
        batches += [ranked[at : at + batch_size] for at in range(0, len(ranked), batch_size)]
    return [batches[position] for position in generator.permutation(len(batches))]


def make_batch(reviews: EncodedReviews, rows: list[int], *, max_tokens: int) -> Batch:
    """Build a batch of the last `max_tokens` tokens of the given reviews."""
    tails = [reviews.ids[row][-max_tokens:] for row in rows]
    return Batch(
        ids=pad(tails),
        lengths=torch.tensor([len(tail) for tail in tails]),
        labels=torch.from_numpy(reviews.labels[rows]),
    )


def by_length(
    lengths: Sequence[int], *, most_texts: int, most_tokens: int = _MOST_TOKENS
) -> Iterator[list[int]]:
    """Yield batches of positions of texts of similar length, longest first, without empty texts.

    Args:
        lengths: Number of tokens of every text.
        most_texts: Largest number of texts in a batch.
        most_tokens: Largest number of tokens in a batch, padding included.
    """
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


def pad(texts: Sequence[Int32[np.ndarray, " _"]]) -> Int[Tensor, "B T"]:
    """Stack texts into a tensor, padded on the right to the longest."""
    rows = [torch.from_numpy(ids) for ids in texts]
    return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=PAD_ID)
