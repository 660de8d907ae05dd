"""The generic cell: in the limiting cases it is a cell that others have written."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from training.lab.cell import GatedCell
from training.lab.fused import run_fused
from training.lab.kinds import CellKind

KINDS = {
    "gru": CellKind(),
    "no reset": CellKind(reset="open"),
    "no update": CellKind(update="take"),
    "minimal": CellKind(reset="coupled"),
    "relu": CellKind(activation="relu"),
    "reset before": CellKind(reset_before=True),
    "minimal, reset before": CellKind(reset="coupled", reset_before=True),
    "no update, reset before": CellKind(update="take", reset_before=True),
    "elman": CellKind(reset="open", update="take"),
    "elman relu": CellKind(reset="open", update="take", activation="relu"),
}
kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
sizes = given(
    batch=st.integers(1, 4),
    steps=st.integers(1, 9),
    embedding_size=st.integers(1, 5),
    hidden_size=st.integers(1, 6),
    seed=st.integers(0, 1000),
)


def make(
    kind: CellKind, *, batch: int, steps: int, embedding_size: int, hidden_size: int, seed: int
) -> tuple[GatedCell, Tensor]:
    torch.manual_seed(seed)
    cell = GatedCell(kind, embedding_size=embedding_size, hidden_size=hidden_size).double()
    embedded = torch.randn(batch, steps, embedding_size, dtype=torch.float64, requires_grad=True)
    return cell, embedded


@sizes
def test_with_both_gates_it_is_torch_gru(**size: int) -> None:
    cell, embedded = make(CellKind(), **size)
    gru = nn.GRU(size["embedding_size"], size["hidden_size"], batch_first=True, dtype=torch.float64)
    gru.load_state_dict({f"{name}_l0": value for name, value in cell.state_dict().items()})
    torch.testing.assert_close(cell(embedded), gru(embedded)[0])


@sizes
def test_with_neither_gate_it_is_torch_rnn(**size: int) -> None:
    cell, embedded = make(CellKind(reset="open", update="take"), **size)
    rnn = nn.RNN(size["embedding_size"], size["hidden_size"], batch_first=True, dtype=torch.float64)
    rnn.load_state_dict({f"{name}_l0": value for name, value in cell.state_dict().items()})
    torch.testing.assert_close(cell(embedded), rnn(embedded)[0])


@sizes
def test_a_gru_with_its_reset_gates_forced_open_is_the_cell_without_them(**size: int) -> None:
    gru, embedded = make(CellKind(), **size)
    bare = GatedCell(
        CellKind(reset="open"),
        embedding_size=size["embedding_size"],
        hidden_size=size["hidden_size"],
    ).double()
    bare.load_state_dict(
        {name: value[size["hidden_size"] :] for name, value in gru.state_dict().items()}
    )
    force(gru, "reset", 1e4)
    torch.testing.assert_close(gru(embedded), bare(embedded))


@sizes
def test_a_gru_with_its_update_gates_forced_to_0_is_the_cell_without_them(**size: int) -> None:
    gru, embedded = make(CellKind(), **size)
    bare = GatedCell(
        CellKind(update="take"),
        embedding_size=size["embedding_size"],
        hidden_size=size["hidden_size"],
    ).double()
    rows = [*range(size["hidden_size"]), *range(2 * size["hidden_size"], 3 * size["hidden_size"])]
    bare.load_state_dict({name: value[rows] for name, value in gru.state_dict().items()})
    force(gru, "update", -1e4)
    torch.testing.assert_close(gru(embedded), bare(embedded))


@sizes
def test_with_the_reset_before_the_product_it_is_the_cell_of_keras(**size: int) -> None:
    cell, embedded = make(CellKind(reset_before=True), **size)
    nn.init.zeros_(cell.bias_hh)  # Keras has one bias where reset_after is false
    torch.testing.assert_close(cell(embedded), keras_gru(cell, embedded))


@sizes
def test_with_a_coupled_gate_it_is_the_minimal_gated_unit(**size: int) -> None:
    cell, embedded = make(CellKind(reset="coupled", reset_before=True), **size)
    torch.testing.assert_close(cell(embedded), minimal_gated_unit(cell, embedded))


@kinds
@sizes
def test_the_fast_states_are_the_readable_ones(kind: CellKind, **size: int) -> None:
    cell, embedded = make(kind, **size)
    expected = torch.stack([step.hidden for step in cell.steps(embedded)], dim=1)
    torch.testing.assert_close(cell(embedded), expected)


@kinds
@sizes
def test_the_fast_gradient_is_that_of_the_readable_steps(kind: CellKind, **size: int) -> None:
    cell, embedded = make(kind, **size)
    slow = torch.stack([step.hidden for step in cell.steps(embedded)], dim=1)
    fast = cell(embedded)
    upstream = torch.randn_like(slow)
    inputs = [embedded, *cell.parameters()]
    for mine, theirs in zip(
        torch.autograd.grad(fast, inputs, upstream),
        torch.autograd.grad(slow, inputs, upstream),
        strict=True,
    ):
        torch.testing.assert_close(mine, theirs)


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS.values() if kind.activation == "tanh"], ids=str
)
def test_the_fast_gradient_equals_finite_differences(kind: CellKind) -> None:
    torch.manual_seed(0)
    rows = 3 * (kind.gates + 1)
    inputs = [
        torch.randn(shape, dtype=torch.float64, requires_grad=True)
        for shape in ((4, 2, rows), (rows, 3), (rows,))
    ]
    assert torch.autograd.gradcheck(lambda *varied: run_fused(kind, *varied), inputs)


@kinds
def test_every_gate_and_its_weights_are_there_only_if_learned(kind: CellKind) -> None:
    cell = GatedCell(kind, embedding_size=3, hidden_size=4)
    assert len(cell.weight_ih) == 4 * (kind.gates + 1)
    for name in ("reset", "update"):
        if getattr(kind, name) == "learned":
            assert cell.block(name).stop <= 4 * kind.gates
        else:
            with pytest.raises(KeyError, match=name):
                cell.block(name)


def test_a_reset_gate_cannot_be_coupled_to_no_update_gate() -> None:
    with pytest.raises(ValueError, match="coupled"):
        CellKind(reset="coupled", update="take")


def force(cell: GatedCell, gate: str, bias: float) -> None:
    """Saturate a gate by its bias."""
    with torch.no_grad():
        cell.bias_ih[cell.block(gate)] = bias  # type: ignore[arg-type]


def keras_gru(cell: GatedCell, embedded: Tensor) -> Tensor:
    """Keras' GRU(reset_after=False), written from its documentation: one bias, r ⊙ h first."""
    hidden = torch.zeros(len(embedded), cell.hidden_size, dtype=torch.float64)
    (w_r, w_z, w_n), (u_r, u_z, u_n) = cell.weight_ih.chunk(3), cell.weight_hh.chunk(3)
    b_r, b_z, b_n = cell.bias_ih.chunk(3)
    states = []
    for x in embedded.unbind(dim=1):
        z = torch.sigmoid(x @ w_z.T + hidden @ u_z.T + b_z)
        r = torch.sigmoid(x @ w_r.T + hidden @ u_r.T + b_r)
        candidate = torch.tanh(x @ w_n.T + (r * hidden) @ u_n.T + b_n)
        hidden = z * hidden + (1 - z) * candidate
        states.append(hidden)
    return torch.stack(states, dim=1)


def minimal_gated_unit(cell: GatedCell, embedded: Tensor) -> Tensor:
    """Zhou et al. 2016, equations 6: one forget gate f, which takes where it forgets."""
    hidden = torch.zeros(len(embedded), cell.hidden_size, dtype=torch.float64)
    (w_z, w_h), (u_z, u_h) = cell.weight_ih.chunk(2), cell.weight_hh.chunk(2)
    b_z, b_h = (cell.bias_ih + cell.bias_hh).chunk(2)
    states = []
    for x in embedded.unbind(dim=1):
        f = torch.sigmoid(-(x @ w_z.T + hidden @ u_z.T + b_z))  # f = 1 − z
        candidate = torch.tanh(x @ w_h.T + (f * hidden) @ u_h.T + b_h)
        hidden = (1 - f) * hidden + f * candidate
        states.append(hidden)
    return torch.stack(states, dim=1)
