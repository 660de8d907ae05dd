"""Synthetic tasks which require a net to discard its state, or to set it aside, while computing.

    parity     bits and resets: the target is the parity of the ones since the last reset
    recall     bits and brackets: inside a bracket a new parity starts; after it the old one
               continues

For parity a net must clear its state in one step. For recall it must start a new computation and
keep the old state at the same time, because it needs the old state again after the bracket.
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
    """Symbols, and the target 0 or 1 after each of them."""

    symbols: Int64[np.ndarray, "B T"]
    targets: Int64[np.ndarray, "B T"]


def parity_with_resets(generator: np.random.Generator, *, count: int, length: int) -> Sequences:
    """Draw sequences of bits, in which one symbol of ten is a reset."""
    symbols = generator.integers(ZERO, ONE + 1, (count, length))  # (B, T)
    symbols[generator.random(symbols.shape) < _RESET_SHARE] = RESET
    parity = np.zeros(count, dtype=np.int64)  # (B,)
    targets = np.empty_like(symbols)  # (B, T)
    for t in range(length):
        parity = np.where(symbols[:, t] == RESET, 0, parity ^ (symbols[:, t] == ONE))  # (B,)
        targets[:, t] = parity
    return Sequences(symbols, targets)


def bracketed_recall(generator: np.random.Generator, *, count: int, length: int) -> Sequences:
    """Draw sequences of bits, in which one symbol of five is a bracket; brackets do not nest."""
    symbols = generator.integers(ZERO, ONE + 1, (count, length))  # (B, T)
    brackets = generator.random(symbols.shape) < _BRACKET_SHARE  # (B, T)
    inside = np.zeros(count, dtype=bool)  # (B,)
    outer, inner = np.zeros((2, count), dtype=np.int64)  # (B,) each
    targets = np.empty_like(symbols)  # (B, T)
    for t in range(length):
        at = symbols[:, t]  # (B,), a view
        at[brackets[:, t]] = np.where(inside, CLOSE, OPEN)[brackets[:, t]]
        inner = np.where(at == OPEN, 0, inner ^ (at == ONE))  # (B,)
        inside = (inside | (at == OPEN)) & (at != CLOSE)  # (B,)
        outer = np.where(inside, outer, outer ^ (at == ONE))  # (B,)
        targets[:, t] = np.where(inside, inner, outer)
    return Sequences(symbols, targets)


Draw = Callable[..., Sequences]
SYNTHETIC: Mapping[str, Draw] = MappingProxyType(
    {PARITY: parity_with_resets, RECALL: bracketed_recall}
)
