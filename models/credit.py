"""A second exact account of the logit: what each token did, through the gates of later words, too.

The ledger takes all gates as they were. But a word also moves the gates of the words after it, and
so changes what is written later and what is kept; had it not been there, they would have stood
elsewhere. Credit counts that. Step t adds to the state

    f_t(h_{t-1}) = h_t − h_{t-1} = (1 − z_t) ⊙ (n_t − h_{t-1})

Let every step add only a share α of that. At α = 0 the state stays empty and the logit is the
head's bias b; at α = 1 the text is read as it is. While α grows, the logit grows by way of the
steps, and what of it comes by way of step t is the credit of token t: the path of Aumann and
Shapley (1974), which integrated gradients follow from an embedding of zeros, followed here from a
token that is not there.

The growth is counted between neighbours of a few α (`GROWTH`), by secants rather than gradients.
For the change Δ of the states from the run at α to the run at α',

    Δ_t = Δ_{t-1} + ½ (α + α') D_t Δ_{t-1} + (α' − α) · ½ [f_t(h_{t-1}) + f_t(h'_{t-1})]

where D_t is a matrix of secants: slopes of σ and tanh between both runs, means of both factors
where there is a product (as DeepLIFT has them between a text and a baseline: Shrikumar et al.
2017, arXiv 1704.02685). Secants meet both runs, so the sum is exact however few α there are, to
rounding (where two arguments all but coincide, tangents stand in for secants); more of them only
share it out better. Backwards from the head w, for every pair of neighbours:

    g_T = w      g_{t-1} = g_t + ½ (α + α') D_tᵀ g_t
    credit_t = Σ (α' − α) g_t · ½ [f_t(h_{t-1}) + f_t(h'_{t-1})]      logit = b + Σ_t credit_t
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64

from models.credit_kernel import follow_back, read_grown
from models.recurrence import Recurrence

# The state of a long text is nearly there long before its writes are, so the steps begin small. On
# validation reviews 4 to 16 of them rank tokens alike.
GROWTH = (0.05, 0.15, 0.35, 0.65, 1.0)
CREDIT_PASSES = 2 * len(GROWTH)


@dataclass(frozen=True)
class Credits:
    """Credits in logit units; they and the bias sum to the logit, but for `residual`."""

    total: Float64[np.ndarray, " T"]
    residual: float


def token_credits(
    recurrence: Recurrence, ids: Int32[np.ndarray, " T"], *, growth: Sequence[float] = GROWTH
) -> Float64[np.ndarray, " T"]:
    """Credit every token for its part in the logit; with the head's bias, credits sum to it.

    In logit units. Takes two passes, there and back, for each α in `growth`. Raises `ValueError`
    if these do not rise from above 0 to 1.
    """
    shares = np.array([0.0, *growth], dtype=np.float32)  # (K + 1,)
    if not (np.diff(shares) > 0).all() or shares[-1] != 1:
        raise ValueError(f"The shares must rise from above 0 to 1, and are {list(growth)}.")
    words, rare = recurrence.look_up(ids)
    total = np.zeros(len(ids))  # (T,)
    runs = _Runs(recurrence, words, rare)
    for earlier, later in pairwise(shares):
        runs.grow(later)
        runs.add_credits(np.array([earlier, later]), total)
    return total


class _Runs:
    """Two runs of one text, the later one grown more; at first there is nothing in either."""

    def __init__(
        self,
        recurrence: Recurrence,
        words: Int64[np.ndarray, " T"],
        rare: Float32[np.ndarray, "rare N"],
    ) -> None:
        self._recurrence, self._words, self._rare = recurrence, words, rare
        bias, units = recurrence.layer.bias, recurrence.weights.config.hidden_size
        self._sums = np.empty((2, len(words), bias.size), dtype=np.float32)  # (2, T, N)
        self._sums[:] = bias
        self._hidden = np.zeros((2, len(words), units), dtype=np.float32)  # (2, T, H)

    def grow(self, share: np.float32) -> None:
        """Make the later run the earlier one, and read the text once more."""
        layer, table = self._recurrence.layer, self._recurrence.table
        self._sums[0], self._hidden[0] = self._sums[1], self._hidden[1]
        factor = np.zeros((1, layer.depth), dtype=np.float32)  # (1, D)
        read_grown(
            layer.weights,
            layer.bias,
            table,
            self._rare,
            self._words,
            share,
            factor,
            self._sums[1],
            self._hidden[1],
        )

    def add_credits(
        self, shares: Float32[np.ndarray, " 2"], total: Float64[np.ndarray, " T"]
    ) -> None:
        """Add what each token has of the logit's growth between the two."""
        backwards = self._recurrence.backwards
        follow_back(
            backwards.weights,
            backwards.bias,
            self._recurrence.table,
            self._rare,
            self._words,
            shares,
            self._sums,
            self._hidden,
            self._recurrence.weights.head_weight,
            np.zeros((1, backwards.depth), dtype=np.float32),
            total,
        )
