"""One gated cell with switches: the GRU, and GRUs in which a part is removed or moved.

    r_t = σ(W_ir x_t + b_ir + W_hr h_{t-1} + b_hr)     or 1, or 1 − z_t
    z_t = σ(W_iz x_t + b_iz + W_hz h_{t-1} + b_hz)     or 0
    n_t = φ(W_in x_t + b_in + r_t ⊙ (W_hn h_{t-1} + b_hn))     φ is tanh or ReLU
       or φ(W_in x_t + b_in + W_hn (r_t ⊙ h_{t-1}) + b_hn)     with reset_after=False
    h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t-1}

`GatedCell.step` is the readable form and exposes all intermediate values. `GatedCell.forward`
computes the same states with `training/nets/recurrence.py`.
"""

from typing import Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gatewise.training.nets.recurrence import CellVariant, run_variant


class CellStep(NamedTuple):
    """All values of one step. φ is applied to `word_part + context_part`."""

    reset_gate: Float[Tensor, "B H"]
    update_gate: Float[Tensor, "B H"]
    word_part: Float[Tensor, "B H"]
    context_part: Float[Tensor, "B H"]
    candidate: Float[Tensor, "B H"]
    hidden: Float[Tensor, "B H"]


class GatedCell(nn.Module):
    """A recurrent layer of one variant.

    The parameters are those of `torch.nn.GRU`, without the blocks of H rows of the gates that are
    constant. They are initialised in the same way.
    """

    def __init__(self, variant: CellVariant, *, embedding_size: int, hidden_size: int) -> None:
        """Draw the weights uniformly from ±1/√H."""
        super().__init__()
        self.variant, self.hidden_size = variant, hidden_size
        rows, bound = (variant.num_gates + 1) * hidden_size, hidden_size**-0.5
        self.weight_ih = nn.Parameter(torch.empty(rows, embedding_size).uniform_(-bound, bound))
        self.weight_hh = nn.Parameter(torch.empty(rows, hidden_size).uniform_(-bound, bound))
        self.bias_ih = nn.Parameter(torch.empty(rows).uniform_(-bound, bound))
        self.bias_hh = nn.Parameter(torch.empty(rows).uniform_(-bound, bound))

    def block(self, name: Literal["reset", "update", "candidate"]) -> slice:
        """Return the rows of a gate or of the candidate in the weights.

        Raises:
            KeyError: The gate is constant and has no weights.
        """
        blocks = ["reset"] * (self.variant.reset == "learned")
        blocks += ["update"] * (self.variant.update == "learned") + ["candidate"]
        if name not in blocks:
            raise KeyError(f"A cell of {self.variant} has no weights for {name}.")
        start = blocks.index(name) * self.hidden_size
        return slice(start, start + self.hidden_size)

    def step(self, embedded: Float[Tensor, "B E"], hidden: Float[Tensor, "B H"]) -> CellStep:
        """Compute one step for one token of every text."""
        variant, candidate = self.variant, self.block("candidate")
        word = nn.functional.linear(embedded, self.weight_ih, self.bias_ih)  # (B, kH)
        ones = torch.ones_like(hidden)  # (B, H)

        update = variant.update == "learned"
        z = self._gate("update", word, hidden) if update else 0 * ones  # (B, H)
        if variant.reset == "learned":
            r = self._gate("reset", word, hidden)  # (B, H)
        else:
            r = 1 - z if variant.reset == "coupled" else ones  # (B, H)

        weight, bias = self.weight_hh[candidate], self.bias_hh[candidate]  # (H, H), (H,)
        if variant.reset_after:
            context_part = r * nn.functional.linear(hidden, weight, bias)  # (B, H)
        else:
            context_part = nn.functional.linear(r * hidden, weight, bias)  # (B, H)
        word_part = word[:, candidate]  # (B, H)
        activation = torch.tanh if variant.activation == "tanh" else torch.relu
        n = activation(word_part + context_part)  # (B, H)
        h = (1 - z) * n + z * hidden  # (B, H)
        return CellStep(r, z, word_part, context_part, n, h)

    def steps(self, embedded: Float[Tensor, "B T E"]) -> list[CellStep]:
        """Compute all steps from the zero state, with their intermediate values."""
        hidden = embedded.new_zeros(len(embedded), self.hidden_size)  # (B, H)
        steps = []
        for word in embedded.unbind(dim=1):
            steps.append(self.step(word, hidden))
            hidden = steps[-1].hidden
        return steps

    def forward(self, embedded: Float[Tensor, "B T E"]) -> Float[Tensor, "B T H"]:
        """Return the states, computed by the fused recurrence."""
        from_word = nn.functional.linear(embedded.transpose(0, 1), self.weight_ih, self.bias_ih)
        hidden, _ = run_variant(self.variant, from_word, self.weight_hh, self.bias_hh)  # (T, B, H)
        return hidden.transpose(0, 1)

    def _gate(
        self, name: Literal["reset", "update"], word: Tensor, hidden: Tensor
    ) -> Float[Tensor, "B H"]:
        rows = self.block(name)
        state = nn.functional.linear(hidden, self.weight_hh[rows], self.bias_hh[rows])  # (B, H)
        return torch.sigmoid(word[:, rows] + state)
