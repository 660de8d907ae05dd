"""A gate summarized over all units, for every token."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64

LOW_PERCENT, HIGH_PERCENT = 10, 90


@dataclass(frozen=True)
class GateSummaries:
    """Statistics of one gate over its units.

    Attributes:
        mean: Mean.
        min: Smallest value.
        max: Largest value.
        low: Value below which a tenth of the units are.
        high: Value above which a tenth of the units are.
        deviation: Mean distance of the units from their usual values, 0 to 1.
    """

    mean: Float64[np.ndarray, " T"]
    min: Float64[np.ndarray, " T"]
    max: Float64[np.ndarray, " T"]
    low: Float64[np.ndarray, " T"]
    high: Float64[np.ndarray, " T"]
    deviation: Float64[np.ndarray, " T"]


def summarize_gate(
    gate: Float32[np.ndarray, "T H"], usual: Float32[np.ndarray, " H"]
) -> GateSummaries:
    """Summarize a gate.

    Args:
        gate: Values of the gate.
        usual: Usual value of each unit: its mean over validation reviews. Minimum to maximum of
            hundreds of units covers nearly all of 0 to 1 at every token, and their mean hardly
            changes; the distance from the usual values shows at which tokens the gate does.
    """
    last = gate.shape[1] - 1
    low, high = (round(percent / 100 * last) for percent in (LOW_PERCENT, HIGH_PERCENT))
    # NumPy sorts short rows ten times as fast as it partitions them.
    ordered = np.sort(gate, axis=1)  # (T, H)
    columns = (
        gate.mean(axis=1),
        ordered[:, 0],
        ordered[:, last],
        ordered[:, low],
        ordered[:, high],
        np.abs(gate - usual).mean(axis=1),
    )  # (T,) each
    return GateSummaries(*(column.astype(np.float64) for column in columns))
