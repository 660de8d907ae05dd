"""The schedule of rates that everything here is trained by."""

from collections.abc import Sequence

from torch.optim import Optimizer
from torch.optim.lr_scheduler import OneCycleLR

# Moves the end of a one-step warm-up by far less than a step, and by more than rounding undoes.
_NUDGE = 1e-9


def one_cycle(
    optimizer: Optimizer, *, rates: Sequence[float], steps: int, warmup_share: float
) -> OneCycleLR:
    """Build one cycle: rates rise to `rates`, one per parameter group, and fall to almost nothing.

    They rise for `warmup_share` of the `steps`, 0 ≤ share < 1. Raises `ValueError` if there is no
    step.
    """
    if warmup_share * steps == 1:
        # torch ends such a warm-up at step 0, and divides by that.
        warmup_share *= 1 - _NUDGE
    return OneCycleLR(optimizer, max_lr=list(rates), total_steps=steps, pct_start=warmup_share)
