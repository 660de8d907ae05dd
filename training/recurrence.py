"""The GRU of training: the states of `nn.GRU`, and their gradient in a fraction of its time.

`nn.GRU` on a CPU lets autograd record every operation of every step, and adds up the gradient of
the weights step by step. Here a step back is only what must be done in order: the weights'
gradient is one matrix product over all steps at the end.

With `precision=torch.bfloat16` the matrix products read bfloat16, which CPUs with AMX, and some
with AVX-512 BF16, multiply several times as fast; gates, states
and weights keep the precision of the weights.
"""

from typing import Any, NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

# A nonlinearity's derivative by its own output, times a gradient: one kernel each.
_sigmoid_backward = torch.ops.aten.sigmoid_backward.grad_input
_tanh_backward = torch.ops.aten.tanh_backward.grad_input


class Pass(NamedTuple):
    """States and gates of one pass; in `gates`, the H reset gates come before the update gates."""

    hidden: Float[Tensor, "B T H"]
    gates: Float[Tensor, "B T TwoH"]


def run_gru(
    gru: nn.GRU,
    embedded: Float[Tensor, "B T E"],
    *,
    initial: Float[Tensor, "B H"] | None = None,
    ends: Bool[Tensor, "B T"] | None = None,
    precision: torch.dtype | None = None,
) -> Pass:
    """Run a one-layer GRU: `hidden` is what `gru(embedded)` returns first.

    It starts from `initial`, or from zeros. Where `ends` is true a text ends, and the state after
    that step is zero, so that the next text in the same row starts afresh. No gradient flows into
    `initial`. `precision` is that of the matrix products, by default the input's own.
    """
    weights = dict(gru.named_parameters())
    precision = precision or embedded.dtype
    from_word = nn.functional.linear(
        embedded.transpose(0, 1).to(precision),
        weights["weight_ih_l0"].to(precision),
        weights["bias_ih_l0"].to(precision),
    )  # (T, B, 3H)
    if initial is None:
        initial = embedded.new_zeros(len(embedded), gru.hidden_size)  # (B, H)
    going_on = None if ends is None else (~ends.T[:, :, None]).to(embedded.dtype)  # (T, B, 1)
    hidden, gates = _Recurrence.apply(  # type: ignore[no-untyped-call]
        from_word, weights["weight_hh_l0"], weights["bias_hh_l0"], initial, going_on
    )  # (T, B, H), (T, B, 2H)
    return Pass(hidden.transpose(0, 1), gates.transpose(0, 1))


class _Recurrence(torch.autograd.Function):
    """The recurrence of `models/gates.py`, given W_i x + b_i of every word.

    Its matrix products have the precision of `from_word`.
    """

    @staticmethod
    def forward(  # noqa: PLR0917 — autograd passes them by position
        ctx: Any,
        from_word: Float[Tensor, "T B ThreeH"],
        weight_hh: Float[Tensor, "ThreeH H"],
        bias_hh: Float[Tensor, " ThreeH"],
        initial: Float[Tensor, "B H"],
        going_on: Float[Tensor, "T B 1"] | None,
    ) -> tuple[Float[Tensor, "T B H"], Float[Tensor, "T B TwoH"]]:
        steps, batch, _ = from_word.shape
        size = weight_hh.shape[1]
        precision = from_word.dtype
        gates = weight_hh.new_empty(steps, batch, 2 * size)  # (T, B, 2H)
        from_state = weight_hh.new_empty(steps, batch, size)  # (T, B, H), the candidate's part
        candidate = weight_hh.new_empty(steps, batch, size)  # (T, B, H)
        hidden = weight_hh.new_empty(steps + 1, batch, size)  # (T + 1, B, H)
        hidden[0] = initial
        transposed = weight_hh.T.to(precision).contiguous()  # (H, 3H)
        bias = bias_hh.to(precision)  # (3H)
        for t in range(steps):
            word = from_word[t]  # (B, 3H)
            state = torch.addmm(bias, hidden[t].to(precision), transposed)  # (B, 3H)
            from_state[t].copy_(state[:, 2 * size :])
            state += word
            r, z = gates[t].copy_(state[:, : 2 * size]).sigmoid_().chunk(2, dim=1)  # (B, H) each
            n = candidate[t].copy_(word[:, 2 * size :])  # (B, H)
            n.addcmul_(r, from_state[t]).tanh_()  # (B, H)
            torch.lerp(n, hidden[t], z, out=hidden[t + 1])  # (B, H): (1 − z) n + z h
            if going_on is not None:
                hidden[t + 1].mul_(going_on[t])
        ctx.save_for_backward(weight_hh, from_state, gates, candidate, hidden, going_on)
        ctx.precision = precision
        ctx.set_materialize_grads(False)
        return hidden[1:], gates

    @staticmethod
    @once_differentiable
    def backward(
        ctx: Any,
        grad_hidden: Float[Tensor, "T B H"] | None,
        grad_gates: Float[Tensor, "T B TwoH"] | None,
    ) -> tuple[Tensor | None, ...]:
        weight_hh, from_state, gates, n, hidden, going_on = ctx.saved_tensors
        size = weight_hh.shape[1]
        r, z = gates.chunk(2, dim=2)  # (T, B, H) each
        weight = weight_hh.to(ctx.precision)  # (3H, H)
        grad_state = torch.empty((*n.shape[:2], 3 * size), dtype=ctx.precision)  # (T, B, 3H)
        grad_word = torch.empty_like(grad_state)  # (T, B, 3H)
        # Buffers of one step: they stay in the cache.
        kept, to_n, of_z, of_r = torch.empty((4, *n.shape[1:]), dtype=n.dtype)  # (B, H) each
        step = n.new_empty(n.shape[1], 3 * size)  # (B, 3H)
        to_r, to_z, to_m = step.chunk(3, dim=1)  # (B, H) each
        grad = torch.zeros_like(n[0])  # (B, H)
        for t in reversed(range(len(n))):
            if grad_hidden is not None:
                grad += grad_hidden[t]  # (B, H) ∂h_t
            if going_on is not None:
                grad *= going_on[t]
            torch.mul(grad, z[t], out=kept)
            torch.sub(hidden[t], n[t], out=of_z).mul_(grad)
            _tanh_backward(grad.sub_(kept), n[t], grad_input=to_n)
            torch.mul(to_n, from_state[t], out=of_r)
            if grad_gates is not None:
                of_r += grad_gates[t, :, :size]
                of_z += grad_gates[t, :, size:]
            _sigmoid_backward(of_r, r[t], grad_input=to_r)
            _sigmoid_backward(of_z, z[t], grad_input=to_z)
            torch.mul(to_n, r[t], out=to_m)
            grad_state[t].copy_(step)
            grad_word[t, :, : 2 * size].copy_(step[:, : 2 * size])
            grad_word[t, :, 2 * size :].copy_(to_n)
            torch.add(kept, torch.mm(grad_state[t], weight), out=grad)  # (B, H) ∂h_{t-1}

        flat = grad_state.flatten(0, 1)  # (T B, 3H)
        before = hidden[:-1].flatten(0, 1).to(ctx.precision)  # (T B, H)
        grad_weight = (before.T @ flat).T.to(weight_hh.dtype)  # (3H, H)
        return grad_word, grad_weight, flat.sum(dim=0, dtype=weight_hh.dtype), None, None
