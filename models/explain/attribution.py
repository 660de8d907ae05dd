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
from itertools import pairwise

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64

from gatewise.models.gru.kernels.attribution_loop import add_attributions, run_scaled
from gatewise.models.gru.recurrence import Recurrence

# Values of α. The state of a long text is nearly complete at a small α, so they are denser there.
# On validation reviews, 4 to 16 values rank the tokens alike.
GROWTH = (0.05, 0.15, 0.35, 0.65, 1.0)
# Cost in forward passes: a forward and a backward pass for each value.
ATTRIBUTION_PASSES = 2 * len(GROWTH)


@dataclass(frozen=True)
class Attributions:
    """Attributions of all tokens, in logit units.

    Attributes:
        total: Attribution of each token.
        residual: Rounding error: the logit less the head's bias and the sum of `total`.
    """

    total: Float64[np.ndarray, " T"]
    residual: float


def token_attributions(
    recurrence: Recurrence, ids: Int32[np.ndarray, " T"], *, growth: Sequence[float] = GROWTH
) -> Float64[np.ndarray, " T"]:
    """Compute the attribution of every token.

    Args:
        recurrence: The network.
        ids: Word ids of the text.
        growth: Values of α, ascending, from above 0 to 1. Each takes two passes.

    Returns:
        Attributions in logit units; with the head's bias they sum to the logit.

    Raises:
        ValueError: `growth` does not ascend from above 0 to 1.
    """
    scales = np.array([0.0, *growth], dtype=np.float32)  # (K + 1,)
    if not (np.diff(scales) > 0).all() or scales[-1] != 1:
        raise ValueError(f"growth must ascend from above 0 to 1, but is {list(growth)}.")
    words, extra = recurrence.input_rows(ids)
    total = np.zeros(len(ids))  # (T,)
    runs = _ScaledRuns(recurrence, words, extra)
    for scale, next_scale in pairwise(scales):
        runs.advance(next_scale)
        runs.add_attributions(np.array([scale, next_scale]), total)
    return total


class _ScaledRuns:
    """Two runs of one text at neighbouring values of α; both are at α = 0 initially."""

    def __init__(
        self,
        recurrence: Recurrence,
        words: Int64[np.ndarray, " T"],
        extra: Float32[np.ndarray, "extra N"],
    ) -> None:
        self._recurrence, self._words, self._extra = recurrence, words, extra
        bias, units = recurrence.layer.bias, recurrence.weights.config.hidden_size
        self._sums = np.empty((2, len(words), bias.size), dtype=np.float32)  # (2, T, N)
        self._sums[:] = bias
        self._hidden = np.zeros((2, len(words), units), dtype=np.float32)  # (2, T, H)

    def advance(self, scale: np.float32) -> None:
        """Replace the first run by the second, and the second by a run at `scale`."""
        layer = self._recurrence.layer
        self._sums[0], self._hidden[0] = self._sums[1], self._hidden[1]
        run_scaled(
            layer.weights,
            layer.bias,
            self._recurrence.table,
            self._extra,
            self._words,
            scale,
            np.zeros((1, layer.depth), dtype=np.float32),  # (1, D)
            self._sums[1],
            self._hidden[1],
        )

    def add_attributions(
        self, scales: Float32[np.ndarray, " 2"], total: Float64[np.ndarray, " T"]
    ) -> None:
        """Add the part of each token in the logit's growth from the first run to the second."""
        transposed = self._recurrence.transposed_layer
        add_attributions(
            transposed.weights,
            transposed.bias,
            self._recurrence.table,
            self._extra,
            self._words,
            scales,
            self._sums,
            self._hidden,
            self._recurrence.weights.head_weight,
            np.zeros((1, transposed.depth), dtype=np.float32),  # (1, D)
            total,
        )
