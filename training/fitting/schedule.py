"""The schedule of learning rates that every fit uses."""

from collections.abc import Sequence

from torch.optim import Optimizer
from torch.optim.lr_scheduler import OneCycleLR

# Makes warmup_share * steps slightly less than 1, by more than the rounding error.
_RELATIVE_SHIFT = 1e-9


def one_cycle(
    optimizer: Optimizer, *, rates: Sequence[float], steps: int, warmup_share: float
) -> OneCycleLR:
    """Build a one-cycle schedule: learning rates rise to their peaks and fall to almost zero.

    Args:
        optimizer: The optimizer.
        rates: Peak rate of every parameter group.
        steps: Number of steps in all.
        warmup_share: Share of the steps in which the rates rise, 0 ≤ share < 1.

    Raises:
        ValueError: `steps` is 0.
    """
    if warmup_share * steps == 1:
        # PyTorch would end such a warm-up at step 0, and divide by zero.
        warmup_share *= 1 - _RELATIVE_SHIFT
    return OneCycleLR(optimizer, max_lr=list(rates), total_steps=steps, pct_start=warmup_share)
