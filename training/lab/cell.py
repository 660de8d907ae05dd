"""One gated cell with switches: the GRU, and every cell that is a GRU with something left out.

    r_t = σ(W_ir x_t + b_ir + W_hr h_{t-1} + b_hr)     or 1, or 1 − z_t
    z_t = σ(W_iz x_t + b_iz + W_hz h_{t-1} + b_hz)     or 0
    n_t = φ(W_in x_t + b_in + r_t ⊙ (W_hn h_{t-1} + b_hn))     φ is tanh or ReLU
       or φ(W_in x_t + b_in + W_hn (r_t ⊙ h_{t-1}) + b_hn)     the reset before the product
    h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t-1}

This file is the readable form, one step at a time. `fused.py` has the same states, for training.
"""

from typing import Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from training.lab.fused import run_fused
from training.lab.kinds import CellKind


class CellStep(NamedTuple):
    """Everything one step computes. `word_part` and `context_part` add up inside φ."""

    reset_gate: Float[Tensor, "B H"]
    update_gate: Float[Tensor, "B H"]
    word_part: Float[Tensor, "B H"]
    context_part: Float[Tensor, "B H"]
    candidate: Float[Tensor, "B H"]
    hidden: Float[Tensor, "B H"]


class GatedCell(nn.Module):
    """A recurrent layer of one kind.

    Its parameters are those of `torch.nn.GRU`, less the blocks of H rows of gates that it does
    not have, and so is their initialisation.
    """

    def __init__(self, kind: CellKind, *, embedding_size: int, hidden_size: int) -> None:
        """Draw the weights evenly between ± 1/√H."""
        super().__init__()
        self.kind, self.hidden_size = kind, hidden_size
        rows, bound = (kind.gates + 1) * hidden_size, hidden_size**-0.5
        self.weight_ih = nn.Parameter(torch.empty(rows, embedding_size).uniform_(-bound, bound))
        self.weight_hh = nn.Parameter(torch.empty(rows, hidden_size).uniform_(-bound, bound))
        self.bias_ih = nn.Parameter(torch.empty(rows).uniform_(-bound, bound))
        self.bias_hh = nn.Parameter(torch.empty(rows).uniform_(-bound, bound))

    def block(self, name: Literal["reset", "update", "candidate"]) -> slice:
        """Answer the rows of a gate's, or the candidate's, weights. Raises `KeyError`."""
        blocks = ["reset"] * (self.kind.reset == "learned")
        blocks += ["update"] * (self.kind.update == "learned") + ["candidate"]
        if name not in blocks:
            raise KeyError(f"A cell of {self.kind} has no weights for {name}.")
        start = blocks.index(name) * self.hidden_size
        return slice(start, start + self.hidden_size)

    def step(self, embedded: Float[Tensor, "B E"], hidden: Float[Tensor, "B H"]) -> CellStep:
        """Read one word of every text."""
        kind, candidate = self.kind, self.block("candidate")
        word = nn.functional.linear(embedded, self.weight_ih, self.bias_ih)  # (B, kH)
        ones = torch.ones_like(hidden)  # (B, H)

        z = self._gate("update", word, hidden) if kind.update == "learned" else 0 * ones  # (B, H)
        if kind.reset == "learned":
            r = self._gate("reset", word, hidden)  # (B, H)
        else:
            r = 1 - z if kind.reset == "coupled" else ones  # (B, H)

        weight, bias = self.weight_hh[candidate], self.bias_hh[candidate]  # (H, H), (H,)
        if kind.reset_before:
            context_part = nn.functional.linear(r * hidden, weight, bias)  # (B, H)
        else:
            context_part = r * nn.functional.linear(hidden, weight, bias)  # (B, H)
        word_part = word[:, candidate]  # (B, H)
        activation = torch.tanh if kind.activation == "tanh" else torch.relu
        n = activation(word_part + context_part)  # (B, H)
        h = (1 - z) * n + z * hidden  # (B, H)
        return CellStep(r, z, word_part, context_part, n, h)

    def steps(self, embedded: Float[Tensor, "B T E"]) -> list[CellStep]:
        """Read texts from the zero state, word by word, keeping all that is computed."""
        hidden = embedded.new_zeros(len(embedded), self.hidden_size)  # (B, H)
        steps = []
        for word in embedded.unbind(dim=1):
            steps.append(self.step(word, hidden))
            hidden = steps[-1].hidden
        return steps

    def forward(self, embedded: Float[Tensor, "B T E"]) -> Float[Tensor, "B T H"]:
        """Answer the states alone, fast."""
        from_word = nn.functional.linear(embedded.transpose(0, 1), self.weight_ih, self.bias_ih)
        return run_fused(self.kind, from_word, self.weight_hh, self.bias_hh).transpose(0, 1)

    def _gate(
        self, name: Literal["reset", "update"], word: Tensor, hidden: Tensor
    ) -> Float[Tensor, "B H"]:
        rows = self.block(name)
        state = nn.functional.linear(hidden, self.weight_hh[rows], self.bias_hh[rows])  # (B, H)
        return torch.sigmoid(word[:, rows] + state)
