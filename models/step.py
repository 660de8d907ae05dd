"""One step of the recurrence as a calculation to redo by hand, unit by unit.

The line of each gate keeps its four parts apart: what the word gives, W_i x, with its bias b_i,
and what the old state gives, W_h h, with its own bias b_h. For the candidate that matters: b_hn
stands inside the product with the reset gate, so the two biases are not interchangeable.

Every number is rounded to `DECIMALS` places when it first appears, and every later line is computed
from the numbers as printed, rounded again. So whoever redoes a line from what is printed gets what
is printed, to the last digit; and a whole step strays from the network's own numbers only by the
roundings on the way, a few units of that digit.

Equations: models/gates.py.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from jaxtyping import Float32, Float64, Int32

from models.errors import InvalidStepError, UnknownUnitError
from models.trace import GateTrace
from models.weights import NetworkWeights

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
    """Lay out what each of `units` computed at token `step` (from 0) of a traced text.

    Raises `InvalidStepError` for a step that the text does not have and `UnknownUnitError` for a
    unit that the network does not have.
    """
    if not 0 <= step < len(trace):
        raise InvalidStepError(
            f"Step {step} does not exist: the text has {len(trace)} tokens, numbered 0 to "
            f"{len(trace) - 1}."
        )
    size = weights.config.hidden_size
    if not all(0 <= unit < size for unit in units):
        raise UnknownUnitError(f"Units are numbered 0 to {size - 1}; not all of {list(units)} are.")
    before = trace.hidden[step - 1] if step else np.zeros_like(trace.hidden[0])  # (H,)
    gru = weights.gru
    products = (
        _blocks(gru.weight_ih, weights.embedding[ids[step]]),  # (3, H)
        gru.bias_ih.reshape(3, -1),
        _blocks(gru.weight_hh, before),  # (3, H)
        gru.bias_hh.reshape(3, -1),
    )
    return [_unit_step(unit, _rounded(before[unit]), _parts(products, unit)) for unit in units]


def _unit_step(unit: int, before: Decimal, parts: list[list[Decimal]]) -> UnitStep:
    reset, update = _gate_line(*parts[0]), _gate_line(*parts[1])
    candidate = _candidate_line(*parts[2], reset=reset.value)
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
    """Multiply in float64; rows are reset, update and candidate."""
    return (weight.astype(np.float64) @ vector.astype(np.float64)).reshape(3, -1)


def _parts(products: Sequence[np.ndarray], unit: int) -> list[list[Decimal]]:
    """Pick one unit's four parts for reset, update and candidate, rounded."""
    return [[_rounded(part[gate, unit]) for part in products] for gate in range(3)]


def _rounded(value: Decimal | float | np.floating) -> Decimal:
    exact = value if isinstance(value, Decimal) else Decimal(float(value))
    return exact.quantize(_LAST_DIGIT) + 0  # + 0 makes −0 a 0
