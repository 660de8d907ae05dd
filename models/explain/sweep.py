"""A gate held at each of several values over a range of tokens, computed in one batch of runs.

The tokens before the range are the same in all runs, so the runs start from the state that the
plain run has there. Within the range they take their steps together; after it, they are continued
like any batch of texts. Each run equals the one of `trace_with_interventions` with the same gate,
value and tokens, up to rounding.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float32, Float64, Int32

from gatewise.models.errors import InterventionError
from gatewise.models.explain.interventions import Gate, Intervention, check_intervention
from gatewise.models.gru.equations import sigmoid
from gatewise.models.gru.recurrence import Recurrence

SweepValue = float | Literal["average"]

# By default: the eleven tenths, and the usual value of each unit.
SWEEP_VALUES: tuple[SweepValue, ...] = (*(tenth / 10 for tenth in range(11)), "average")

# Tokens of all runs that are computed together, which bounds the memory for their states.
_PART_TOKENS = 16_384
# Steps of the range between two calls of `check`.
_CHECK_STEPS = 64


@dataclass(frozen=True)
class SweepRun:
    """One run of a sweep.

    Attributes:
        value: The value of the gate: a number from 0 to 1; "average" for each unit's mean over
            validation reviews; None for the run without intervention.
        running_logit: The logit if the text ended at each token.
    """

    value: SweepValue | None
    running_logit: Float64[np.ndarray, " T"]

    @property
    def logit(self) -> float:
        """The logit: log-odds of positive."""
        return float(self.running_logit[-1])

    @property
    def label(self) -> Literal["negative", "positive"]:
        """The more probable label."""
        return "positive" if self.logit > 0 else "negative"

    @property
    def probability_positive(self) -> float:
        """Probability of the positive label."""
        return float(self.running_probability[-1])

    @property
    def running_probability(self) -> Float64[np.ndarray, " T"]:
        """P(positive) if the text ended at each token."""
        return sigmoid(self.running_logit)


def check_sweep(
    *, gate: Gate, first: int, last: int, values: Sequence[SweepValue], tokens: int, units: int
) -> None:
    """Check that a sweep can be computed for a text.

    Args:
        gate: The gate.
        first: Position of the first token.
        last: Position of the last token.
        values: The values.
        tokens: Number of tokens of the text (T).
        units: Number of units of the network (H).

    Raises:
        InterventionError: There is no value or one outside [0, 1], the range is empty, or the gate
            or a token does not exist.
    """
    if not values:
        raise InterventionError("A sweep needs at least one value. Pass values from 0 to 1.")
    if first > last:
        raise InterventionError(
            f"The range of tokens {first}-{last} is empty. Put the first token first."
        )
    for value in values:
        if isinstance(value, str) and value != "average":
            raise InterventionError(
                f"A gate cannot be set to {value!r}: pass a number from 0 to 1, or 'average'."
            )
        number = 0.0 if isinstance(value, str) else value
        check_intervention(Intervention(gate, number, [first, last]), tokens=tokens, units=units)


def sweep_runs(
    recurrence: Recurrence,
    ids: Int32[np.ndarray, " T"],
    hidden: Float32[np.ndarray, "T H"],
    held: Float32[np.ndarray, "S H"],
    *,
    gate: Gate,
    first: int,
    last: int,
    check: Callable[[], None] | None = None,
) -> Float64[np.ndarray, "S T"]:
    """Run a text once for each value of a gate.

    Args:
        recurrence: The network.
        ids: Word ids of the text.
        hidden: State after each token of the run without intervention.
        held: Values of the gate, one row for each run.
        gate: The gate.
        first: Position of the first token at which it has the given value.
        last: Position of the last such token.
        check: Called between parts of the computation. It may raise an exception to stop it.

    Returns:
        The logit of each run if the text ended at each token.
    """
    head = recurrence.weights.head_weight.astype(np.float64)  # (H,)
    logits = np.empty((len(held), len(ids)))  # (S, T)
    logits[:, :first] = hidden[:first] @ head
    at_once = max(1, _PART_TOKENS // len(ids))
    for begin in range(0, len(held), at_once):
        part = slice(begin, begin + at_once)
        before = hidden[first - 1] if first else np.zeros_like(hidden[0])  # (H,)
        states = np.tile(before, (len(held[part]), 1))  # (part, H)
        for token, from_word in enumerate(_word_rows(recurrence, ids[first : last + 1]), first):
            if check is not None and (token - first) % _CHECK_STEPS == 0:
                check()
            states = _held_step(recurrence, from_word, states, held[part], gate)  # (part, H)
            logits[part, token] = states @ head
        if check is not None:
            check()
        for run, after in enumerate(recurrence.continued(ids[last + 1 :], states), begin):
            logits[run, last + 1 :] = after @ head
    return logits + recurrence.weights.head_bias  # (S, T)


def _word_rows(
    recurrence: Recurrence, ids: Int32[np.ndarray, " L"]
) -> list[Float32[np.ndarray, " N"]]:
    """Return W_i x + b_i of each token."""
    rows, extra = recurrence.input_rows(ids)
    common = len(recurrence.table)
    return [recurrence.table[row] if row < common else extra[row - common] for row in rows.tolist()]


def _held_step(
    recurrence: Recurrence,
    from_word: Float32[np.ndarray, " N"],
    states: Float32[np.ndarray, "S H"],
    held: Float32[np.ndarray, "S H"],
    gate: Gate,
) -> Float32[np.ndarray, "S H"]:
    """Take one step from several states with one gate at given values; see `equations.gru_step`."""
    units = states.shape[1]
    from_state = recurrence.layer(states)[:, : 3 * units]  # (S, 3H)
    word_r, word_z, word_part = np.split(from_word[: 3 * units], 3)  # (H,) each
    state_r, state_z, state_n = np.split(from_state, 3, axis=1)  # (S, H) each
    reset = held if gate == "reset" else sigmoid(word_r + state_r)  # (S, H)
    update = held if gate == "update" else sigmoid(word_z + state_z)  # (S, H)
    candidate = np.tanh(word_part + reset * state_n)  # (S, H)
    return (1 - update) * candidate + update * states  # (S, H)
