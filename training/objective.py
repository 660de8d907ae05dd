"""What a step of the fit minimises: the verdict at the end, and the running verdict before it."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from models.network import SentimentGRU
from models.tokenizer import UNKNOWN_ID
from training.batches import Batch
from training.config import TrainingConfig
from training.recurrence import gru_states


def batch_loss(network: SentimentGRU, batch: Batch, config: TrainingConfig) -> Float[Tensor, ""]:
    """Compute the training loss of one batch, with all its dropout."""
    ids = _drop_words(batch.ids, config.word_dropout)  # (B, T)
    embedded = network.embedding(ids)  # (B, T, E)
    keep_dimension = torch.empty_like(embedded[:, :1]).bernoulli_(1 - config.embedding_dropout)
    embedded = embedded * keep_dimension / (1 - config.embedding_dropout)  # (B, T, E)
    hidden = gru_states(network.gru, embedded)  # (B, T, H)
    hidden = torch.dropout(hidden, config.state_dropout, True)  # (B, T, H)
    return verdict_loss(
        network.logits(hidden), batch.lengths, batch.labels, running=config.running_loss
    )


def verdict_loss(
    logits: Float[Tensor, "B T"],
    lengths: Int[Tensor, " B"],
    labels: Float[Tensor, " B"],
    *,
    running: float,
) -> Float[Tensor, ""]:
    """Mix the cross-entropy of the last state with that of all states.

    The running part weighs token t of T by t, normalised over the review, so that the verdict is
    asked for ever more firmly as the text goes on. Padding weighs nothing.
    """
    targets = labels[:, None].expand_as(logits)  # (B, T)
    losses = binary_cross_entropy_with_logits(logits, targets, reduction="none")  # (B, T)
    position = torch.arange(1, logits.shape[1] + 1)  # (T,)
    inside: Bool[Tensor, "B T"] = position <= lengths[:, None]  # (B, T)
    weight = position * inside  # (B, T)
    weight = weight / weight.sum(dim=1, keepdim=True)  # (B, T)
    last = losses[torch.arange(len(lengths)), lengths - 1]  # (B,)
    return (1 - running) * last.mean() + running * (weight * losses).sum(dim=1).mean()


def _drop_words(ids: Int[Tensor, "B T"], share: float) -> Int[Tensor, "B T"]:
    if not share:
        return ids
    dropped = torch.rand(ids.shape) < share  # (B, T)
    return ids.masked_fill(dropped, UNKNOWN_ID)
