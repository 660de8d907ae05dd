"""The fused GRU recurrence of training: the states of `nn.GRU`, with a hand-written gradient.

`nn.GRU` on a CPU lets autograd record every operation of every step, and accumulates the gradient
of the weights step by step. Here a backward step does only what depends on the step after it: the
gradient of the weights is one matrix product over all steps at the end.

The same recurrence runs variants of the GRU in which a part is removed or moved (`CellVariant`),
which the lab compares with the GRU.

With `precision=torch.bfloat16` the matrix products read bfloat16, which CPUs with AMX, and some
with AVX-512 BF16, multiply several times as fast. Gates, states and weights keep the dtype of the
weights.
"""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

# The derivative of a nonlinearity, computed from its own output, times a gradient.
_sigmoid_backward = torch.ops.aten.sigmoid_backward.grad_input
_tanh_backward = torch.ops.aten.tanh_backward.grad_input
_relu_backward = torch.ops.aten.threshold_backward.grad_input


@dataclass(frozen=True)
class CellVariant:
    """What a cell has of a GRU. The defaults are PyTorch's GRU.

    Attributes:
        reset: `learned`; `open` for r = 1; `coupled` for r = 1 − z, which together with
            `reset_after=False` is the minimal gated unit of Zhou et al. 2016 (arXiv 1603.09420).
        update: `learned`, or `zero` for z = 0.
        activation: Nonlinearity of the candidate.
        reset_after: Whether r multiplies the matrix product W_hn h + b_hn, as in PyTorch, or the
            state before the product, as in the first version of Cho et al. 2014. Keras has the
            same option.
    """

    reset: Literal["learned", "open", "coupled"] = "learned"
    update: Literal["learned", "zero"] = "learned"
    activation: Literal["tanh", "relu"] = "tanh"
    reset_after: bool = True

    def __post_init__(self) -> None:
        """Raise `ValueError` for a reset gate that is coupled to a constant update gate."""
        if self.reset == "coupled" and self.update != "learned":
            raise ValueError("A coupled reset gate is 1 − z: it needs a learned update gate.")

    @property
    def num_gates(self) -> int:
        """Number of gates with weights of their own, G."""
        return (self.reset == "learned") + (self.update == "learned")

    def split(self, gates: Float[Tensor, "*N GH"]) -> tuple[Tensor | None, Tensor | None]:
        """Return reset and update gate of the concatenated learned gates; None for a constant."""
        parts = list(gates.chunk(self.num_gates, dim=-1)) if self.num_gates else []
        update = parts.pop() if self.update == "learned" else None  # (*N, H)
        if self.reset == "learned":
            return parts.pop(), update
        return (1 - update if self.reset == "coupled" and update is not None else None), update


class RecurrentStates(NamedTuple):
    """States and learned gates of one run; the reset gates come before the update gates.

    Gates that were not requested may be None.
    """

    hidden: Float[Tensor, "B T H"]
    gates: Float[Tensor, "B T GH"] | None


def run_gru(
    gru: nn.GRU,
    embedded: Float[Tensor, "B T E"],
    *,
    initial: Float[Tensor, "B H"] | None = None,
    ends: Bool[Tensor, "B T"] | None = None,
    precision: torch.dtype | None = None,
    with_gates: bool = True,
) -> RecurrentStates:
    """Run a one-layer GRU.

    On a GPU, cuDNN runs whole texts without gates: one kernel where this module launches a dozen
    for every step.

    Args:
        gru: The layer, with `batch_first=True`.
        embedded: Word vectors.
        initial: State before the first token, by default zeros. It gets no gradient.
        ends: True at the last token of a text. The state after it is zero, so that the next text
            in the same row starts from the zero state.
        precision: Dtype of the matrix products, by default that of `embedded`. cuDNN chooses its
            own.
        with_gates: Whether the gates are needed.

    Returns:
        The states, equal to the first output of `gru(embedded)`, and the 2H gates.
    """
    if embedded.is_cuda and ends is None and not with_gates:
        return RecurrentStates(gru(embedded, None if initial is None else initial[None])[0], None)
    weights = dict(gru.named_parameters())
    precision = precision or embedded.dtype
    from_word = nn.functional.linear(
        embedded.transpose(0, 1).to(precision),
        weights["weight_ih_l0"].to(precision),
        weights["bias_ih_l0"].to(precision),
    )  # (T, B, 3H)
    hidden, gates = run_variant(
        CellVariant(),
        from_word,
        weights["weight_hh_l0"],
        weights["bias_hh_l0"],
        initial=initial,
        keep=None if ends is None else (~ends.T[:, :, None]).to(embedded.dtype),  # (T, B, 1)
    )
    return RecurrentStates(hidden.transpose(0, 1), gates.transpose(0, 1))


