"""What a gate did, found by running the text again with that gate set to another value.

`trace_with_interventions` sets gates to values of the caller's choice and returns the whole pass.
`gate_effects` computes for each token how the final logit changes if that token's own gate, and no
other, takes one of these values:

    reset at 1         r_t = 1: the whole old state enters the candidate
    reset at average   r_t = each unit's mean over reviews, close to values in ordinary texts
    update at 1        z_t = 1: the token writes nothing (PyTorch's convention)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from jaxtyping import Float32, Float64, Int32

from gatewise.models.errors import InterventionError
from gatewise.models.gru.equations import gru
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.gru.trace import GateTrace
from gatewise.models.weights import NetworkWeights

Gate = Literal["reset", "update"]

# Cost of a run with interventions, in plain passes: it uses the reference implementation instead of
# the compiled one (measured 5.6 to 6.8 on a text of 336 tokens, one thread).
INTERVENTION_PASSES = 6
# Cost of the gate effects: so many runs for every token, each over half of the text on average.
GATE_EFFECT_RUNS = 3

# Runs that are computed together between two calls of `check`.
_PART_RUNS = 32


@dataclass(frozen=True)
class Intervention:
    """A gate that is set to a given value.

    Attributes:
        gate: "reset" or "update"; an update gate of 1 keeps the old state (PyTorch's convention).
        value: A number from 0 to 1, or an array of such numbers for all H units.
        tokens: Positions of the tokens; None means all.
        units: Indices of the units; None means all.
    """

    gate: Gate
    value: float | Float32[np.ndarray, " H"]
    tokens: Sequence[int] | None = None
    units: Sequence[int] | None = None


@dataclass(frozen=True)
class GateEffects:
    """Change of the final logit if one token's own gate takes another value, for every token.

    Attributes:
        reset_at_1: For a reset gate of 1.
        reset_at_average: For a reset gate at each unit's mean.
        update_at_1: For an update gate of 1.
    """

    reset_at_1: Float64[np.ndarray, " T"]
    reset_at_average: Float64[np.ndarray, " T"]
    update_at_1: Float64[np.ndarray, " T"]


def trace_with_interventions(
    weights: NetworkWeights, ids: Int32[np.ndarray, " T"], interventions: Sequence[Intervention]
) -> GateTrace:
    """Run one text with interventions.

    Args:
        weights: The network.
        ids: Word ids of the text.
        interventions: The interventions; where they overlap, the last one applies.

    Raises:
        InterventionError: A value lies outside [0, 1], or a gate, token or unit does not exist.
    """
    tokens, units = len(ids), weights.config.hidden_size
    values = {gate: np.full((tokens, units), np.nan, np.float32) for gate in get_args(Gate)}
    for intervention in interventions:
        check_intervention(intervention, tokens=tokens, units=units)
        rows = _indices(intervention.tokens, tokens)  # (rows,)
        columns = _indices(intervention.units, units)  # (columns,)
        by_unit = np.broadcast_to(np.float32(intervention.value), units)  # (H,)
        values[intervention.gate][np.ix_(rows, columns)] = by_unit[columns]
    steps = gru(
        weights.embedding[ids],
        weights.gru,
        reset_gate=values["reset"],
        update_gate=values["update"],
    )
    return GateTrace.from_steps(steps)


def _indices(selected: Sequence[int] | None, count: int) -> np.ndarray:
    return np.arange(count) if selected is None else np.array(selected, dtype=int)


def check_intervention(intervention: Intervention, *, tokens: int, units: int) -> None:
    """Check that an intervention can be applied to a text.

    Args:
        intervention: The intervention.
        tokens: Number of tokens of the text (T).
        units: Number of units of the network (H).

    Raises:
        InterventionError: Its value lies outside [0, 1], or its gate, a token or a unit does not
            exist.
    """
    if intervention.gate not in get_args(Gate):
        raise InterventionError(
            f"There is no gate {intervention.gate!r}: they are {' and '.join(get_args(Gate))}."
        )
    value = np.asarray(intervention.value)
    if not ((value >= 0) & (value <= 1)).all():
        raise InterventionError(
            f"A gate cannot be set to {intervention.value}: its values lie between 0 and 1."
        )
    for name, selected, count in (
        ("Token", intervention.tokens, tokens),
        ("Unit", intervention.units, units),
    ):
        for index in selected or ():
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
    check: Callable[[], None] | None = None,
) -> GateEffects:
    """Compute how the final logit depends on each token's own gates.

    A run that differs at token t starts there, because it has the earlier states in common with
    `trace`: T² / 2 steps for each of the three effects.

    Args:
        recurrence: The network.
        trace: Forward pass of the text without interventions.
        ids: Word ids of the text.
        average_reset: Mean of the reset gate of each unit, for `reset_at_average`.
        check: Called between parts of the computation. It may raise an exception to stop it.
    """
    starts = _altered_states(recurrence.weights, trace, average_reset)  # (3, T, H)
    last = [continue_runs(recurrence, states, ids, check=check) for states in starts]  # (T, H) each
    head = recurrence.weights.head_weight.astype(np.float64)  # (H,)
    logit = trace.hidden[-1] @ head
    at_1, at_average, update_at_1 = (states @ head - logit for states in last)  # (T,) each
    return GateEffects(reset_at_1=at_1, reset_at_average=at_average, update_at_1=update_at_1)


def _altered_states(
    weights: NetworkWeights, trace: GateTrace, average_reset: Float32[np.ndarray, " H"]
) -> tuple[Float32[np.ndarray, "T H"], ...]:
    """Compute the state after each token if its gate is altered, for each of the three effects."""
    before = previous_states(trace.hidden)  # (T, H)
    update, size = trace.update_gate, before.shape[1]
    recalled = before @ weights.gru.weight_hh[2 * size :].T + weights.gru.bias_hh[2 * size :]
    with_reset = (
        (1 - update) * np.tanh(trace.word_part + reset * recalled) + update * before  # (T, H)
        for reset in (np.float32(1), average_reset)
    )
    return (*with_reset, before)


def continue_runs(
    recurrence: Recurrence,
    starts: Float32[np.ndarray, "T H"],
    ids: Int32[np.ndarray, " T"],
    *,
    check: Callable[[], None] | None = None,
) -> Float32[np.ndarray, "T H"]:
    """Run the rest of a text from other states.

    Args:
        recurrence: The network.
        starts: Row t is a state after token t.
        ids: Word ids of the text.
        check: Called between parts of the computation. It may raise an exception to stop it.

    Returns:
        Row t is the final state of the run that continues after token t from `starts[t]`.
    """
    rests = [ids[position + 1 :] for position in range(len(ids))]
    if check is None:
        return recurrence.last_states(rests, initial=starts)
    last = np.empty_like(starts)  # (T, H)
    for first in range(0, len(ids), _PART_RUNS):
        check()
        part = slice(first, first + _PART_RUNS)
        last[part] = recurrence.last_states(rests[part], initial=starts[part])
    return last


def previous_states(hidden: Float32[np.ndarray, "T H"]) -> Float32[np.ndarray, "T H"]:
    """Return the state before each token, which is zero for the first."""
    return np.concatenate([np.zeros_like(hidden[:1]), hidden[:-1]])
