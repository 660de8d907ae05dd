"""The GRU of the fit: the states of `nn.GRU`, and their gradient in half its time.

`nn.GRU` on a CPU lets autograd record every operation of every step, and adds up the gradient of
the weights step by step. Here a step back is only what must be done in order: the weights'
gradient is one matrix product over all steps at the end.
"""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd.function import once_differentiable


def gru_states(gru: nn.GRU, embedded: Float[Tensor, "B T E"]) -> Float[Tensor, "B T H"]:
    """Run a one-layer GRU from the zero state: what `gru(embedded)` returns first."""
    weights = dict(gru.named_parameters())
    from_word = nn.functional.linear(
        embedded.transpose(0, 1), weights["weight_ih_l0"], weights["bias_ih_l0"]
    )  # (T, B, 3H)
    states: Tensor = _States.apply(  # type: ignore[no-untyped-call]
        from_word, weights["weight_hh_l0"], weights["bias_hh_l0"]
    )  # (T, B, H)
    return states.transpose(0, 1)  # (B, T, H)


class _States(torch.autograd.Function):
    """The recurrence of `models/gates.py`, given W_i x + b_i of every word."""

    @staticmethod
    def forward(
        ctx: Any,
        from_word: Float[Tensor, "T B ThreeH"],
        weight_hh: Float[Tensor, "ThreeH H"],
        bias_hh: Float[Tensor, " ThreeH"],
    ) -> Float[Tensor, "T B H"]:
        steps, batch, _ = from_word.shape
        size = weight_hh.shape[1]
        from_state = torch.empty_like(from_word)  # (T, B, 3H)
        gates = from_word.new_empty(steps, batch, 2 * size)  # (T, B, 2H)
        candidate = from_word.new_empty(steps, batch, size)  # (T, B, H)
        hidden = from_word.new_zeros(steps + 1, batch, size)  # (T + 1, B, H), from h_0 = 0
        transposed = weight_hh.T.contiguous()  # (H, 3H)
        for t in range(steps):
            torch.addmm(bias_hh, hidden[t], transposed, out=from_state[t])  # (B, 3H)
            word, state = from_word[t], from_state[t]  # (B, 3H) each
            torch.add(word[:, : 2 * size], state[:, : 2 * size], out=gates[t]).sigmoid_()
            r, z = gates[t].chunk(2, dim=1)  # (B, H) each
            n = torch.addcmul(word[:, 2 * size :], r, state[:, 2 * size :], out=candidate[t])
            n.tanh_()  # (B, H)
            torch.lerp(n, hidden[t], z, out=hidden[t + 1])  # (B, H): (1 − z) n + z h
        ctx.save_for_backward(weight_hh, from_state, gates, candidate, hidden)
        return hidden[1:]

    @staticmethod
    @once_differentiable
    def backward(
        ctx: Any, grad_hidden: Float[Tensor, "T B H"]
    ) -> tuple[Float[Tensor, "T B ThreeH"], Float[Tensor, "ThreeH H"], Float[Tensor, " ThreeH"]]:
        weight_hh, from_state, gates, n, hidden = ctx.saved_tensors
        size = weight_hh.shape[1]
        r, z = gates.chunk(2, dim=2)  # (T, B, H) each
        before = hidden[:-1]  # (T, B, H)
        # What a unit of ∂h_t is worth before each nonlinearity, for all steps at once.
        per_candidate = (1 - z) * (1 - n * n)  # (T, B, H)
        per_update = (before - n) * z * (1 - z)  # (T, B, H)
        per_reset = from_state[:, :, 2 * size :] * r * (1 - r)  # (T, B, H), of ∂ candidate

        grad_state = torch.empty_like(from_state)  # (T, B, 3H)
        grad_candidate = torch.empty_like(n)  # (T, B, H)
        grad = torch.zeros_like(grad_hidden[0])  # (B, H)
        for t in reversed(range(len(n))):
            grad = grad + grad_hidden[t]  # (B, H) ∂h_t
            to_r, to_z, to_m = grad_state[t].chunk(3, dim=1)  # (B, H) each
            torch.mul(grad, per_candidate[t], out=grad_candidate[t])
            torch.mul(grad, per_update[t], out=to_z)
            torch.mul(grad_candidate[t], per_reset[t], out=to_r)
            torch.mul(grad_candidate[t], r[t], out=to_m)
            grad = torch.addmm(grad.mul_(z[t]), grad_state[t], weight_hh)  # (B, H) ∂h_{t-1}

        flat = grad_state.flatten(0, 1)  # (T B, 3H)
        grad_weight = flat.T @ before.flatten(0, 1)  # (3H, H)
        grad_word = torch.cat([grad_state[:, :, : 2 * size], grad_candidate], dim=2)  # (T, B, 3H)
        return grad_word, grad_weight, flat.sum(dim=0)