def run_variant(
    variant: CellVariant,
    from_word: Float[Tensor, "T B kH"],
    weight_hh: Float[Tensor, "kH H"],
    bias_hh: Float[Tensor, " kH"],
    *,
    initial: Float[Tensor, "B H"] | None = None,
    keep: Float[Tensor, "T B 1"] | None = None,
) -> tuple[Float[Tensor, "T B H"], Float[Tensor, "T B GH"]]:
    """Run a variant of the GRU over the projected words of a batch, time first.

    Args:
        variant: What the cell has of a GRU. With G learned gates, k = G + 1.
        from_word: W_i x + b_i. The rows of reset, update and candidate follow each other, less
            the gates that are constant. Its dtype is that of the matrix products.
        weight_hh: Recurrent weights, in the same order of rows.
        bias_hh: Recurrent biases, in the same order.
        initial: State before the first token, by default zeros. It gets no gradient.
        keep: Factor on the state after each step: 0 where the next step starts from zeros.

    Returns:
        All states, and the learned gates.
    """
    if initial is None:
        initial = weight_hh.new_zeros(from_word.shape[1], weight_hh.shape[1])  # (B, H)
    hidden, gates = _Recurrence.apply(  # type: ignore[no-untyped-call]
        variant, from_word, weight_hh, bias_hh, initial, keep
    )  # (T, B, H), (T, B, GH)
    return hidden, gates


