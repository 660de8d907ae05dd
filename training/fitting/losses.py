"""The loss of a classifier fit, and its gradient with dropout and virtual adversarial training."""

from functools import partial
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from gatewise.training.data.batches import Batch
from gatewise.training.fit_options import FitOptions
from gatewise.training.nets.dropout import drop_along
from gatewise.training.nets.network import SentimentGRU
from gatewise.training.nets.recurrence import run_gru


class _Pass(NamedTuple):
    """The output of the network for a batch: the logit after every token, and all gates.

    Gates are None if no loss term needs them.
    """

    logits: Float[Tensor, "B T"]
    gates: Float[Tensor, "B T TwoH"] | None


def backward(
    network: SentimentGRU, batch: Batch, options: FitOptions, *, precision: torch.dtype
) -> dict[str, float]:
    """Compute the loss of a batch and add its gradient to the parameters.

    With `options.virtual_adversarial`, the embedding is also perturbed in the direction that
    changes the logit most, and two terms are added: the KL divergence of the probability after the
    perturbation from that before, which needs no label, and half of the loss after it (Miyato et
    al. 2017, arXiv 1605.07725).

    Args:
        network: The network. Its gradients are accumulated.
        batch: The reviews. Those with an unknown label (NaN) have no loss of their own.
        options: Dropout, weights of the loss terms, and the length of the perturbation.
        precision: Precision of the matrix products.

    Returns:
        `loss`, and `virtual_adversarial`, the mean KL divergence, if it is used.
    """
    embedded = network.embedding(batch.ids)  # (B, T, E)
    embedded = drop_along(embedded, options.embedding_dropout)  # (B, T, E)
    inputs = embedded.detach().requires_grad_()  # (B, T, E)
    kept = _kept_units(network, batch, options)  # (B, 1, H)
    run = partial(
        _run, network, precision=precision, with_gates=bool(options.gate_saturation_penalty)
    )
    output = run(inputs, kept)
    last = last_of(output.logits, batch.lengths)  # (B,)
    if options.virtual_adversarial:
        (direction,) = torch.autograd.grad(last.sum(), inputs, retain_graph=True)  # (B, T, E)
    loss = _loss(output, batch, options)
    loss.backward()  # type: ignore[no-untyped-call]
    figures = {"loss": loss.item()}
    if options.virtual_adversarial:
        last = last.detach()  # (B,)
        step = _perturbation(inputs, direction, batch, options.virtual_adversarial)  # (B, T, E)
        perturbed = inputs + step * _perturbation_sign(last, batch.labels)  # (B, T, E)
        # The same units are dropped, so that the logit changes by the perturbation alone.
        after = run(perturbed, kept)
        change = kl_divergence(last, last_of(after.logits, batch.lengths)).mean()
        (change + 0.5 * _loss(after, batch, options)).backward()  # type: ignore[no-untyped-call]
        figures["virtual_adversarial"] = change.item()
    embedded.backward(inputs.grad)  # type: ignore[no-untyped-call]
    return figures


def classification_loss(
    logits: Float[Tensor, "B T"],
    lengths: Int[Tensor, " B"],
    labels: Float[Tensor, " B"],
    *,
    running: float,
) -> Float[Tensor, ""]:
    """Compute the cross-entropy at the last token and, weighted, at all tokens.

    At all tokens, token t of T counts proportionally to t, normalised per review, so that the
    label matters more and more towards the end. Padding does not count.

    Args:
        logits: The logit after every token.
        lengths: Number of tokens of each review.
        labels: 0, 1, or a probability between them.
        running: Weight of the loss at all tokens; that at the last token has 1 − `running`.

    Returns:
        The mean over the reviews, in nats.
    """
    targets = labels[:, None].expand_as(logits)  # (B, T)
    losses = binary_cross_entropy_with_logits(logits, targets, reduction="none")  # (B, T)
    position = torch.arange(1, logits.shape[1] + 1, device=logits.device)  # (T,)
    weight = position * _is_token(logits.shape[1], lengths)  # (B, T)
    weight = weight / weight.sum(dim=1, keepdim=True)  # (B, T)
    last = last_of(losses, lengths)  # (B,)
    return (1 - running) * last.mean() + running * (weight * losses).sum(dim=1).mean()


