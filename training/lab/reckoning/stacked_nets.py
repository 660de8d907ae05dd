"""Several nets of one architecture that are trained at the same time, one for each seed.

Small nets spend their time on the overhead of each operation. Here every operation is one batched
product over all nets, which have no parameter in common: each is trained as it would be alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from gatewise.training.lab.nets.architectures import ARCHITECTURES, LSTMStates, units_of
from gatewise.training.lab.nets.cell import GatedCell
from gatewise.training.lab.reckoning.task import INPUTS
from gatewise.training.nets.recurrence import CellVariant

_OUTPUTS = 2


class Step(NamedTuple):
    """The gates and the new state of one step. A gate that a net lacks has its constant value."""

    reset_gate: Float[Tensor, "S B H"]
    update_gate: Float[Tensor, "S B H"]
    hidden: Float[Tensor, "S B H"]


@dataclass(frozen=True)
class Hold:
    """A gate that is set to given values at some steps.

    Attributes:
        gate: The gate.
        value: The value of each unit of each net.
        steps: The steps at which it is set.
    """

    gate: Literal["reset", "update"]
    value: Float[Tensor, "S 1 H"]
    steps: Bool[Tensor, "S B T"]

    def apply(self, gate: str, values: Tensor, step: int) -> Tensor:
        """Return the values of a gate at a step, which this may set."""
        if gate != self.gate:
            return values
        return torch.where(self.steps[:, :, step, None], self.value, values)  # (S, B, H)


class StackedNets(nn.Module):
    """Nets of one architecture with a linear head of two outputs, one net for each seed.

    The parameters of net `s` are those of a `GatedCell`, or of an LSTM, that is built with its
    seed.
    """

    def __init__(self, name: str, *, hidden_size: int, seeds: Sequence[int]) -> None:
        """Build untrained nets.

        Args:
            name: Name in `ARCHITECTURES` of a recurrent net.
            hidden_size: Units of the GRU whose number of parameters each net matches.
            seeds: Seed of the initial weights of each net.
        """
        super().__init__()
        self.variant = ARCHITECTURES[name].cell
        self.units = units_of(name, embedding_size=INPUTS, hidden_size=hidden_size)
        nets = [_layer_and_head(self.variant, self.units, seed) for seed in seeds]

        def stack(read: Callable[[nn.Module, nn.Linear], Tensor]) -> nn.Parameter:
            return nn.Parameter(torch.stack([read(*net).detach() for net in nets]))

        self.weight_ih = stack(lambda layer, _: _weights(layer)["weight_ih"])  # (S, kH, 6)
        self.weight_hh = stack(lambda layer, _: _weights(layer)["weight_hh"])  # (S, kH, H)
        self.bias_ih = stack(lambda layer, _: _weights(layer)["bias_ih"])  # (S, kH)
        self.bias_hh = stack(lambda layer, _: _weights(layer)["bias_hh"])  # (S, kH)
        self.head_weight = stack(lambda _, head: head.weight)  # (S, 2, H)
        self.head_bias = stack(lambda _, head: head.bias)  # (S, 2)

    @property
    def parameters_of_layer(self) -> int:
        """Number of parameters of one recurrent layer, without the head."""
        stacked = (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        return sum(parameter[0].numel() for parameter in stacked)

    def forward(self, inputs: Float[Tensor, "S B T 6"]) -> Float[Tensor, "S B T 2"]:
        """Return the outputs of every net after every step."""
        return self.outputs([step.hidden for step in self.steps(inputs)])

    def outputs(self, states: Sequence[Float[Tensor, "S B H"]]) -> Float[Tensor, "S B T 2"]:
        """Apply the heads to the states of all steps."""
        hidden = torch.stack(list(states), dim=2)  # (S, B, T, H)
        product = torch.einsum("sbth,soh->sbto", hidden, self.head_weight)  # (S, B, T, 2)
        return product + self.head_bias[:, None, None]

    def steps(self, inputs: Float[Tensor, "S B T 6"], hold: Hold | None = None) -> list[Step]:
        """Compute all steps from the zero state.

        Args:
            inputs: The inputs of every net.
            hold: A gate to set at some steps.
        """
        from_input = torch.einsum("sbti,sri->tsbr", inputs, self.weight_ih)  # (T, S, B, kH)
        from_input = from_input + self.bias_ih[:, None]  # (T, S, B, kH)
        if self.variant is None:
            return self._lstm_steps(from_input)
        hidden = from_input.new_zeros(*from_input.shape[1:3], self.units)  # (S, B, H)
        steps: list[Step] = []
        for number, word in enumerate(from_input):
            steps.append(self._step(self.variant, word, hidden, hold, number))
            hidden = steps[-1].hidden
        return steps

    def _step(
        self, variant: CellVariant, word: Tensor, hidden: Tensor, hold: Hold | None, number: int
    ) -> Step:
        rows = variant.num_gates * self.units
        gates = torch.sigmoid(word[..., :rows] + self._from_state(hidden, 0, rows))  # (S, B, GH)
        reset, update = variant.split(gates)
        ones = torch.ones_like(hidden)  # (S, B, H)
        z = 0 * ones if update is None else update  # (S, B, H)
        constant = 1 - z if variant.reset == "coupled" else ones  # (S, B, H)
        r = constant if reset is None else reset  # (S, B, H)
        if hold is not None:
            r, z = hold.apply("reset", r, number), hold.apply("update", z, number)
        if variant.reset_after:
            context = r * self._from_state(hidden, rows, rows + self.units)  # (S, B, H)
        else:
            context = self._from_state(r * hidden, rows, rows + self.units)  # (S, B, H)
        candidate = torch.tanh(word[..., rows:] + context)  # (S, B, H)
        return Step(r, z, candidate + z * (hidden - candidate))

    def _lstm_steps(self, from_input: Float[Tensor, "T S B kH"]) -> list[Step]:
        """The states of LSTMs. They have neither of the gates, which are returned as NaN."""
        hidden = from_input.new_zeros(*from_input.shape[1:3], self.units)  # (S, B, H)
        cell, missing = torch.zeros_like(hidden), torch.full_like(hidden, torch.nan)
        steps: list[Step] = []
        for word in from_input:
            rows = word + self._from_state(hidden, 0, 4 * self.units)  # (S, B, 4H)
            write, keep, content, show = rows.chunk(4, dim=-1)
            cell = torch.sigmoid(keep) * cell + torch.sigmoid(write) * torch.tanh(content)
            hidden = torch.sigmoid(show) * torch.tanh(cell)  # (S, B, H)
            steps.append(Step(missing, missing, hidden))
        return steps

    def _from_state(self, hidden: Tensor, first: int, last: int) -> Tensor:
        """Multiply states by a block of rows of the recurrent weights, and add the bias."""
        weight = self.weight_hh[:, first:last].transpose(1, 2)  # (S, H, R)
        return torch.baddbmm(self.bias_hh[:, None, first:last], hidden, weight)  # (S, B, R)


def _layer_and_head(
    variant: CellVariant | None, units: int, seed: int
) -> tuple[nn.Module, nn.Linear]:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        layer = (
            LSTMStates(INPUTS, units)
            if variant is None
            else GatedCell(variant, embedding_size=INPUTS, hidden_size=units)
        )
        return layer, nn.Linear(units, _OUTPUTS)


def _weights(layer: nn.Module) -> dict[str, Tensor]:
    """Return the four parameters of a recurrent layer by the names that a `GatedCell` has."""
    named = layer.lstm.named_parameters() if isinstance(layer, LSTMStates) else None
    if named is None:
        return dict(layer.named_parameters())
    return {name.removesuffix("_l0"): parameter for name, parameter in named}
