"""Batches of reviews of similar length, in an order that the seed and the epoch decide."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from models.tokenizer import PAD_ID
from training.encode import EncodedReviews

# Reviews are sorted by length within pools of this many batches: long enough for little padding,
# short enough that batches differ from epoch to epoch.
_POOL_BATCHES = 50


@dataclass(frozen=True)
class Batch:
    """Reviews padded on the right to the longest of them."""

    ids: Int[Tensor, "B T"]
    lengths: Int[Tensor, " B"]
    labels: Float[Tensor, " B"]


def epoch_order(lengths: list[int], *, batch_size: int, seed: int, epoch: int) -> list[list[int]]:
    """Deal the reviews into batches of similar length; a function of its arguments alone."""
    generator = np.random.default_rng([seed, epoch])
    shuffled = generator.permutation(len(lengths)).tolist()
    pool = batch_size * _POOL_BATCHES
    batches: list[list[int]] = []
    for start in range(0, len(shuffled), pool):
        ranked = sorted(shuffled[start : start + pool], key=lengths.__getitem__)
        batches += [ranked[at : at + batch_size] for at in range(0, len(ranked), batch_size)]
    return [batches[position] for position in generator.permutation(len(batches))]


def make_batch(reviews: EncodedReviews, rows: list[int], *, max_tokens: int) -> Batch:
    """Stack the last `max_tokens` tokens of the given reviews."""
    tails = [torch.from_numpy(reviews.ids[row][-max_tokens:]) for row in rows]
    return Batch(
        ids=torch.nn.utils.rnn.pad_sequence(tails, batch_first=True, padding_value=PAD_ID),
        lengths=torch.tensor([len(tail) for tail in tails]),
        labels=torch.from_numpy(reviews.labels[rows]),
    )
