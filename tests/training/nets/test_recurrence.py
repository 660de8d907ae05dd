"""The fused recurrence equals `nn.GRU` in its states and gradients."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from gatewise.training.nets.recurrence import CellVariant, run_gru, run_variant


@given(
    batch=st.integers(1, 4),
    steps=st.integers(1, 12),
    embedding_size=st.integers(1, 5),
    hidden_size=st.integers(1, 6),
    seed=st.integers(0, 1000),
)
def test_states_and_gradients_equal_those_of_torch(
    batch: int, steps: int, embedding_size: int, hidden_size: int, seed: int
) -> None:
    torch.manual_seed(seed)
    gru = nn.GRU(embedding_size, hidden_size, batch_first=True, dtype=torch.float64)
    embedded = torch.randn(batch, steps, embedding_size, dtype=torch.float64, requires_grad=True)
    upstream = torch.randn(batch, steps, hidden_size, dtype=torch.float64)
    inputs = [embedded, *gru.parameters()]

    expected = gru(embedded)[0]
    states = run_gru(gru, embedded).hidden
    torch.testing.assert_close(states, expected)
    for actual, desired in zip(
        torch.autograd.grad(states, inputs, upstream),
        torch.autograd.grad(expected, inputs, upstream),
        strict=True,
    ):
        torch.testing.assert_close(actual, desired)


def test_the_gradient_of_states_and_gates_equals_finite_differences() -> None:
    torch.manual_seed(0)
    inputs = [
        torch.randn(shape, dtype=torch.float64, requires_grad=True)
        for shape in ((4, 2, 9), (9, 3), (9,))
    ]
    initial = torch.randn(2, 3, dtype=torch.float64)
    keep = torch.tensor([[1, 1], [1, 0], [0, 1], [1, 1]], dtype=torch.float64)[:, :, None]
    assert torch.autograd.gradcheck(
        lambda *varied: run_variant(CellVariant(), *varied, initial=initial, keep=keep), inputs
    )


def test_states_follow_from_the_returned_gates() -> None:
    torch.manual_seed(1)
    gru = nn.GRU(3, 4, batch_first=True, dtype=torch.float64)
    embedded = torch.randn(2, 5, 3, dtype=torch.float64)
    hidden, gates = run_gru(gru, embedded)
    assert gates is not None
    before = torch.cat([torch.zeros(2, 1, 4, dtype=torch.float64), hidden[:, :-1]], dim=1)
    reset, update = gates.chunk(2, dim=2)
    weights = dict(gru.named_parameters())
    word = embedded @ weights["weight_ih_l0"].T + weights["bias_ih_l0"]
    state = before @ weights["weight_hh_l0"].T + weights["bias_hh_l0"]
    candidate = torch.tanh(word[..., 8:] + reset * state[..., 8:])
    torch.testing.assert_close((1 - update) * candidate + update * before, hidden)


def test_a_text_after_an_end_starts_from_the_zero_state() -> None:
    torch.manual_seed(2)
    gru = nn.GRU(3, 4, batch_first=True)
    embedded = torch.randn(1, 7, 3)
    ends = torch.tensor([[False, False, True, False, False, False, False]])
    hidden = run_gru(gru, embedded, ends=ends).hidden
    torch.testing.assert_close(hidden[:, 3:], run_gru(gru, embedded[:, 3:]).hidden)


def test_a_split_text_continues_from_its_initial_state() -> None:
    torch.manual_seed(3)
    gru = nn.GRU(3, 4, batch_first=True)
    embedded = torch.randn(2, 6, 3)
    whole = run_gru(gru, embedded).hidden
    second = run_gru(gru, embedded[:, 4:], initial=whole[:, 3]).hidden
    torch.testing.assert_close(second, whole[:, 4:])


def test_bfloat16_products_are_close_to_float32() -> None:
    torch.manual_seed(4)
    gru = nn.GRU(16, 32, batch_first=True)
    embedded = torch.randn(4, 50, 16, requires_grad=True)
    states = {
        precision: run_gru(gru, embedded, precision=precision).hidden
        for precision in (torch.float32, torch.bfloat16)
    }
    torch.testing.assert_close(states[torch.bfloat16], states[torch.float32], atol=2e-2, rtol=0)
    weight = dict(gru.named_parameters())["weight_hh_l0"]
    fast, exact = (
        torch.autograd.grad(hidden.sum(), weight)[0].flatten() for hidden in states.values()
    )
    assert torch.cosine_similarity(fast, exact, dim=0) > 0.999
