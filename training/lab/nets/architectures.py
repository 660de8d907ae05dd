"""The architectures that the lab compares: embedding → sequence layer → linear head.

Recurrent layers get as many units as bring their number of parameters closest to the GRU's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import torch
from jaxtyping import Float, Float32, Int
from torch import Tensor, nn

from gatewise.models.tokenizer import PAD_ID
from gatewise.training.lab.nets.cell import GatedCell
from gatewise.training.nets.recurrence import CellVariant


@dataclass(frozen=True)
class Architecture:
    """The sequence layer of a net.

    Attributes:
        cell: Variant of the gated cell, or None for another `layer`.
        layer: `cell`, `lstm`, `average` or `positions`.
        chrono: Whether the bias of the update gate is initialised so that the memory lengths of
            the units are spread evenly over the length of a text (Tallec & Ollivier 2018,
            arXiv 1804.11188).
    """

    cell: CellVariant | None = None
    layer: str = "cell"
    chrono: bool = False


GRU, WITHOUT_RESET, ELMAN, LSTM = "GRU", "without reset", "Elman RNN", "LSTM"
WITHOUT_UPDATE, MINIMAL, RELU, BEFORE = "without update", "one gate", "ReLU", "reset before"
AVERAGE, POSITIONS, CHRONO = "average", "average, positions", "GRU, chrono"

ARCHITECTURES: Mapping[str, Architecture] = MappingProxyType(
    {
        GRU: Architecture(CellVariant()),
        WITHOUT_RESET: Architecture(CellVariant(reset="open")),
        WITHOUT_UPDATE: Architecture(CellVariant(update="zero")),
        MINIMAL: Architecture(CellVariant(reset="coupled")),
        RELU: Architecture(CellVariant(activation="relu")),
        BEFORE: Architecture(CellVariant(reset_after=False)),
        ELMAN: Architecture(CellVariant(reset="open", update="zero")),
        LSTM: Architecture(layer="lstm"),
        CHRONO: Architecture(CellVariant(), chrono=True),
        AVERAGE: Architecture(layer="average"),
        POSITIONS: Architecture(layer="positions"),
    }
)


class Average(nn.Module):
    """The mean of all word vectors so far, which does not depend on their order."""

    def forward(self, embedded: Float[Tensor, "B T E"]) -> Float[Tensor, "B T E"]:
        """Return the mean after every token."""
        counts = torch.arange(1, embedded.shape[1] + 1)[:, None]  # (T, 1)
        return embedded.cumsum(dim=1) / counts


class PositionalAverage(nn.Module):
    """The mean of all word vectors so far, weighted by dimension and by distance from the end.

    There is one learned weight for each of the distances 0, 1, 2 to 3, 4 to 7 and so on, initially
    1, so that the layer starts as the plain average.
    """

    BANDS = 9

    def __init__(self, embedding_size: int) -> None:
        """Initialise all weights with 1."""
        super().__init__()
        self.weight = nn.Parameter(torch.ones(self.BANDS, embedding_size))

    def forward(self, embedded: Float[Tensor, "B T E"]) -> Float[Tensor, "B T E"]:
        """Return the weighted mean after every token."""
        steps = embedded.shape[1]
        sums = nn.functional.pad(embedded.cumsum(dim=1), (0, 0, 1, 0))  # (B, T + 1, E)
        ends = torch.arange(1, steps + 1)  # (T,)
        total = torch.zeros_like(embedded)  # (B, T, E)
        for band, weight in enumerate(self.weight):
            nearest = 2 ** (band - 1) if band else 0
            last = band == self.BANDS - 1
            newer = (ends - nearest).clamp(min=0)  # (T,)
            older = torch.zeros_like(ends) if last else (ends - 2**band).clamp(min=0)  # (T,)
            total = total + weight * (sums[:, newer] - sums[:, older])  # (B, T, E)
        return total / ends[:, None]


class LSTMStates(nn.Module):
    """PyTorch's LSTM, reduced to its output states."""

    def __init__(self, embedding_size: int, hidden_size: int) -> None:
        """Build the layer with PyTorch's default initialisation."""
        super().__init__()
        self.lstm = nn.LSTM(embedding_size, hidden_size, batch_first=True)

    def forward(self, embedded: Float[Tensor, "B T E"]) -> Float[Tensor, "B T H"]:
        """Return h after every token."""
        hidden: Tensor = self.lstm(embedded)[0]  # (B, T, H)
        return hidden


