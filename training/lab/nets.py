"""The nets that the lab compares: embedding → one way to read a sequence → linear head.

They share the embedding. Recurrent layers are as wide as gives them the parameters of the GRU.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import torch
from jaxtyping import Float, Float32, Int
from torch import Tensor, nn

from models.tokenizer import PAD_ID
from training.lab.cell import GatedCell
from training.lab.kinds import CellKind


@dataclass(frozen=True)
class NetKind:
    """How a net reads: with a gated `cell`, or by another `layer`.

    `chrono` draws the bias of the update gate so that the units' memories begin spread evenly over
    the length of a text (Tallec & Ollivier 2018, arXiv 1804.11188).
    """

    cell: CellKind | None = None
    layer: str = "cell"
    chrono: bool = False


GRU, WITHOUT_RESET, ELMAN, LSTM = "GRU", "without reset", "Elman RNN", "LSTM"
WITHOUT_UPDATE, MINIMAL, RELU, BEFORE = "without update", "one gate", "ReLU", "reset before"
AVERAGE, POSITIONS, CHRONO = "average", "average, positions", "GRU, chrono"

NETS: Mapping[str, NetKind] = MappingProxyType(
    {
        GRU: NetKind(CellKind()),
        WITHOUT_RESET: NetKind(CellKind(reset="open")),
        WITHOUT_UPDATE: NetKind(CellKind(update="take")),
        MINIMAL: NetKind(CellKind(reset="coupled")),
        RELU: NetKind(CellKind(activation="relu")),
        BEFORE: NetKind(CellKind(reset_before=True)),
        ELMAN: NetKind(CellKind(reset="open", update="take")),
        LSTM: NetKind(layer="lstm"),
        CHRONO: NetKind(CellKind(), chrono=True),
        AVERAGE: NetKind(layer="average"),
        POSITIONS: NetKind(layer="positions"),
    }
)


class Average(nn.Module):
    """The mean of all vectors so far: what a reader knows who forgets their order."""

    def forward(self, embedded: Float[Tensor, "B T E"]) -> Float[Tensor, "B T E"]:
        """Answer the mean after every token."""
        counts = torch.arange(1, embedded.shape[1] + 1)[:, None]  # (T, 1)
        return embedded.cumsum(dim=1) / counts


class PositionalAverage(nn.Module):
    """The mean of all vectors so far, each dimension weighed by how far back the token is.

    Weights are learned for distances 0, 1, 2 to 3, 4 to 7, and so on, and begin at 1.
    """

    BANDS = 9

    def __init__(self, embedding_size: int) -> None:
        """Begin as the plain average."""
        super().__init__()
        self.weight = nn.Parameter(torch.ones(self.BANDS, embedding_size))

    def forward(self, embedded: Float[Tensor, "B T E"]) -> Float[Tensor, "B T E"]:
        """Answer the weighed mean after every token."""
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
    """PyTorch's LSTM, answering its states alone."""

    def __init__(self, embedding_size: int, hidden_size: int) -> None:
        """Build the layer with PyTorch's default initialisation."""
        super().__init__()
        self.lstm = nn.LSTM(embedding_size, hidden_size, batch_first=True)

    def forward(self, embedded: Float[Tensor, "B T E"]) -> Float[Tensor, "B T H"]:
        """Answer h after every token."""
        hidden: Tensor = self.lstm(embedded)[0]  # (B, T, H)
        return hidden


class Reader(nn.Module):
    """A net of the lab: a logit after every token."""

    def __init__(self, embedding: nn.Embedding, layer: nn.Module, size: int) -> None:
        """Put the parts together; `size` is the length of the layer's states."""
        super().__init__()
        self.embedding, self.layer = embedding, layer
        self.head = nn.Linear(size, 1)

    def forward(self, ids: Int[Tensor, "B T"]) -> Float[Tensor, "B T"]:
        """Answer the logit after every token."""
        return self.logits(self.layer(self.embedding(ids)))

    def logits(self, hidden: Float[Tensor, "*N S"]) -> Float[Tensor, " *N"]:
        """Apply the head to states of any leading shape."""
        logits: Tensor = self.head(hidden).squeeze(-1)  # (*N)
        return logits

    @property
    def cell(self) -> GatedCell:
        """The gated cell. Raises `TypeError` if the net reads in another way."""
        if not isinstance(self.layer, GatedCell):
            raise TypeError(f"A net that reads by {type(self.layer).__name__} has no gated cell.")
        return self.layer

    @property
    def layer_parameters(self) -> int:
        """Count the parameters between embedding and head."""
        return sum(parameter.numel() for parameter in self.layer.parameters())


def build(
    name: str,
    *,
    vocab_size: int,
    embedding_size: int,
    hidden_size: int,
    longest: int,
) -> Reader:
    """Build a net by its name in `NETS`, as wide as a GRU of `hidden_size` has parameters.

    `longest` is the number of tokens over which a chrono initialisation spreads the memories.
    """
    kind = NETS[name]
    embedding = nn.Embedding(vocab_size, embedding_size, padding_idx=PAD_ID)
    if kind.cell is None and kind.layer != "lstm":
        layer = Average() if kind.layer == "average" else PositionalAverage(embedding_size)
        return Reader(embedding, layer, embedding_size)
    size = units_of(name, embedding_size=embedding_size, hidden_size=hidden_size)
    if kind.cell is None:
        return Reader(embedding, LSTMStates(embedding_size, size), size)
    cell = GatedCell(kind.cell, embedding_size=embedding_size, hidden_size=size)
    if kind.chrono:
        _spread_memories(cell, longest=longest)
    return Reader(embedding, cell, size)


def units_of(name: str, *, embedding_size: int, hidden_size: int) -> int:
    """Answer how many units give a recurrent net the parameters of a GRU of `hidden_size`."""
    cell = NETS[name].cell
    blocks = 4 if cell is None else cell.gates + 1
    return matched_size(blocks, embedding_size=embedding_size, hidden_size=hidden_size)


def matched_size(blocks: int, *, embedding_size: int, hidden_size: int) -> int:
    """Answer the units that give `blocks` blocks the parameters of a GRU's three, most nearly."""

    def parameters(units: int, of: int) -> int:
        return of * units * (embedding_size + units + 2)

    wanted = parameters(hidden_size, 3)
    candidates = range(1, 3 * (hidden_size + embedding_size) + 1)
    return min(candidates, key=lambda units: abs(parameters(units, blocks) - wanted))


def set_vectors(reader: Reader, vectors: Float32[np.ndarray, "V E"]) -> None:
    """Start a net from word vectors."""
    with torch.no_grad():
        reader.embedding.weight.copy_(torch.from_numpy(vectors))


def _spread_memories(cell: GatedCell, *, longest: int) -> None:
    """Draw b_iz = log u with u even over [1, longest − 1], and put b_hz at 0."""
    rows = cell.block("update")
    with torch.no_grad():
        cell.bias_ih[rows] = cell.bias_ih[rows].uniform_(1, max(longest - 1, 2)).log()
        cell.bias_hh[rows] = 0
