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
from typing import Literal, get_args

import numpy as np
from jaxtyping import Float32, Float64, Int32

from models.errors import InterventionError
from models.gates import gru
from models.recurrence import Recurrence
from models.trace import GateTrace
from models.weights import NetworkWeights

Gate = Literal["reset", "update"]

# A held run costs about so many plain passes: it goes through the reference in `gates.py` word by
# word, not through the kernel (measured 5.6 to 6.8 on a text of 336 tokens, one thread).
HELD_PASSES = 6


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

    Raises `InterventionError` for a value outside [0, 1], or a gate, token or unit that is not
    there.
    """
    shape = (len(ids), weights.config.hidden_size)
    held = {gate: np.full(shape, np.nan, dtype=np.float32) for gate in get_args(Gate)}
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
    if hold.gate not in get_args(Gate):
        raise InterventionError(
            f"There is no gate {hold.gate!r}: they are {' and '.join(get_args(Gate))}."
        )
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


def gate_effects(
    recurrence: Recurrence,
    trace: GateTrace,
    ids: Int32[np.ndarray, " T"],
    *,
    average_reset: Float32[np.ndarray, " H"],
) -> GateEffects:
    """Run the text once more for every token and question, all of them together.

    A run that differs at token t shares its past with `trace`, so it starts there: T²/2 steps for
    each question.
    """
    starts = _altered_states(recurrence.weights, trace, average_reset)  # (3, T, H)
    last = [run_on(recurrence, states, ids) for states in starts]  # (T, H) each
    head = recurrence.weights.head_weight.astype(np.float64)  # (H,)
    logit = trace.hidden[-1] @ head
    opened, averaged, closed = (states @ head - logit for states in last)  # (T,) each
    return GateEffects(opened, averaged, closed)


def _altered_states(
    weights: NetworkWeights, trace: GateTrace, average_reset: Float32[np.ndarray, " H"]
) -> tuple[Float32[np.ndarray, "T H"], ...]:
    """Take each token's step anew with its gate altered: the three states right after it."""
    before = states_before(trace.hidden)  # (T, H)
    update, size = trace.update_gate, before.shape[1]
    recalled = before @ weights.gru.weight_hh[2 * size :].T + weights.gru.bias_hh[2 * size :]
    with_reset = (
        (1 - update) * np.tanh(trace.word_part + reset * recalled) + update * before  # (T, H)
        for reset in (np.float32(1), average_reset)
    )
    return (*with_reset, before)


def run_on(
    recurrence: Recurrence, starts: Float32[np.ndarray, "T H"], ids: Int32[np.ndarray, " T"]
) -> Float32[np.ndarray, "T H"]:
    """Run altered states over the rest of the text: the state of row t starts after token t."""
    rests = [ids[position + 1 :] for position in range(len(ids))]
    return recurrence.last_states(rests, initial=starts)


def states_before(hidden: Float32[np.ndarray, "T H"]) -> Float32[np.ndarray, "T H"]:
    """Answer the state that each token met: that after the token before it, and zero at first."""
    return np.concatenate([np.zeros_like(hidden[:1]), hidden[:-1]])
