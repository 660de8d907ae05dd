"""The gated cell: its variants equal known cells, and its fused form equals its readable form."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from gatewise.training.lab.nets.cell import GatedCell
from gatewise.training.nets.recurrence import CellVariant, run_variant

VARIANTS = {
    "gru": CellVariant(),
    "no reset": CellVariant(reset="open"),
    "no update": CellVariant(update="zero"),
    "minimal": CellVariant(reset="coupled"),
    "relu": CellVariant(activation="relu"),
    "reset before": CellVariant(reset_after=False),
    "minimal, reset before": CellVariant(reset="coupled", reset_after=False),
    "no update, reset before": CellVariant(update="zero", reset_after=False),
    "elman": CellVariant(reset="open", update="zero"),
    "elman relu": CellVariant(reset="open", update="zero", activation="relu"),
}
variants = pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS.keys())
sizes = given(
    batch=st.integers(1, 4),
    steps=st.integers(1, 9),
    embedding_size=st.integers(1, 5),
    hidden_size=st.integers(1, 6),
    seed=st.integers(0, 1000),
)


def make(
    variant: CellVariant,
    *,
    batch: int,
    steps: int,
    embedding_size: int,
    hidden_size: int,
    seed: int,
) -> tuple[GatedCell, Tensor]:
    torch.manual_seed(seed)
    cell = GatedCell(variant, embedding_size=embedding_size, hidden_size=hidden_size).double()
    embedded = torch.randn(batch, steps, embedding_size, dtype=torch.float64, requires_grad=True)
    return cell, embedded


@sizes
def test_the_default_variant_is_torch_gru(**size: int) -> None:
    cell, embedded = make(CellVariant(), **size)
    gru = nn.GRU(size["embedding_size"], size["hidden_size"], batch_first=True, dtype=torch.float64)
    gru.load_state_dict({f"{name}_l0": value for name, value in cell.state_dict().items()})
    torch.testing.assert_close(cell(embedded), gru(embedded)[0])


@sizes
def test_a_cell_without_gates_is_torch_rnn(**size: int) -> None:
    cell, embedded = make(CellVariant(reset="open", update="zero"), **size)
    rnn = nn.RNN(size["embedding_size"], size["hidden_size"], batch_first=True, dtype=torch.float64)
    rnn.load_state_dict({f"{name}_l0": value for name, value in cell.state_dict().items()})
    torch.testing.assert_close(cell(embedded), rnn(embedded)[0])


@sizes
def test_saturated_reset_gates_equal_the_variant_without_them(**size: int) -> None:
    gru, embedded = make(CellVariant(), **size)
    bare = GatedCell(
        CellVariant(reset="open"),
        embedding_size=size["embedding_size"],
        hidden_size=size["hidden_size"],
    ).double()
    bare.load_state_dict(
        {name: value[size["hidden_size"] :] for name, value in gru.state_dict().items()}
    )
    force(gru, "reset", 1e4)
    torch.testing.assert_close(gru(embedded), bare(embedded))


@sizes
def test_zero_update_gates_equal_the_variant_without_them(**size: int) -> None:
    gru, embedded = make(CellVariant(), **size)
    bare = GatedCell(
        CellVariant(update="zero"),
        embedding_size=size["embedding_size"],
        hidden_size=size["hidden_size"],
    ).double()
    rows = [*range(size["hidden_size"]), *range(2 * size["hidden_size"], 3 * size["hidden_size"])]
    bare.load_state_dict({name: value[rows] for name, value in gru.state_dict().items()})
    force(gru, "update", -1e4)
    torch.testing.assert_close(gru(embedded), bare(embedded))


@sizes
def test_reset_before_the_product_is_the_cell_of_keras(**size: int) -> None:
    cell, embedded = make(CellVariant(reset_after=False), **size)
    nn.init.zeros_(cell.bias_hh)  # Keras has one bias where reset_after is false
    torch.testing.assert_close(cell(embedded), keras_gru(cell, embedded))


@sizes
def test_a_coupled_gate_is_the_minimal_gated_unit(**size: int) -> None:
    cell, embedded = make(CellVariant(reset="coupled", reset_after=False), **size)
    torch.testing.assert_close(cell(embedded), minimal_gated_unit(cell, embedded))


@variants
@sizes
def test_fused_states_equal_the_readable_steps(variant: CellVariant, **size: int) -> None:
    cell, embedded = make(variant, **size)
    expected = torch.stack([step.hidden for step in cell.steps(embedded)], dim=1)
    torch.testing.assert_close(cell(embedded), expected)


@variants
@sizes
def test_fused_gradients_equal_those_of_the_readable_steps(
    variant: CellVariant, **size: int
) -> None:
    cell, embedded = make(variant, **size)
    slow = torch.stack([step.hidden for step in cell.steps(embedded)], dim=1)
    fast = cell(embedded)
    upstream = torch.randn_like(slow)
    inputs = [embedded, *cell.parameters()]
    for actual, desired in zip(
        torch.autograd.grad(fast, inputs, upstream),
        torch.autograd.grad(slow, inputs, upstream),
        strict=True,
    ):
        torch.testing.assert_close(actual, desired)


@pytest.mark.parametrize(
    "variant", [variant for variant in VARIANTS.values() if variant.activation == "tanh"], ids=str
)
def test_fused_gradients_equal_finite_differences(variant: CellVariant) -> None:
    torch.manual_seed(0)
    rows = 3 * (variant.num_gates + 1)
    inputs = [
        torch.randn(shape, dtype=torch.float64, requires_grad=True)
        for shape in ((4, 2, rows), (rows, 3), (rows,))
    ]
    assert torch.autograd.gradcheck(lambda *varied: run_variant(variant, *varied)[0], inputs)


@variants
def test_only_learned_gates_have_weights(variant: CellVariant) -> None:
    cell = GatedCell(variant, embedding_size=3, hidden_size=4)
    assert len(cell.weight_ih) == 4 * (variant.num_gates + 1)
    for name in ("reset", "update"):
        if getattr(variant, name) == "learned":
            assert cell.block(name).stop <= 4 * variant.num_gates
        else:
            with pytest.raises(KeyError, match=name):
                cell.block(name)


def test_a_coupled_reset_gate_needs_a_learned_update_gate() -> None:
    with pytest.raises(ValueError, match="coupled"):
        CellVariant(reset="coupled", update="zero")


def force(cell: GatedCell, gate: str, bias: float) -> None:
    """Saturate a gate through its bias."""
    with torch.no_grad():
        cell.bias_ih[cell.block(gate)] = bias  # type: ignore[arg-type]


def keras_gru(cell: GatedCell, embedded: Tensor) -> Tensor:
    """Keras' GRU(reset_after=False), from its documentation: one bias, r ⊙ h before the product."""
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
    """Zhou et al. 2016, equations 6: one forget gate f for both purposes."""
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