class LabNet(nn.Module):
    """A net of the lab, which computes a logit after every token."""

    def __init__(self, embedding: nn.Embedding, layer: nn.Module, state_size: int) -> None:
        """Add a linear head for states of `state_size` numbers."""
        super().__init__()
        self.embedding, self.layer = embedding, layer
        self.head = nn.Linear(state_size, 1)

    def forward(self, ids: Int[Tensor, "B T"]) -> Float[Tensor, "B T"]:
        """Return the logit after every token."""
        return self.logits(self.layer(self.embedding(ids)))

    def logits(self, hidden: Float[Tensor, "*N S"]) -> Float[Tensor, " *N"]:
        """Apply the head to states with any leading dimensions."""
        logits: Tensor = self.head(hidden).squeeze(-1)  # (*N)
        return logits

    @property
    def cell(self) -> GatedCell:
        """The gated cell. Raises `TypeError` if the net has another layer."""
        if not isinstance(self.layer, GatedCell):
            raise TypeError(f"A net with the layer {type(self.layer).__name__} has no gated cell.")
        return self.layer

    @property
    def layer_parameters(self) -> int:
        """Number of parameters between embedding and head."""
        return sum(parameter.numel() for parameter in self.layer.parameters())


def build(
    name: str,
    *,
    vocab_size: int,
    embedding_size: int,
    hidden_size: int,
    longest: int,
) -> LabNet:
    """Build an untrained net.

    Args:
        name: Name in `ARCHITECTURES`.
        vocab_size: Number of words V.
        embedding_size: Length of a word vector E.
        hidden_size: Units of the GRU whose number of parameters the net matches.
        longest: Number of tokens over which a chrono initialisation spreads the memory lengths.
    """
    architecture = ARCHITECTURES[name]
    embedding = nn.Embedding(vocab_size, embedding_size, padding_idx=PAD_ID)
    if architecture.layer in {"average", "positions"}:
        average = architecture.layer == "average"
        layer = Average() if average else PositionalAverage(embedding_size)
        return LabNet(embedding, layer, embedding_size)
    size = units_of(name, embedding_size=embedding_size, hidden_size=hidden_size)
    if architecture.cell is None:
        return LabNet(embedding, LSTMStates(embedding_size, size), size)
    cell = GatedCell(architecture.cell, embedding_size=embedding_size, hidden_size=size)
    if architecture.chrono:
        _initialise_chrono(cell, longest=longest)
    return LabNet(embedding, cell, size)


def units_of(name: str, *, embedding_size: int, hidden_size: int) -> int:
    """Return the units with which a recurrent net matches a GRU of `hidden_size` units."""
    cell = ARCHITECTURES[name].cell
    blocks = 4 if cell is None else cell.num_gates + 1
    return matched_size(blocks, embedding_size=embedding_size, hidden_size=hidden_size)


def matched_size(blocks: int, *, embedding_size: int, hidden_size: int) -> int:
    """Return the units for which `blocks` blocks have the parameters of a GRU's three blocks.

    Of all numbers of units, this is the one with the smallest difference.
    """

    def parameters(units: int, of: int) -> int:
        return of * units * (embedding_size + units + 2)

    target = parameters(hidden_size, 3)
    candidates = range(1, 3 * (hidden_size + embedding_size) + 1)
    return min(candidates, key=lambda units: abs(parameters(units, blocks) - target))


def set_vectors(net: LabNet, vectors: Float32[np.ndarray, "V E"]) -> None:
    """Copy word vectors into the embedding."""
    with torch.no_grad():
        net.embedding.weight.copy_(torch.from_numpy(vectors))


def _initialise_chrono(cell: GatedCell, *, longest: int) -> None:
    """Set b_iz = log u with u uniform on [1, longest − 1], and b_hz = 0."""
    rows = cell.block("update")
    with torch.no_grad():
        cell.bias_ih[rows] = cell.bias_ih[rows].uniform_(1, max(longest - 1, 2)).log()
        cell.bias_hh[rows] = 0
