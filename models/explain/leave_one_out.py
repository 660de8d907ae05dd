"""Leave-one-out: the change of the logit when a single token is deleted from the text.

Deleting a token shortens the text. For this network that is the same as closing the token's update
gate (z_t = 1): it writes nothing, and later words are run from the state before it. The usual
alternative, replacing it by a mask token, would need a word that the network was never trained on.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float64, Int32

from gatewise.models.explain.interventions import continue_runs, previous_states
from gatewise.models.gru.recurrence import Recurrence


def leave_one_out(
    recurrence: Recurrence,
    ids: Int32[np.ndarray, " T"],
    *,
    check: Callable[[], None] | None = None,
) -> Float64[np.ndarray, " T"]:
    """Compute by how much the logit falls when each token is deleted.

    A text without token t is run only from t on, because it has the earlier states in common with
    the whole text: T² / 2 steps in total.

    Args:
        recurrence: The network.
        ids: Word ids of the text.
        check: Called between parts of the computation. It may raise an exception to stop it.

    Returns:
        The logit less the logit without each token.
    """
    hidden = recurrence.states(ids)  # (T, H)
    last = continue_runs(recurrence, previous_states(hidden), ids, check=check)  # (T, H)
    lost = hidden[-1].astype(np.float64) - last  # (T, H)
    return lost @ recurrence.weights.head_weight.astype(np.float64)  # (T,)