def kl_divergence(before: Float[Tensor, " B"], after: Float[Tensor, " B"]) -> Float[Tensor, " B"]:
    """Compute KL(before ‖ after) of two Bernoulli distributions given by logits, in nats.

    Near `before` it grows fastest along the gradient of the logit. With a single logit this is
    exact, and the power iteration of Miyato et al. is not needed.
    """
    probability = before.sigmoid()  # (B,)
    cross = binary_cross_entropy_with_logits(after, probability, reduction="none")  # (B,)
    entropy = binary_cross_entropy_with_logits(before, probability, reduction="none")  # (B,)
    return cross - entropy


def last_of(values: Float[Tensor, "B T"], lengths: Int[Tensor, " B"]) -> Float[Tensor, " B"]:
    """Return the value at the last token of every review."""
    return values[torch.arange(len(lengths), device=lengths.device), lengths - 1]  # (B,)


def unsaturation(gates: Float[Tensor, "B T TwoH"], lengths: Int[Tensor, " B"]) -> Float[Tensor, ""]:
    """Compute the mean of 4 g (1 − g) over gates: 0 if all are 0 or 1, and 1 if all are 0.5."""
    per_token = (4 * gates * (1 - gates)).mean(dim=2)  # (B, T)
    counted = _is_token(gates.shape[1], lengths)  # (B, T)
    return (per_token * counted).sum() / counted.sum()


def _kept_units(network: SentimentGRU, batch: Batch, options: FitOptions) -> Float[Tensor, "B 1 H"]:
    """Draw the factor of every unit before the head: 0, or 1 / (1 − dropout)."""
    size, device = network.gru.hidden_size, batch.ids.device
    all_units = torch.ones(len(batch.ids), 1, size, device=device)  # (B, 1, H)
    return drop_along(all_units, options.state_dropout)


def _run(
    network: SentimentGRU,
    embedded: Float[Tensor, "B T E"],
    kept: Float[Tensor, "B 1 H"],
    *,
    precision: torch.dtype,
    with_gates: bool,
) -> _Pass:
    hidden, gates = run_gru(
        network.gru, embedded, precision=precision, with_gates=with_gates
    )  # (B, T, H), (B, T, 2H)
    return _Pass(network.logits(hidden * kept), gates)


def _loss(output: _Pass, batch: Batch, options: FitOptions) -> Float[Tensor, ""]:
    """Compute the loss of the reviews with a known label and the penalty on all gates."""
    known = ~batch.labels.isnan()  # (B,)
    loss = 0 * output.logits.sum()  # the loss of a batch without any label
    if known.any():
        loss = classification_loss(
            output.logits[known],
            batch.lengths[known],
            batch.labels[known],
            running=options.running_loss,
        )
    if options.gate_saturation_penalty and output.gates is not None:
        penalty = unsaturation(output.gates, batch.lengths)
        loss = loss + options.gate_saturation_penalty * penalty
    return loss


def _perturbation(
    embedded: Float[Tensor, "B T E"],
    gradient: Float[Tensor, "B T E"],
    batch: Batch,
    length: float,
) -> Float[Tensor, "B T E"]:
    """Scale each review's gradient to `length` standard deviations of the embedding's values."""
    counted = _is_token(embedded.shape[1], batch.lengths)  # (B, T)
    deviation = embedded.detach()[counted].std()
    norm = torch.linalg.vector_norm(gradient, dim=(1, 2), keepdim=True)  # (B, 1, 1)
    # A gradient may be zero; the review is not perturbed then.
    return gradient / norm.clamp(min=torch.finfo(norm.dtype).tiny) * (length * deviation)


def _perturbation_sign(
    logits: Float[Tensor, " B"], labels: Float[Tensor, " B"]
) -> Float[Tensor, "B 1 1"]:
    """Choose the sign of each perturbation along the gradient of the logit.

    It leads away from the label. Where there is none it is random: to second order, both signs
    change the probability equally.
    """
    away = torch.where(logits.sigmoid() > labels, 1.0, -1.0)  # (B,)
    random = 1.0 - 2.0 * torch.randint(2, logits.shape, device=logits.device)  # (B,)
    return torch.where(labels.isnan(), random, away)[:, None, None]  # (B, 1, 1)


def _is_token(steps: int, lengths: Int[Tensor, " B"]) -> Bool[Tensor, "B T"]:
    """Return which positions are tokens rather than padding."""
    return torch.arange(steps, device=lengths.device) < lengths[:, None]  # (B, T)
