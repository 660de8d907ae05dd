"""What a gate did, found by running without it: the same pass with gates held.

Two questions, both answered by running the network again. `trace_held` holds gates at values of
the caller's choice and returns the whole new pass. `gate_effects` asks of every token what the
final logit would have been had that token's own gate been otherwise:

    reset opened     r_t = 1: all of the old state enters its candidate
    reset averaged   r_t = each unit's own average over reviews, a value the network has often seen
    update closed    z_t = 1: the token writes nothing
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float, Float32, Float64, Int32
from torch import Tensor

from models.errors import InterventionError
from models.gates import gru
from models.network import NetworkWeights
from models.trace import GateTrace

Gate = Literal["reset", "update"]


@dataclass(frozen=True)
class Hold:
    """One gate held at `value`, a number from 0 to 1 or an array of H such numbers.

    `tokens` and `units` of None mean all. The update gate is in PyTorch's sense: 1 keeps the old
    state.
    """

    gate: Gate
    value: float | Float32[np.ndarray, " H"]
    tokens: Sequence[int] | None = None
    units: Sequence[int] | None = None


@dataclass(frozen=True)
class GateEffects:
    """What the final logit would gain had a token's own gate been otherwise, for every token."""

    reset_opened: Float64[np.ndarray, " T"]
    reset_averaged: Float64[np.ndarray, " T"]
    update_closed: Float64[np.ndarray, " T"]


def trace_held(
    weights: NetworkWeights, ids: Int32[np.ndarray, " T"], holds: Sequence[Hold]
) -> GateTrace:
    """Run one text with gates held; where holds overlap, the later one counts.

    Raises `InterventionError` for a value outside [0, 1] or a token or unit that is not there.
    """
    shape = (len(ids), weights.config.hidden_size)
    held = {gate: np.full(shape, np.nan, dtype=np.float32) for gate in ("reset", "update")}
    for hold in holds:
        check_hold(hold, tokens=shape[0], units=shape[1])
        tokens = np.arange(shape[0]) if hold.tokens is None else np.array(hold.tokens, dtype=int)
        units = np.arange(shape[1]) if hold.units is None else np.array(hold.units, dtype=int)
        values = np.broadcast_to(np.float32(hold.value), shape[1:])[units]  # (units,)
        held[hold.gate][np.ix_(tokens, units)] = values
    steps = gru(
        weights.embedding[ids], weights.gru, reset_gate=held["reset"], update_gate=held["update"]
    )
    return GateTrace.from_steps(steps)


def check_hold(hold: Hold, *, tokens: int, units: int) -> None:
    """Raise `InterventionError` if a text of so many tokens cannot be held so, saying why."""
    value = np.asarray(hold.value)
    if not ((value >= 0) & (value <= 1)).all():
        raise InterventionError(
            f"A gate cannot be held at {hold.value}: gates lie between 0 and 1."
        )
    for name, chosen, count in (("Token", hold.tokens, tokens), ("Unit", hold.units, units)):
        for index in chosen or ():
            if not 0 <= index < count:
                raise InterventionError(
                    f"{name} {index} does not exist: they are numbered 0 to {count - 1}."
                )


@torch.inference_mode()
def gate_effects(
    weights: NetworkWeights,
    trace: GateTrace,
    ids: Int32[np.ndarray, " T"],
    *,
    average_reset: Float32[np.ndarray, " H"],
) -> GateEffects:
    """Run the text once more for every token and question, all of them together.

    A run that differs at token t shares its past with `trace`, so it starts there, and every
    later step is one matrix product for all runs under way: T²/2 steps for each question.
    """
    starts = _altered_states(weights, trace, torch.from_numpy(average_reset))  # (T, 3, H)
    last = run_on(weights, starts, ids).double()  # (T, 3, H)
    head = torch.from_numpy(weights.head_weight).double()  # (H,)
    gained = (last - torch.tensor(trace.hidden[-1])) @ head  # (T, 3)
    opened, averaged, closed = gained.T.numpy()  # (T,) each
    return GateEffects(opened, averaged, closed)


def _altered_states(
    weights: NetworkWeights, trace: GateTrace, average_reset: Float[Tensor, " H"]
) -> Float[Tensor, "T 3 H"]:
    """Take each token's step anew with its gate altered: the state right after it."""
    hidden, update, word = (
        torch.tensor(array) for array in (trace.hidden, trace.update_gate, trace.word_part)
    )  # (T, H) each
    before = torch.cat([torch.zeros_like(hidden[:1]), hidden[:-1]])  # (T, H)
    size = hidden.shape[1]
    recalled = torch.addmm(
        torch.from_numpy(weights.gru.bias_hh[2 * size :]),
        before,
        torch.from_numpy(weights.gru.weight_hh[2 * size :]).T,
    )  # (T, H) W_hn h + b_hn
    with_reset = [
        (1 - update) * torch.tanh(word + reset * recalled) + update * before
        for reset in (torch.ones(size), average_reset)
    ]  # (T, H) each
    return torch.stack([*with_reset, before], dim=1)  # (T, 3, H)


@torch.inference_mode()
def run_on(
    weights: NetworkWeights, starts: Float[Tensor, "T K H"], ids: Int32[np.ndarray, " T"]
) -> Float[Tensor, "T K H"]:
    """Run altered states over the rest of the text: the K of row t start after token t."""
    gru = weights.gru
    weight_hh, bias_hh = (
        torch.from_numpy(gru.weight_hh).T.contiguous(),
        torch.from_numpy(gru.bias_hh),
    )
    from_word = torch.from_numpy(weights.embedding[ids] @ gru.weight_ih.T + gru.bias_ih)  # (T, 3H)
    size = starts.shape[2]
    states = starts.clone()  # (T, K, H)
    for position in range(1, len(ids)):
        running = states[:position].view(-1, size)  # (K t, H), a view: updated in place
        from_state = torch.addmm(bias_hh, running, weight_hh)  # (K t, 3H)
        word = from_word[position]  # (3H,)
        gates = torch.sigmoid(from_state[:, : 2 * size] + word[: 2 * size])  # (K t, 2H)
        r, z = gates.chunk(2, dim=1)  # (K t, H) each
        n = torch.tanh(word[2 * size :] + r * from_state[:, 2 * size :])  # (K t, H)
        torch.lerp(n, running, z, out=running)  # (K t, H): (1 − z) n + z h
    return states
