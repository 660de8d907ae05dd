"""The gated cell for training: the states of `cell.py`, and their gradient, in little time.

Only what must be done in order is done step by step. Autograd records nothing in between, and the
gradient of the weights is one matrix product over all steps at the end.
"""

from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from training.lab.kinds import CellKind

# A nonlinearity's derivative by its own output, times a gradient: one kernel each.
_sigmoid_backward = torch.ops.aten.sigmoid_backward
_tanh_backward = torch.ops.aten.tanh_backward
_relu_backward = torch.ops.aten.threshold_backward


def run_fused(
    kind: CellKind,
    from_word: Float[Tensor, "T B kH"],
    weight_hh: Float[Tensor, "kH H"],
    bias_hh: Float[Tensor, " kH"],
) -> Float[Tensor, "T B H"]:
    """Run a cell of this kind from the zero state, given W_i x + b_i of every word."""
    states: Tensor = _Recurrence.apply(kind, from_word, weight_hh, bias_hh)  # type: ignore[no-untyped-call]
    return states


class _Gates(NamedTuple):
    """The gates of one step or of all; None is a gate that stands at its constant."""

    reset: Tensor | None
    update: Tensor | None


def _split(kind: CellKind, gates: Tensor) -> _Gates:
    """Name the halves of the learned gates; a coupled reset gate is 1 − z."""
    parts = list(gates.chunk(kind.gates, dim=-1)) if kind.gates else []
    update = parts.pop() if kind.update == "learned" else None
    if kind.reset == "learned":
        return _Gates(parts.pop(), update)
    return _Gates(1 - update if kind.reset == "coupled" and update is not None else None, update)


class _Recurrence(torch.autograd.Function):
    """The recurrence of `cell.py`. The learned gates' rows come before the candidate's."""

    @staticmethod
    def forward(
        ctx: Any,
        kind: CellKind,
        from_word: Float[Tensor, "T B kH"],
        weight_hh: Float[Tensor, "kH H"],
        bias_hh: Float[Tensor, " kH"],
    ) -> Float[Tensor, "T B H"]:
        steps, batch, _ = from_word.shape
        size, gated = weight_hh.shape[1], kind.gates * weight_hh.shape[1]
        gates = from_word.new_empty(steps, batch, gated)  # (T, B, gH)
        recalled = from_word.new_empty(steps, batch, size)  # (T, B, H) W_hn h + b_hn, or with r h
        candidate = from_word.new_empty(steps, batch, size)  # (T, B, H)
        hidden = from_word.new_zeros(steps + 1, batch, size)  # (T + 1, B, H)
        transposed = weight_hh.T.contiguous()  # (H, kH)
        for t in range(steps):
            before, n = hidden[t], candidate[t]  # (B, H) each
            early = gated if kind.reset_before else transposed.shape[1]
            state = torch.addmm(bias_hh[:early], before, transposed[:, :early])  # (B, gH or kH)
            torch.add(state[:, :gated], from_word[t, :, :gated], out=gates[t]).sigmoid_()
            r, z = _split(kind, gates[t])  # (B, H) each
            if kind.reset_before:
                reset = before if r is None else r * before  # (B, H)
                torch.addmm(bias_hh[gated:], reset, transposed[:, gated:], out=recalled[t])
                torch.add(from_word[t, :, gated:], recalled[t], out=n)
            else:
                recalled[t].copy_(state[:, gated:])
                word = from_word[t, :, gated:]  # (B, H)
                if r is None:
                    torch.add(word, recalled[t], out=n)
                else:
                    torch.addcmul(word, r, recalled[t], out=n)
            n.tanh_() if kind.activation == "tanh" else n.relu_()
            if z is None:
                hidden[t + 1].copy_(n)
            else:
                torch.lerp(n, before, z, out=hidden[t + 1])  # (B, H): (1 − z) n + z h
        ctx.kind = kind
        ctx.save_for_backward(weight_hh, gates, recalled, candidate, hidden)
        return hidden[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_hidden: Float[Tensor, "T B H"]) -> tuple[Tensor | None, ...]:
        kind: CellKind = ctx.kind
        weight_hh, gates, recalled, candidate, hidden = ctx.saved_tensors
        gated = gates.shape[2]
        resets, updates = _split(kind, gates)  # (T, B, H) each
        grad_word = gates.new_empty(*gates.shape[:2], len(weight_hh))  # (T, B, kH)
        grad_state = torch.empty_like(grad_word)  # (T, B, kH), of W_h h + b_h
        grad = torch.zeros_like(candidate[0])  # (B, H)
        for t in reversed(range(len(candidate))):
            before, n = hidden[t], candidate[t]  # (B, H) each
            r = None if resets is None else resets[t]  # (B, H)
            z = None if updates is None else updates[t]  # (B, H)
            grad = grad + grad_hidden[t]  # (B, H) ∂h_t
            kept = None if z is None else grad * z  # (B, H)
            to_n = _through(kind, grad if kept is None else grad - kept, n)  # (B, H)
            of_z = None if z is None else grad * (before - n)  # (B, H)
            grad_word[t, :, gated:] = to_n

            if kind.reset_before:
                grad_state[t, :, gated:] = to_n
                into = to_n @ weight_hh[gated:]  # (B, H) ∂(r h)
                of_r = into * before  # (B, H)
                direct = into if r is None else into * r  # (B, H)
            else:
                torch.mul(to_n, 1 if r is None else r, out=grad_state[t, :, gated:])
                of_r, direct = to_n * recalled[t], None  # (B, H)

            if gated:
                of_gates = _of_gates(kind, of_r, of_z)  # (B, gH)
                grad_word[t, :, :gated] = _sigmoid_backward(of_gates, gates[t])
                grad_state[t, :, :gated] = grad_word[t, :, :gated]
            late = gated if kind.reset_before else len(weight_hh)
            grad = grad_state[t, :, :late] @ weight_hh[:late]  # (B, H)
            for part in (kept, direct):
                if part is not None:
                    grad += part

        met = hidden[:-1].flatten(0, 1)  # (T B, H)
        flat = grad_state.flatten(0, 1)  # (T B, kH)
        grad_weight = flat.T @ met  # (kH, H)
        if kind.reset_before and resets is not None:
            grad_weight[gated:] = flat[:, gated:].T @ (met * resets.flatten(0, 1))
        return None, grad_word, grad_weight, flat.sum(dim=0)


def _through(kind: CellKind, grad: Float[Tensor, "B H"], n: Float[Tensor, "B H"]) -> Tensor:
    """Take a gradient from the candidate to the argument of φ."""
    through: Tensor = (
        _tanh_backward(grad, n) if kind.activation == "tanh" else _relu_backward(grad, n, 0)
    )
    return through


def _of_gates(kind: CellKind, of_r: Tensor, of_z: Tensor | None) -> Tensor:
    """Lay the gradients of the gates beside each other, as their rows are."""
    if of_z is None:
        return of_r
    if kind.reset == "coupled":
        return of_z - of_r
    return torch.cat([of_r, of_z], dim=1) if kind.reset == "learned" else of_z
