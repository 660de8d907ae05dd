"""Synthetic tasks that cannot be done without forgetting while computing.

    parity     bits and resets: after every symbol, the parity of the ones since the last reset
    recall     bits and brackets: in a bracket parity begins anew; after it the old one goes on

Parity asks a net to drop its state at once and go on computing. Recall asks it to compute afresh
while it keeps the state from before the bracket, which it then needs again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from jaxtyping import Int64

ZERO, ONE, RESET, OPEN, CLOSE = 1, 2, 3, 4, 5
SYMBOLS = 6  # with padding
PARITY: Final = "parity"
RECALL: Final = "recall"
_RESET_SHARE, _BRACKET_SHARE = 0.1, 0.2


@dataclass(frozen=True)
class Sequences:
    """Symbols, and the right answer, 0 or 1, after every one of them."""

    symbols: Int64[np.ndarray, "B T"]
    answers: Int64[np.ndarray, "B T"]


def parity_with_resets(generator: np.random.Generator, *, count: int, length: int) -> Sequences:
    """Draw sequences of bits, one symbol in ten a reset."""
    symbols = generator.integers(ZERO, ONE + 1, (count, length))  # (B, T)
    symbols[generator.random(symbols.shape) < _RESET_SHARE] = RESET
    parity = np.zeros(count, dtype=np.int64)  # (B,)
    answers = np.empty_like(symbols)  # (B, T)
    for t in range(length):
        parity = np.where(symbols[:, t] == RESET, 0, parity ^ (symbols[:, t] == ONE))  # (B,)
        answers[:, t] = parity
    return Sequences(symbols, answers)


def bracketed_recall(generator: np.random.Generator, *, count: int, length: int) -> Sequences:
    """Draw sequences of bits, one symbol in five a bracket that opens or closes, one level deep."""
    symbols = generator.integers(ZERO, ONE + 1, (count, length))  # (B, T)
    brackets = generator.random(symbols.shape) < _BRACKET_SHARE  # (B, T)
    inside = np.zeros(count, dtype=bool)  # (B,)
    outer, inner = np.zeros((2, count), dtype=np.int64)  # (B,) each
    answers = np.empty_like(symbols)  # (B, T)
    for t in range(length):
        at = symbols[:, t]  # (B,), a view
        at[brackets[:, t]] = np.where(inside, CLOSE, OPEN)[brackets[:, t]]
        inner = np.where(at == OPEN, 0, inner ^ (at == ONE))  # (B,)
        inside = (inside | (at == OPEN)) & (at != CLOSE)  # (B,)
        outer = np.where(inside, outer, outer ^ (at == ONE))  # (B,)
        answers[:, t] = np.where(inside, inner, outer)
    return Sequences(symbols, answers)


Draw = Callable[..., Sequences]
SYNTHETIC: Mapping[str, Draw] = MappingProxyType(
    {PARITY: parity_with_resets, RECALL: bracketed_recall}
)
