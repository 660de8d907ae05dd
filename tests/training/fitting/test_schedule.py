"""The one-cycle schedule: PyTorch's, except where that would divide by zero."""

import math
from itertools import product

import pytest
import torch
from torch.optim import SGD, Optimizer
from torch.optim.lr_scheduler import LRScheduler, OneCycleLR

from gatewise.training.fitting.schedule import one_cycle

RATES = [0.5, 2.0]
SHARES = [0.0, 0.01, 0.1, 0.2, 0.25, 1 / 3, 0.5, 0.7, 0.9, 0.99]
EVERY = list(product(range(1, 41), SHARES))
# Those for which PyTorch divides by zero.
ONE_STEP = [(steps, share) for steps, share in EVERY if share * steps == 1]


def optimizer() -> SGD:
    groups = [{"params": [torch.zeros(1)], "lr": rate} for rate in RATES]
    return SGD(groups, momentum=0.9)


def rates_of(optimizer: Optimizer, schedule: LRScheduler, steps: int) -> list[tuple[float, float]]:
    """Return the rate and the momentum of every group at every step."""
    found = []
    for _ in range(steps):
        found += [(group["lr"], group["momentum"]) for group in optimizer.param_groups]
        optimizer.step()
        schedule.step()
    return found


def ours(steps: int, share: float) -> list[tuple[float, float]]:
    mine = optimizer()
    schedule = one_cycle(mine, rates=RATES, steps=steps, warmup_share=share)
    return rates_of(mine, schedule, steps)


@pytest.mark.parametrize("share", SHARES)
def test_rates_equal_those_of_pytorch(share: float) -> None:
    for steps in range(1, 41):
        if (steps, share) not in ONE_STEP:
            theirs = optimizer()
            schedule = OneCycleLR(theirs, max_lr=RATES, total_steps=steps, pct_start=share)
            assert ours(steps, share) == rates_of(theirs, schedule, steps)


@pytest.mark.parametrize(("steps", "share"), ONE_STEP)
def test_after_a_warmup_of_one_step_rates_fall_from_their_peak(steps: int, share: float) -> None:
    rates = [rate for rate, _ in ours(steps, share)[:: len(RATES)]]
    assert math.isclose(rates[0], RATES[0], rel_tol=1e-9)
    assert rates == sorted(rates, reverse=True)


@pytest.mark.parametrize("steps", range(2, 41))
def test_a_warmup_of_exactly_one_step_has_finite_rates(steps: int) -> None:
    assert all(math.isfinite(rate) for rate, _ in ours(steps, 1 / steps))


def test_zero_steps_are_rejected() -> None:
    with pytest.raises(ValueError, match="total_steps"):
        one_cycle(optimizer(), rates=RATES, steps=0, warmup_share=0.25)
