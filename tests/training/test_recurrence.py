"""The GRU of the fit is `nn.GRU`, forwards and backwards."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from training.recurrence import _States, gru_states


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
    states = gru_states(gru, embedded)
    torch.testing.assert_close(states, expected)
    for mine, theirs in zip(
        torch.autograd.grad(states, inputs, upstream),
        torch.autograd.grad(expected, inputs, upstream),
        strict=True,
    ):
        torch.testing.assert_close(mine, theirs)


def test_the_gradient_equals_finite_differences() -> None:
    torch.manual_seed(0)
    inputs = [
        torch.randn(shape, dtype=torch.float64, requires_grad=True)
        for shape in ((4, 2, 9), (9, 3), (9,))
    ]
    assert torch.autograd.gradcheck(_States.apply, inputs)
