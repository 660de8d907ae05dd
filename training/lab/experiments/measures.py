"""Measurements on nets: gradients through time, memory lengths, and traces of any gated cell."""

from copy import deepcopy
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float64, Int, Int32
from torch import Tensor

from gatewise.models.explain.decomposition import Decomposition, decompose
from gatewise.models.gru.trace import GateTrace
from gatewise.training.lab.nets.architectures import LabNet, LSTMStates
from gatewise.training.lab.nets.cell import GatedCell

# Replaces norms of exactly 0, whose logarithm does not exist.
_TINY = 1e-300


class GradientNorms(NamedTuple):
    """Norms of the gradient of the last logit with respect to each state and each word vector."""

    state: Float64[np.ndarray, "B T"]
    word: Float64[np.ndarray, "B T"]


def gradient_norms(net: LabNet, ids: Int[Tensor, "B T"]) -> GradientNorms:
    """Propagate the gradient of the last logit back through a net, in float64.

    The state of an LSTM is the concatenation of h and c.

    Raises:
        TypeError: The net has no recurrent layer.
    """
    net = deepcopy(net).double()
    embedded = net.embedding(ids).detach().requires_grad_()  # (B, T, E)
    hidden, states = _unroll(net, embedded)  # (B, H), T × (B, S)
    for state in states:
        state.retain_grad()
    net.logits(hidden).sum().backward()  # type: ignore[no-untyped-call]
    of_states = torch.stack([_gradient(state) for state in states], dim=1)  # (B, T, S)
    of_words = _gradient(embedded)  # (B, T, E)
    return GradientNorms(
        of_states.norm(dim=2).clamp(min=_TINY).numpy(),
        of_words.norm(dim=2).clamp(min=_TINY).numpy(),
    )


def half_lives(update_gate: Float64[np.ndarray, "N H"]) -> Float64[np.ndarray, " H"]:
    """Compute the number of tokens after which each unit has kept half of its value.

    Over a text a unit keeps Π z, so the rate is the mean of ln z: ln ½ / mean ln z.
    """
    rate = np.log(np.clip(update_gate, _TINY, 1 - np.finfo(float).eps)).mean(axis=0)  # (H,)
    return np.log(0.5) / rate


def trace_of(net: LabNet, ids: Int32[np.ndarray, " T"]) -> GateTrace:
    """Run one text through a net with a gated cell and return all gates and states."""
    with torch.no_grad():
        steps = net.cell.steps(net.embedding(torch.from_numpy(ids)[None]))
        parts = [torch.cat(column).float().numpy() for column in zip(*steps, strict=True)]
    reset, update, word_part, context_part, candidate, hidden = parts  # (T, H) each
    return GateTrace(
        hidden=hidden,
        reset_gate=reset,
        update_gate=update,
        candidate=candidate,
        word_part=word_part,
        context_part=context_part,
    )


def decomposition_of(net: LabNet, trace: GateTrace) -> Decomposition:
    """Decompose the logit of a trace. Exact for every cell whose candidate is a tanh."""
    return decompose(trace, net.head.weight.detach().float().numpy()[0], net.head.bias.item())


def _unroll(net: LabNet, embedded: Tensor) -> tuple[Tensor, list[Tensor]]:
    """Run step by step and return the last h and all recurrent states."""
    if isinstance(net.layer, GatedCell):
        states = [step.hidden for step in net.layer.steps(embedded)]
        return states[-1], states
    if isinstance(net.layer, LSTMStates):
        return _unroll_lstm(net.layer.lstm, embedded)
    raise TypeError(f"{type(net.layer).__name__} has no recurrent state.")


def _unroll_lstm(lstm: torch.nn.LSTM, embedded: Tensor) -> tuple[Tensor, list[Tensor]]:
    """Compute `nn.LSTM` from its equations, which exposes every h and c."""
    weights = dict(lstm.named_parameters())
    size = lstm.hidden_size
    state = embedded.new_zeros(len(embedded), 2 * size)  # (B, 2H): h, c
    states = []
    for word in embedded.unbind(dim=1):
        hidden, memory = state.chunk(2, dim=1)  # (B, H) each
        total = torch.nn.functional.linear(word, weights["weight_ih_l0"], weights["bias_ih_l0"])
        total = total + torch.nn.functional.linear(
            hidden, weights["weight_hh_l0"], weights["bias_hh_l0"]
        )  # (B, 4H)
        i, f, g, o = total.chunk(4, dim=1)  # (B, H) each
        memory = torch.sigmoid(f) * memory + torch.sigmoid(i) * torch.tanh(g)  # (B, H)
        state = torch.cat([torch.sigmoid(o) * torch.tanh(memory), memory], dim=1)  # (B, 2H)
        states.append(state)
    return states[-1][:, :size], states


def _gradient(tensor: Tensor) -> Tensor:
    if tensor.grad is None:
        return torch.zeros_like(tensor)
    return tensor.grad
