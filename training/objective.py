"""What a step of a fit minimises: the verdict at the end, and the running verdict before it."""

from typing import cast

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from models.tokenizer import UNKNOWN_ID
from training.batches import Batch
from training.config import FitOptions
from training.network import SentimentGRU
from training.recurrence import run_gru


def backward(
    network: SentimentGRU, batch: Batch, options: FitOptions, *, precision: torch.dtype
) -> dict[str, float]:
    """Add the gradient of one batch's loss, with all its dropout; answer `loss` and its parts.

    With `adversarial`, half of the loss is that of the same reviews after the small step on their
    embedding that raises it most, to first order (Miyato et al. 2017, arXiv 1605.07725).
    """
    embedded = _embed(network, batch, options)  # (B, T, E)
    inputs = embedded.detach().requires_grad_()  # (B, T, E)
    share = 0.5 if options.adversarial else 1.0
    loss = _loss(network, inputs, batch, options, precision=precision)
    (share * loss).backward()  # type: ignore[no-untyped-call]
    figures = {"loss": loss.item()}
    if options.adversarial:
        gradient = cast("Tensor", inputs.grad)  # (B, T, E)
        step = _worst_step(embedded.detach(), gradient, batch, options.adversarial)  # (B, T, E)
        worst = _loss(network, inputs + step, batch, options, precision=precision)
        (share * worst).backward()  # type: ignore[no-untyped-call]
        figures["adversarial"] = worst.item()
    embedded.backward(inputs.grad)  # type: ignore[no-untyped-call]
    return figures


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
    weight = position * _inside(logits.shape[1], lengths)  # (B, T)
    weight = weight / weight.sum(dim=1, keepdim=True)  # (B, T)
    last = losses[torch.arange(len(lengths)), lengths - 1]  # (B,)
    return (1 - running) * last.mean() + running * (weight * losses).sum(dim=1).mean()


def vagueness(gates: Float[Tensor, "B T TwoH"], lengths: Int[Tensor, " B"]) -> Float[Tensor, ""]:
    """Mean of 4 g (1 − g) over gates: 0 where all are open or shut, 1 where all stand at a half."""
    of_token = (4 * gates * (1 - gates)).mean(dim=2)  # (B, T)
    inside = _inside(gates.shape[1], lengths)  # (B, T)
    return (of_token * inside).sum() / inside.sum()


def drop_along(values: Float[Tensor, "B T D"], share: float) -> Float[Tensor, "B T D"]:
    """Drop a share of the dimensions, the same ones for all tokens of a text."""
    if not share:
        return values
    kept = torch.empty_like(values[:, :1]).bernoulli_(1 - share)  # (B, 1, D)
    return values * (kept / (1 - share))


def _embed(network: SentimentGRU, batch: Batch, options: FitOptions) -> Float[Tensor, "B T E"]:
    ids = batch.ids  # (B, T)
    if options.word_dropout:
        ids = ids.masked_fill(torch.rand(ids.shape) < options.word_dropout, UNKNOWN_ID)  # (B, T)
    embedded = network.embedding(ids)  # (B, T, E)
    return drop_along(embedded, options.embedding_dropout)


def _loss(
    network: SentimentGRU,
    embedded: Float[Tensor, "B T E"],
    batch: Batch,
    options: FitOptions,
    *,
    precision: torch.dtype,
) -> Float[Tensor, ""]:
    hidden, gates = run_gru(network.gru, embedded, precision=precision)  # (B, T, H), (B, T, 2H)
    hidden = drop_along(hidden, options.state_dropout)  # (B, T, H)
    loss = verdict_loss(
        network.logits(hidden), batch.lengths, batch.labels, running=options.running_loss
    )
    if options.crisp_gates:
        loss = loss + options.crisp_gates * vagueness(gates, batch.lengths)
    return loss


def _worst_step(
    embedded: Float[Tensor, "B T E"],
    gradient: Float[Tensor, "B T E"],
    batch: Batch,
    length: float,
) -> Float[Tensor, "B T E"]:
    """Go `length` standard deviations of an embedding's numbers along each review's gradient."""
    inside = _inside(embedded.shape[1], batch.lengths)  # (B, T)
    deviation = embedded[inside].std()
    norm = torch.linalg.vector_norm(gradient, dim=(1, 2), keepdim=True)  # (B, 1, 1)
    return gradient * (length * deviation / norm.clamp(min=torch.finfo(norm.dtype).tiny))


def _inside(steps: int, lengths: Int[Tensor, " B"]) -> Tensor:
    """Mark the tokens that are not padding."""
    return torch.arange(steps) < lengths[:, None]  # (B, T)
