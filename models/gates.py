"""The GRU, once, as readable reference. Everything faster is tested against this file.

PyTorch's convention and PyTorch's parameters: three blocks of H rows in the order reset, update,
candidate, and two biases for each. An update gate of 1 keeps the old state.

    r_t = σ(W_ir x_t + b_ir + W_hr h_{t-1} + b_hr)                 reset gate
    z_t = σ(W_iz x_t + b_iz + W_hz h_{t-1} + b_hz)                 update gate
    n_t = tanh(W_in x_t + b_in + r_t ⊙ (W_hn h_{t-1} + b_hn))      candidate
    h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t-1}

Source: Cho et al. 2014 (arXiv 1406.1078), in the form that `torch.nn.GRU` documents.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True)
class GRUParameters:
    """The weights of one GRU layer, laid out as `torch.nn.GRU` lays them out."""

    weight_ih: Float[np.ndarray, "ThreeH E"]
    weight_hh: Float[np.ndarray, "ThreeH H"]
    bias_ih: Float[np.ndarray, " ThreeH"]
    bias_hh: Float[np.ndarray, " ThreeH"]

    @property
    def hidden_size(self) -> int:
        """Number of units (H)."""
        return self.weight_hh.shape[1]


@dataclass(frozen=True)
class GRUStep:
    """Everything one step computes, in the order it computes it."""

    reset_gate: Float[np.ndarray, " H"]
    update_gate: Float[np.ndarray, " H"]
    word_part: Float[np.ndarray, " H"]
    context_part: Float[np.ndarray, " H"]
    candidate: Float[np.ndarray, " H"]
    hidden: Float[np.ndarray, " H"]


def sigmoid(x: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """Squash to [0, 1] without overflow: σ(x) = ½ (1 + tanh(x / 2))."""
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
    """Read one word. A gate that is given is held there, but for units at which it is NaN."""
    from_word = parameters.weight_ih @ embedded + parameters.bias_ih  # (3H,)
    from_state = parameters.weight_hh @ hidden + parameters.bias_hh  # (3H,)
    word_r, word_z, word_part = np.split(from_word, 3)  # (H,) each
    state_r, state_z, state_n = np.split(from_state, 3)  # (H,) each

    r = _held(sigmoid(word_r + state_r), reset_gate)  # (H,)
    z = _held(sigmoid(word_z + state_z), update_gate)  # (H,)
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
    """Read a text from the zero state, word by word.

    Gates may be held as in `gru_step`, at the same values for all words or at each word's own.
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


def _held(
    gate: Float[np.ndarray, " H"], hold: Float[np.ndarray, " H"] | None
) -> Float[np.ndarray, " H"]:
    return gate if hold is None else np.where(np.isnan(hold), gate, hold)
