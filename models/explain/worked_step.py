"""One step of the recurrence as a calculation that can be verified by hand, unit by unit.

Each gate is a sum of four terms: W_i x from the word, with its bias b_i, and W_h h from the old
state, with its own bias b_h. They are listed separately, because in the candidate b_hn is
multiplied by the reset gate and b_in is not.

Every number is rounded to `DECIMALS` places when it first appears, and every later line is computed
from the rounded numbers and rounded again. A reader who repeats a line with the displayed numbers
therefore obtains the displayed result exactly, and a whole step differs from that of the network
only by accumulated rounding, a few units of the last digit.

Equations: gru/equations.py.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from jaxtyping import Float32, Float64, Int32

from gatewise.models.errors import InvalidStepError, UnknownUnitError
from gatewise.models.gru.trace import GateTrace
from gatewise.models.weights import NetworkWeights

DECIMALS = 6
_LAST_DIGIT = Decimal(1).scaleb(-DECIMALS)


@dataclass(frozen=True)
class GateLine:
    """σ(W_i x + b_i + W_h h + b_h) = σ(total) = value, for the reset or the update gate."""

    from_word: Decimal
    word_bias: Decimal
    from_state: Decimal
    state_bias: Decimal
    total: Decimal
    value: Decimal


@dataclass(frozen=True)
class CandidateLine:
    """tanh(W_in x + b_in + r × (W_hn h + b_hn)) = tanh(word + recalled) = tanh(total) = value."""

    from_word: Decimal
    word_bias: Decimal
    word: Decimal
    from_state: Decimal
    state_bias: Decimal
    state: Decimal
    recalled: Decimal
    total: Decimal
    value: Decimal


@dataclass(frozen=True)
class UnitStep:
    """One unit at one step: from h_{t−1} to h_t = written + kept, (1 − z) × n and z × h_{t−1}."""

    unit: int
    before: Decimal
    reset: GateLine
    update: GateLine
    candidate: CandidateLine
    written: Decimal
    kept: Decimal
    after: Decimal


def worked_step(
    weights: NetworkWeights,
    trace: GateTrace,
    ids: Int32[np.ndarray, " T"],
    *,
    step: int,
    units: Sequence[int],
) -> list[UnitStep]:
    """Compute one step of a traced text in decimal numbers.

    Args:
        weights: The network.
        trace: Forward pass of the text.
        ids: Word ids of the text.
        step: Position of the token, from 0.
        units: Indices of the units.

    Returns:
        The calculation of each unit, in order.

    Raises:
        InvalidStepError: The text has no such token.
        UnknownUnitError: The network has no such unit.
    """
    if not 0 <= step < len(trace):
        raise InvalidStepError(
            f"Step {step} does not exist: the text has {len(trace)} tokens, numbered 0 to "
            f"{len(trace) - 1}."
        )
    size = weights.config.hidden_size
    if not all(0 <= unit < size for unit in units):
        raise UnknownUnitError(
            f"Units are numbered 0 to {size - 1}; {list(units)} has one that does not exist."
        )
    before = trace.hidden[step - 1] if step else np.zeros_like(trace.hidden[0])  # (H,)
    gru = weights.gru
    products = (
        _blocks(gru.weight_ih, weights.embedding[ids[step]]),  # (3, H)
        gru.bias_ih.reshape(3, -1),
        _blocks(gru.weight_hh, before),  # (3, H)
        gru.bias_hh.reshape(3, -1),
    )
    return [_unit_step(unit, _rounded(before[unit]), _terms(products, unit)) for unit in units]


def _unit_step(unit: int, before: Decimal, terms: list[list[Decimal]]) -> UnitStep:
    reset, update = _gate_line(*terms[0]), _gate_line(*terms[1])
    candidate = _candidate_line(*terms[2], reset=reset.value)
    written = _rounded((1 - update.value) * candidate.value)
    kept = _rounded(update.value * before)
    return UnitStep(unit, before, reset, update, candidate, written, kept, written + kept)


def _gate_line(
    from_word: Decimal, word_bias: Decimal, from_state: Decimal, state_bias: Decimal
) -> GateLine:
    total = from_word + word_bias + from_state + state_bias
    value = _rounded(0.5 * (1 + math.tanh(float(total) / 2)))  # σ, without overflow
    return GateLine(from_word, word_bias, from_state, state_bias, total, value)


def _candidate_line(
    from_word: Decimal,
    word_bias: Decimal,
    from_state: Decimal,
    state_bias: Decimal,
    *,
    reset: Decimal,
) -> CandidateLine:
    word, state = from_word + word_bias, from_state + state_bias
    recalled = _rounded(reset * state)
    total = word + recalled
    value = _rounded(math.tanh(total))
    return CandidateLine(
        from_word, word_bias, word, from_state, state_bias, state, recalled, total, value
    )


def _blocks(
    weight: Float32[np.ndarray, "ThreeH N"], vector: Float32[np.ndarray, " N"]
) -> Float64[np.ndarray, "3 H"]:
    """Compute weight @ vector in float64, with rows reset, update and candidate."""
    return (weight.astype(np.float64) @ vector.astype(np.float64)).reshape(3, -1)


def _terms(products: Sequence[np.ndarray], unit: int) -> list[list[Decimal]]:
    """Return the four rounded terms of one unit, for reset, update and candidate."""
    return [[_rounded(term[gate, unit]) for term in products] for gate in range(3)]


def _rounded(value: Decimal | float | np.floating) -> Decimal:
    exact = value if isinstance(value, Decimal) else Decimal(float(value))
    return exact.quantize(_LAST_DIGIT) + 0  # + 0 turns −0 into 0
