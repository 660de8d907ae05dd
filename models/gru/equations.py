"""The GRU as a readable reference implementation. All faster code is tested against this file.

The convention and the parameters are PyTorch's: three blocks of H rows in the order reset, update,
candidate, with two biases for each. An update gate of 1 keeps the old state.

    r_t = σ(W_ir x_t + b_ir + W_hr h_{t-1} + b_hr)                 reset gate
    z_t = σ(W_iz x_t + b_iz + W_hz h_{t-1} + b_hz)                 update gate
    n_t = tanh(W_in x_t + b_in + r_t ⊙ (W_hn h_{t-1} + b_hn))      candidate
    h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t-1}

Source: Cho et al. 2014 (arXiv 1406.1078), in the form documented for `torch.nn.GRU`.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from gatewise.models.weights import GRUParameters


@dataclass(frozen=True)
class GRUStep:
    """All intermediate results of one step, in the order in which they are computed.

    Attributes:
        reset_gate: r_t, the share of the recalled old state that enters the candidate.
        update_gate: z_t, the share of the old state that is kept.
        word_part: W_in x_t + b_in, the word's part of the candidate before tanh.
        context_part: r_t ⊙ (W_hn h_{t-1} + b_hn), the old state's part of it.
        candidate: n_t.
        hidden: h_t, the state after the step.
    """

    reset_gate: Float[np.ndarray, " H"]
    update_gate: Float[np.ndarray, " H"]
    word_part: Float[np.ndarray, " H"]
    context_part: Float[np.ndarray, " H"]
    candidate: Float[np.ndarray, " H"]
    hidden: Float[np.ndarray, " H"]


def sigmoid(x: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """Compute σ(x) = ½ (1 + tanh(x / 2)), which does not overflow."""
    half = x.dtype.type(0.5)
    return half * (1 + np.tanh(half * x))


def gru_step(
    embedded: Float[np.ndarray, " E"],
    hidden: Float[np.ndarray, " H"],
    parameters: GRUParameters,
    *,
    reset_gate: Float[np.ndarray, " H"] | None = None,
    update_gate: Float[np.ndarray, " H"] | None = None,
) -> GRUStep:
    """Compute one step.

    Args:
        embedded: Vector of the word, x_t.
        hidden: State before it, h_{t-1}.
        parameters: Weights and biases.
        reset_gate: Values that replace those of the reset gate, for an intervention; a unit whose
            value is NaN is not replaced.
        update_gate: The same for the update gate.

    Returns:
        Gates, candidate and new state.
    """
    from_word = parameters.weight_ih @ embedded + parameters.bias_ih  # (3H,)
    from_state = parameters.weight_hh @ hidden + parameters.bias_hh  # (3H,)
    word_r, word_z, word_part = np.split(from_word, 3)  # (H,) each
    state_r, state_z, state_n = np.split(from_state, 3)  # (H,) each

    r = _intervened(sigmoid(word_r + state_r), reset_gate)  # (H,)
    z = _intervened(sigmoid(word_z + state_z), update_gate)  # (H,)
    context_part = r * state_n  # (H,)
    n = np.tanh(word_part + context_part)  # (H,)
    h = (1 - z) * n + z * hidden  # (H,)
    return GRUStep(r, z, word_part, context_part, n, h)


def gru(
    embedded: Float[np.ndarray, "T E"],
    parameters: GRUParameters,
    *,
    reset_gate: Float[np.ndarray, "*T H"] | None = None,
    update_gate: Float[np.ndarray, "*T H"] | None = None,
) -> list[GRUStep]:
    """Run a text from the zero state.

    Args:
        embedded: Vectors of the words.
        parameters: Weights and biases.
        reset_gate: Values that replace those of the reset gate, (H,) for all tokens or (T, H); a
            value of NaN replaces nothing.
        update_gate: The same for the update gate.

    Returns:
        One `GRUStep` per token.
    """
    free = np.full((len(embedded), parameters.hidden_size), np.nan, dtype=embedded.dtype)  # (T, H)
    resets = free if reset_gate is None else np.broadcast_to(reset_gate, free.shape)  # (T, H)
    updates = free if update_gate is None else np.broadcast_to(update_gate, free.shape)  # (T, H)
    hidden = np.zeros(parameters.hidden_size, dtype=embedded.dtype)  # (H,)
    steps = []
    for word, r, z in zip(embedded, resets, updates, strict=True):
        step = gru_step(word, hidden, parameters, reset_gate=r, update_gate=z)
        steps.append(step)
        hidden = step.hidden
    return steps


def _intervened(
    gate: Float[np.ndarray, " H"], values: Float[np.ndarray, " H"] | None
) -> Float[np.ndarray, " H"]:
    return gate if values is None else np.where(np.isnan(values), gate, values)