class _Recurrence(torch.autograd.Function):
    """The recurrence of `run_variant`."""

    @staticmethod
    def forward(  # noqa: PLR0917 — autograd passes them by position
        ctx: Any,
        variant: CellVariant,
        from_word: Float[Tensor, "T B kH"],
        weight_hh: Float[Tensor, "kH H"],
        bias_hh: Float[Tensor, " kH"],
        initial: Float[Tensor, "B H"],
        keep: Float[Tensor, "T B 1"] | None,
    ) -> tuple[Float[Tensor, "T B H"], Float[Tensor, "T B GH"]]:
        steps, batch, _ = from_word.shape
        size, precision = weight_hh.shape[1], from_word.dtype
        gated = variant.num_gates * size
        gates = weight_hh.new_empty(steps, batch, gated)  # (T, B, GH)
        from_state = weight_hh.new_empty(steps, batch, size)  # (T, B, H), the candidate's part
        candidate = weight_hh.new_empty(steps, batch, size)  # (T, B, H)
        hidden = weight_hh.new_empty(steps + 1, batch, size)  # (T + 1, B, H)
        hidden[0] = initial
        # Rows that multiply the state as it is; the others multiply r ⊙ h.
        early = len(weight_hh) if variant.reset_after else gated
        transposed = weight_hh.T.to(precision)  # (H, kH)
        first, second = transposed[:, :early].contiguous(), transposed[:, early:].contiguous()
        first_bias, second_bias = bias_hh.to(precision).tensor_split([early])  # (kH or GH), rest
        first_word, word_part = from_word[..., :early], from_word[..., gated:]
        for t in range(steps):
            before, n = hidden[t], candidate[t]  # (B, H) each
            state = torch.addmm(first_bias, before.to(precision), first)  # (B, kH or GH)
            if variant.reset_after:
                from_state[t].copy_(state[:, gated:])
            state += first_word[t]
            r, z = variant.split(gates[t].copy_(state[:, :gated]).sigmoid_())  # (B, H) each
            if not variant.reset_after:
                scaled = before if r is None else r * before  # (B, H)
                from_state[t] = torch.addmm(second_bias, scaled.to(precision), second)
            n.copy_(word_part[t])
            if variant.reset_after and r is not None:
                n.addcmul_(r, from_state[t])
            else:
                n.add_(from_state[t])
            n.tanh_() if variant.activation == "tanh" else n.relu_()
            if z is None:
                hidden[t + 1] = n
            else:
                torch.lerp(n, before, z, out=hidden[t + 1])  # (B, H): (1 − z) n + z h
            if keep is not None:
                hidden[t + 1].mul_(keep[t])
        ctx.save_for_backward(weight_hh, from_state, gates, candidate, hidden, keep)
        ctx.variant, ctx.precision = variant, precision
        ctx.set_materialize_grads(False)
        return hidden[1:], gates

    @staticmethod
    @once_differentiable
    def backward(
        ctx: Any,
        grad_hidden: Float[Tensor, "T B H"] | None,
        grad_gates: Float[Tensor, "T B GH"] | None,
    ) -> tuple[Tensor | None, ...]:
        weight_hh, from_state, gates, n, hidden, keep = ctx.saved_tensors
        variant: CellVariant = ctx.variant
        size, gated = weight_hh.shape[1], gates.shape[2]
        resets, updates = variant.split(gates)  # (T, B, H) each
        weight = weight_hh.to(ctx.precision)  # (kH, H)
        grad_state = n.new_empty((*n.shape[:2], len(weight)), dtype=ctx.precision)  # (T, B, kH)
        grad_word = torch.empty_like(grad_state)  # (T, B, kH)
        # Buffers of one step, which stay in the cache.
        step = n.new_empty(n.shape[1], len(weight))  # (B, kH)
        to_gates, to_state = step.tensor_split([gated], dim=1)  # (B, GH), (B, H)
        of_gates = n.new_empty(n.shape[1], gated)  # (B, GH)
        kept, to_n, of_constant = n.new_empty((3, *n.shape[1:]))  # (B, H) each
        of_r = of_gates[:, :size] if variant.reset == "learned" else of_constant  # (B, H)
        of_z = of_gates[:, gated - size :]  # (B, H) if the update gate is learned
        activation_backward = _tanh_backward if variant.activation == "tanh" else _relu
        late = len(weight) if variant.reset_after else gated  # rows that multiply the state
        grad = torch.zeros_like(n[0])  # (B, H)
        for t in reversed(range(len(n))):
            if grad_hidden is not None:
                grad += grad_hidden[t]  # (B, H) ∂h_t
            if keep is not None:
                grad *= keep[t]
            if updates is not None:
                torch.mul(grad, updates[t], out=kept)
                torch.sub(hidden[t], n[t], out=of_z).mul_(grad)
                grad.sub_(kept)
            activation_backward(grad, n[t], grad_input=to_n)

            direct = None if updates is None else kept  # (B, H), the part of ∂h_{t-1} without W
            if variant.reset_after:
                torch.mul(to_n, from_state[t], out=of_r)
                torch.mul(to_n, 1 if resets is None else resets[t], out=to_state)
            else:
                into = torch.mm(to_n.to(ctx.precision), weight[gated:]).to(n.dtype)  # ∂(r ⊙ h)
                torch.mul(into, hidden[t], out=of_r)
                into *= 1 if resets is None else resets[t]
                direct = into if direct is None else direct.add_(into)
                to_state.copy_(to_n)
            if variant.reset == "coupled":
                of_z -= of_r
            if grad_gates is not None:
                of_gates += grad_gates[t]
            if gated:
                _sigmoid_backward(of_gates, gates[t], grad_input=to_gates)
            grad_state[t].copy_(step)
            grad_word[t, :, :gated].copy_(to_gates)
            grad_word[t, :, gated:].copy_(to_n)

            through = torch.mm(grad_state[t, :, :late], weight[:late])  # (B, H)
            torch.add(through, 0 if direct is None else direct, out=grad)  # (B, H) ∂h_{t-1}

        flat = grad_state.flatten(0, 1)  # (T B, kH)
        grad_weight = _weight_gradient(variant, flat, hidden[:-1], resets).to(weight_hh.dtype)
        return None, grad_word, grad_weight, flat.sum(dim=0, dtype=weight_hh.dtype), None, None


def _weight_gradient(
    variant: CellVariant,
    grad_state: Float[Tensor, "N kH"],
    before: Float[Tensor, "T B H"],
    resets: Float[Tensor, "T B H"] | None,
) -> Float[Tensor, "kH H"]:
    """Compute the gradient of the recurrent weights from that of their products in all steps."""
    states = before.flatten(0, 1)  # (T B, H)
    gradient = (states.to(grad_state.dtype).T @ grad_state).T  # (kH, H)
    if not variant.reset_after and resets is not None:
        rows = slice(-before.shape[2], None)  # the candidate's
        scaled = (states * resets.flatten(0, 1)).to(grad_state.dtype)  # (T B, H)
        gradient[rows] = (scaled.T @ grad_state[:, rows]).T
    return gradient


def _relu(grad: Tensor, output: Tensor, *, grad_input: Tensor) -> None:
    _relu_backward(grad, output, 0, grad_input=grad_input)
