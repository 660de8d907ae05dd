"""Attribution of the logit to the tokens, including their effect on the gates of later tokens.

The decomposition takes all gates as given. But a word also changes the gates of the words after it,
and thereby what they write and keep. Attribution includes that. Step t adds to the state

    f_t(h_{t-1}) = h_t − h_{t-1} = (1 − z_t) ⊙ (n_t − h_{t-1})

Let every step add only α f_t. At α = 0 the state stays zero and the logit is the head's bias b; at
α = 1 the text is run as it is. As α grows from 0 to 1, the attribution of token t is the part of
the logit's growth that comes through f_t. This is the path of Aumann and Shapley (1974), which
integrated gradients follow from an embedding of zeros; here it starts from tokens that are absent.

The path is divided at a few values of α (`GROWTH`), and the difference between neighbouring runs,
at α and α', is computed by secants instead of gradients. For the difference Δ of their states,

    Δ_t = Δ_{t-1} + ½ (α + α') D_t Δ_{t-1} + (α' − α) · ½ [f_t(h_{t-1}) + f_t(h'_{t-1})]

where D_t is a matrix of secants: slopes of σ and tanh between both runs, and means of both factors
of a product (as DeepLIFT has them between a text and a baseline: Shrikumar et al. 2017, arXiv
1704.02685). Secants are exact for the two runs, so the attributions sum to the logit up to rounding
for any `GROWTH` (tangents replace secants only where both arguments are almost the same); more
values of α only change how it is distributed. Backwards from the head w, for each pair of runs:

    g_T = w      g_{t-1} = g_t + ½ (α + α') D_tᵀ g_t
    attribution_t = Σ (α' − α) g_t · ½ [f_t(h_{t-1}) + f_t(h'_{t-1})]
    logit = b + Σ_t attribution_t
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int32

from gatewise.models.gru.kernels.attribution_loop import add_attributions, run_scaled
from gatewise.models.gru.kernels.simd_matmul import LANES
from gatewise.models.gru.recurrence import Recurrence

# Values of α. The state of a long text is nearly complete at a small α, so they are denser there.
# On validation reviews, these and up to 16 values rank the tokens alike; 2 rank them worse. With
# the gradient, 3 pairs of runs fill the lanes of the product on most processors.
GROWTH = (0.05, 0.3, 1.0)
# Cost in forward passes, which run in batches: forward and backward for each value, and backward
# for the gradient.
ATTRIBUTION_PASSES = 2 * len(GROWTH) + 1


@dataclass(frozen=True)
class Attributions:
    """Attributions of all tokens, in logit units.

    Attributes:
        total: Attribution of each token.
        residual: Rounding error: the logit less the head's bias and the sum of `total`.
    """

    total: Float64[np.ndarray, " T"]
    residual: float


@dataclass(frozen=True)
class AttributedRun:
    """A text as it was run for its attributions.

    Attributes:
        total: Attribution of each token.
        gradient: Gradient of the logit with respect to the state after each token, through the
            tokens that follow.
    """

    total: Float64[np.ndarray, " T"]
    gradient: Float32[np.ndarray, "T H"]


def token_attributions(
    recurrence: Recurrence, ids: Int32[np.ndarray, " T"], *, growth: Sequence[float] = GROWTH
) -> Float64[np.ndarray, " T"]:
    """Compute the attribution of every token.

    Args:
        recurrence: The network.
        ids: Word ids of the text.
        growth: Values of α, ascending, from above 0 to 1.

    Returns:
        Attributions in logit units; with the head's bias they sum to the logit.

    Raises:
        ValueError: `growth` does not ascend from above 0 to 1.
    """
    return attributed_run(recurrence, ids, growth=growth).total


def attributed_run(
    recurrence: Recurrence, ids: Int32[np.ndarray, " T"], *, growth: Sequence[float] = GROWTH
) -> AttributedRun:
    """Compute the attribution of every token, and the gradient of the logit at every state.

    Args:
        recurrence: The network.
        ids: Word ids of the text.
        growth: Values of α, ascending, from above 0 to 1. They are run side by side.

    Raises:
        ValueError: `growth` does not ascend from above 0 to 1.
    """
    scales = np.array([0.0, *growth], dtype=np.float32)  # (K + 1,)
    if not (np.diff(scales) > 0).all() or scales[-1] != 1:
        raise ValueError(f"growth must ascend from above 0 to 1, but is {list(growth)}.")
    words, extra = recurrence.input_rows(ids)
    layer, transposed = recurrence.product, recurrence.transposed
    units = recurrence.weights.config.hidden_size
    total = np.zeros(len(ids))  # (T,)
    gradient = np.empty((len(ids), units), dtype=np.float32)  # (T, H)
    # At α = 0 the state is zero. One lane is left for the gradient.
    sums = np.broadcast_to(layer.bias, (1, len(ids), layer.bias.size))  # (1, T, N)
    hidden = np.zeros((1, len(ids), units), dtype=np.float32)  # (1, T, H)
    for first in range(1, len(scales), LANES - 1):
        part = scales[first : first + LANES - 1]  # (R - 1,)
        sums = _after_last(sums, len(part))  # (R, T, N)
        hidden = _after_last(hidden, len(part))  # (R, T, H)
        run_scaled(
            layer.weights,
            layer.tiles,
            layer.scale,
            layer.bias,
            recurrence.table,
            extra,
            words,
            part,
            np.zeros((LANES, layer.depth), dtype=layer.operand_type),  # (LANES, D)
            sums[1:],
            hidden[1:],
        )
        is_last = first + len(part) == len(scales)
        add_attributions(
            transposed.weights,
            transposed.tiles,
            transposed.scale,
            transposed.no_bias,
            recurrence.table,
            extra,
            words,
            scales[first - 1 : first + len(part)],
            sums,
            hidden,
            recurrence.weights.head_weight,
            np.zeros((LANES, transposed.depth), dtype=np.float32),  # (LANES, D)
            total,
            gradient if is_last else gradient[:0],
        )
    return AttributedRun(total, gradient)


def _after_last(runs: Float32[np.ndarray, "_ T N"], count: int) -> Float32[np.ndarray, "R T N"]:
    """Return an array of the last run and room for so many more."""
    more = np.empty((1 + count, *runs.shape[1:]), dtype=np.float32)
    more[0] = runs[-1]
    return more
