"""What a step of a fit minimises: the verdict at the end, and the running verdict before it."""

from typing import NamedTuple, cast

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from models.tokenizer import UNKNOWN_ID
from training.batches import Batch
from training.config import FitOptions
from training.network import SentimentGRU
from training.recurrence import run_gru


class _Reading(NamedTuple):
    """What the network makes of a batch: the running verdict and the gates behind it."""

    logits: Float[Tensor, "B T"]
    gates: Float[Tensor, "B T TwoH"]


def backward(
    network: SentimentGRU, batch: Batch, options: FitOptions, *, precision: torch.dtype
) -> dict[str, float]:
    """Add the gradient of one batch's loss, with all its dropout; answer `loss` and its parts.

    With `adversarial`, half of the loss is that of the same reviews after the small step on their
    embedding that raises it most, to first order (Miyato et al. 2017, arXiv 1605.07725). With
    `virtual_adversarial`, two things are added: how much the verdict changes in the small step that
    changes it most, which needs no label, and half of the loss after that step.
    """
    embedded = _embed(network, batch, options)  # (B, T, E)
    inputs = embedded.detach().requires_grad_()  # (B, T, E)
    kept = _kept_units(network, batch, options)  # (B, 1, H)
    reading = _read(network, inputs, kept, precision=precision)
    verdict = last_of(reading.logits, batch.lengths)  # (B,)
    if options.virtual_adversarial:
        (direction,) = torch.autograd.grad(verdict.sum(), inputs, retain_graph=True)  # (B, T, E)
    loss = _loss(reading, batch, options)
    share = 0.5 if options.adversarial else 1.0
    (share * loss).backward()  # type: ignore[no-untyped-call]
    figures = {"loss": loss.item()}
    if options.adversarial:
        gradient = cast("Tensor", inputs.grad)  # (B, T, E)
        words = inputs + _step(inputs, gradient, batch, options.adversarial)  # (B, T, E)
        others_kept = _kept_units(network, batch, options)  # (B, 1, H)
        worst = _loss(_read(network, words, others_kept, precision=precision), batch, options)
        (share * worst).backward()  # type: ignore[no-untyped-call]
        figures["adversarial"] = worst.item()
    if options.virtual_adversarial:
        verdict = verdict.detach()  # (B,)
        step = _step(inputs, direction, batch, options.virtual_adversarial)  # (B, T, E)
        words = inputs + step * _sign_of_step(verdict, batch.labels)  # (B, T, E)
        # The same units are kept: the step shall be all that changes the verdict.
        moved = _read(network, words, kept, precision=precision)
        change = divergence(verdict, last_of(moved.logits, batch.lengths)).mean()
        (change + 0.5 * _loss(moved, batch, options)).backward()  # type: ignore[no-untyped-call]
        figures["virtual_adversarial"] = change.item()
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
    last = last_of(losses, lengths)  # (B,)
    return (1 - running) * last.mean() + running * (weight * losses).sum(dim=1).mean()


def divergence(before: Float[Tensor, " B"], after: Float[Tensor, " B"]) -> Float[Tensor, " B"]:
    """Kullback-Leibler divergence KL(before ‖ after) of two verdicts given as logits, in nats.

    In a small step on the embedding it grows fastest along the gradient of the logit: as the
    verdict is one number, its curvature has no other direction, and the power iteration by which
    Miyato et al. look for one would end there.
    """
    probability = before.sigmoid()  # (B,)
    cross = binary_cross_entropy_with_logits(after, probability, reduction="none")  # (B,)
    own = binary_cross_entropy_with_logits(before, probability, reduction="none")  # (B,)
    return cross - own


def last_of(values: Float[Tensor, "B T"], lengths: Int[Tensor, " B"]) -> Float[Tensor, " B"]:
    """Take the value at the last token of every text."""
    return values[torch.arange(len(lengths)), lengths - 1]  # (B,)


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


def _kept_units(network: SentimentGRU, batch: Batch, options: FitOptions) -> Float[Tensor, "B 1 H"]:
    """Draw the units that each review keeps before the head, scaled by how many are dropped."""
    all_units = torch.ones(len(batch.ids), 1, network.gru.hidden_size)  # (B, 1, H)
    return drop_along(all_units, options.state_dropout)


def _read(
    network: SentimentGRU,
    embedded: Float[Tensor, "B T E"],
    kept: Float[Tensor, "B 1 H"],
    *,
    precision: torch.dtype,
) -> _Reading:
    hidden, gates = run_gru(network.gru, embedded, precision=precision)  # (B, T, H), (B, T, 2H)
    return _Reading(network.logits(hidden * kept), gates)


def _loss(reading: _Reading, batch: Batch, options: FitOptions) -> Float[Tensor, ""]:
    """Mix the loss of the reviews whose label is known with the vagueness of all gates."""
    known = ~batch.labels.isnan()  # (B,)
    loss = 0 * reading.logits.sum()  # of a batch without any label
    if known.any():
        loss = verdict_loss(
            reading.logits[known],
            batch.lengths[known],
            batch.labels[known],
            running=options.running_loss,
        )
    if options.crisp_gates:
        loss = loss + options.crisp_gates * vagueness(reading.gates, batch.lengths)
    return loss


def _step(
    embedded: Float[Tensor, "B T E"],
    gradient: Float[Tensor, "B T E"],
    batch: Batch,
    length: float,
) -> Float[Tensor, "B T E"]:
    """Go `length` standard deviations of an embedding's numbers along each review's gradient."""
    inside = _inside(embedded.shape[1], batch.lengths)  # (B, T)
    deviation = embedded.detach()[inside].std()
    norm = torch.linalg.vector_norm(gradient, dim=(1, 2), keepdim=True)  # (B, 1, 1)
    # The gradient of a review without a label may be zero: then it stays where it is.
    return gradient / norm.clamp(min=torch.finfo(norm.dtype).tiny) * (length * deviation)


def _sign_of_step(
    verdict: Float[Tensor, " B"], labels: Float[Tensor, " B"]
) -> Float[Tensor, "B 1 1"]:
    """Say which way along the gradient of its logit a review goes: 1 for up, −1 for down.

    It is the way that leads away from the label; without one either will do, for to second order
    both change the verdict as much.
    """
    away = torch.where(verdict.sigmoid() > labels, 1.0, -1.0)  # (B,)
    either = 1.0 - 2.0 * torch.randint(2, verdict.shape)  # (B,)
    return torch.where(labels.isnan(), either, away)[:, None, None]  # (B, 1, 1)


def _inside(steps: int, lengths: Int[Tensor, " B"]) -> Tensor:
    """Mark the tokens that are not padding."""
    return torch.arange(steps) < lengths[:, None]  # (B, T)
