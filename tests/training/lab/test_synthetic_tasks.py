"""The targets of the synthetic tasks follow from their symbols."""

from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.training.lab.nets.synthetic_tasks import (
    CLOSE,
    ONE,
    OPEN,
    RESET,
    SYNTHETIC,
    ZERO,
    bracketed_recall,
    parity_with_resets,
)

seeds = given(seed=st.integers(0, 10_000), length=st.integers(1, 40))


@seeds
def test_parity_counts_the_ones_since_the_last_reset(seed: int, length: int) -> None:
    drawn = parity_with_resets(np.random.default_rng(seed), count=3, length=length)
    for symbols, targets in zip(drawn.symbols.tolist(), drawn.targets.tolist(), strict=True):
        for end in range(length):
            since = symbols[: end + 1]
            while RESET in since:
                since = since[since.index(RESET) + 1 :]
            assert targets[end] == since.count(ONE) % 2


@seeds
def test_a_bracket_starts_a_new_parity_and_the_old_one_continues_after_it(
    seed: int, length: int
) -> None:
    drawn = bracketed_recall(np.random.default_rng(seed), count=3, length=length)
    for symbols, targets in zip(drawn.symbols.tolist(), drawn.targets.tolist(), strict=True):
        stack = [0]
        for symbol, target in zip(symbols, targets, strict=True):
            if symbol == OPEN:
                stack.append(0)
            elif symbol == CLOSE:
                stack.pop()
            elif symbol == ONE:
                stack[-1] ^= 1
            assert target == stack[-1]


@seeds
def test_brackets_open_and_close_alternately(seed: int, length: int) -> None:
    drawn = bracketed_recall(np.random.default_rng(seed), count=3, length=length)
    for symbols in drawn.symbols.tolist():
        brackets = [symbol for symbol in symbols if symbol in {OPEN, CLOSE}]
        assert all(len(list(run)) == 1 for _, run in groupby(brackets))
        assert not brackets or brackets[0] == OPEN


@pytest.mark.parametrize("task", SYNTHETIC)
def test_bits_and_targets_are_balanced(task: str) -> None:
    drawn = SYNTHETIC[task](np.random.default_rng(0), count=400, length=40)
    assert abs((drawn.symbols == ONE).sum() / (drawn.symbols == ZERO).sum() - 1) < 0.1
    assert 0.4 < drawn.targets.mean() < 0.6


@pytest.mark.parametrize("task", SYNTHETIC)
def test_the_same_seed_draws_the_same_sequences(task: str) -> None:
    first, second = (
        SYNTHETIC[task](np.random.default_rng(7), count=5, length=20) for _ in range(2)
    )
    np.testing.assert_array_equal(first.symbols, second.symbols)
