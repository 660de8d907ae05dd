"""What the experiments measure on nets: gradients backwards, memory, and traces of any cell."""

from copy import deepcopy
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float64, Int, Int32
from torch import Tensor

from models.ledger import Ledger, build_ledger
from models.trace import GateTrace
from training.lab.cell import GatedCell
from training.lab.nets import LSTMStates, Reader

# Stands for a gradient of exactly 0, which a logarithm cannot show.
_TINY = 1e-300


class GradientNorms(NamedTuple):
    """Norms of the gradient of the last logit, by token: of each state, and of each word."""

    state: Float64[np.ndarray, "B T"]
    word: Float64[np.ndarray, "B T"]


def gradient_norms(reader: Reader, ids: Int[Tensor, "B T"]) -> GradientNorms:
    """Follow the last logit back to every state and word vector, in float64.

    The state of an LSTM is h and c together, as both go on.
    """
    reader = deepcopy(reader).double()
    embedded = reader.embedding(ids).detach().requires_grad_()  # (B, T, E)
    hidden, states = _unrolled(reader, embedded)  # (B, H), T × (B, S)
    for state in states:
        state.retain_grad()
    reader.logits(hidden).sum().backward()  # type: ignore[no-untyped-call]
    of_states = torch.stack([_gradient(state) for state in states], dim=1)  # (B, T, S)
    of_words = _gradient(embedded)  # (B, T, E)
    return GradientNorms(
        of_states.norm(dim=2).clamp(min=_TINY).numpy(),
        of_words.norm(dim=2).clamp(min=_TINY).numpy(),
    )


def half_lives(update_gate: Float64[np.ndarray, "N H"]) -> Float64[np.ndarray, " H"]:
    """Answer in how many tokens each unit forgets half of what it holds.

    Over a text a unit keeps Π z of it, so the mean of ln z is the rate: ln ½ / mean ln z.
    """
    rate = np.log(np.clip(update_gate, _TINY, 1 - np.finfo(float).eps)).mean(axis=0)  # (H,)
    return np.log(0.5) / rate


def trace_of(reader: Reader, ids: Int32[np.ndarray, " T"]) -> GateTrace:
    """Run one text through a net with a gated cell, keeping all gates and states."""
    with torch.no_grad():
        steps = reader.cell.steps(reader.embedding(torch.from_numpy(ids)[None]))
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


def ledger_of(reader: Reader, trace: GateTrace) -> Ledger:
    """Account for the logit of a trace. Right for every cell whose candidate is a tanh."""
    head = reader.head
    return build_ledger(trace, head.weight.detach().float().numpy()[0], head.bias.item())


def _unrolled(reader: Reader, embedded: Tensor) -> tuple[Tensor, list[Tensor]]:
    """Run step by step: the last h, and every state that is handed on."""
    if isinstance(reader.layer, GatedCell):
        states = [step.hidden for step in reader.layer.steps(embedded)]
        return states[-1], states
    if isinstance(reader.layer, LSTMStates):
        return _unrolled_lstm(reader.layer.lstm, embedded)
    raise TypeError(f"{type(reader.layer).__name__} hands no state on.")


def _unrolled_lstm(lstm: torch.nn.LSTM, embedded: Tensor) -> tuple[Tensor, list[Tensor]]:
    """Run `nn.LSTM` from its equations, so that every h and c can be seen."""
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
