"""The softmax of a language model over a sample of its words.

A step costs a thousand words instead of thirty thousand: frequent words are summed exactly, the
others by importance sampling (Bengio & Senécal 2003), which keeps the noisy part of the sum small.
"""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn.functional import embedding

from training.language_model import LanguageModel

# Rows whose logits are computed together: few enough for the processor's cache.
_ROWS = 512


class SampledSoftmax:
    """−log P(target), its partition sum estimated. Ids must be in order of falling frequency."""

    def __init__(
        self, word_counts: Float[Tensor, " V"], *, exact_words: int, sampled_words: int
    ) -> None:
        """Sum the first `exact_words`; draw the others as often as they occur, or occur once."""
        rare = word_counts[exact_words:].clamp(min=1).double()  # (V − exact,)
        self._rare_share = rare / rare.sum()  # (V − exact,)
        self._exact = min(exact_words, len(word_counts))
        self._samples = sampled_words if len(rare) else 0
        self._vocab_size = len(word_counts)

    def __call__(
        self, model: LanguageModel, guesses: Float[Tensor, "N E"], targets: Int[Tensor, " N"]
    ) -> Float[Tensor, " N"]:
        """Estimate the loss of every target, in nats, in the precision of `guesses`' products."""
        words, log_weight = self._draw()  # (C,) each
        column = torch.full((self._vocab_size,), -1)  # (V,): where a word stands among the C
        column[words] = torch.arange(len(words))
        # A rare target is counted exactly, and so must not be counted by its sample too.
        is_rare = targets >= self._exact  # (N,)
        left_out = torch.where(is_rare, column[targets], -1)  # (N,)

        vectors = embedding(words, model.embedding.weight)  # (C, E)
        others: Tensor = _LogSumExp.apply(  # type: ignore[no-untyped-call]
            guesses, vectors.to(guesses.dtype), model.word_bias[words] + log_weight, left_out
        )  # (N,)
        target = (guesses * embedding(targets, model.embedding.weight)).sum(dim=1)  # (N,)
        target = target + model.word_bias[targets]  # (N,)
        total = torch.where(is_rare, torch.logaddexp(others, target), others)  # (N,)
        return total - target

    def _draw(self) -> tuple[Int[Tensor, " C"], Float[Tensor, " C"]]:
        """Answer the words of this sum, and log how many words each stands for."""
        exact = torch.arange(self._exact)  # (exact,)
        if not self._samples:
            return exact, torch.zeros(self._exact)
        sample = torch.multinomial(self._rare_share, self._samples, replacement=True)  # (draws,)
        counts = torch.bincount(sample, minlength=len(self._rare_share))  # (V − exact,)
        drawn = counts.nonzero()[:, 0]  # (K,)
        times = counts[drawn]  # (K,)
        stands_for = times / (self._samples * self._rare_share[drawn])  # (K,)
        log_weight = torch.cat([torch.zeros(self._exact), stands_for.log().float()])  # (C,)
        return torch.cat([exact, drawn + self._exact]), log_weight


class _LogSumExp(torch.autograd.Function):
    """log Σ_c exp(guess · vector_c + bias_c), leaving out one column in rows that ask for it.

    The backward pass reads the softmax, stored in the precision of the products.
    """

    @staticmethod
    def forward(
        ctx: Any,
        guesses: Float[Tensor, "N E"],
        vectors: Float[Tensor, "C E"],
        bias: Float[Tensor, " C"],
        left_out: Int[Tensor, " N"],
    ) -> Float[Tensor, " N"]:
        softmax = guesses.new_empty(len(guesses), len(vectors))  # (N, C)
        result = bias.new_empty(len(guesses))  # (N,)
        transposed = vectors.T.contiguous()  # (E, C)
        for at in range(0, len(guesses), _ROWS):
            part = slice(at, at + _ROWS)
            logits = (guesses[part] @ transposed).to(bias.dtype).add_(bias)  # (rows, C)
            row = (left_out[part] >= 0).nonzero()[:, 0]  # (few,)
            logits[row, left_out[part][row]] = -torch.inf
            largest = logits.amax(dim=1, keepdim=True)  # (rows, 1)
            logits.sub_(largest).exp_()
            total = logits.sum(dim=1, keepdim=True)  # (rows, 1)
            softmax[part] = logits.div_(total)
            result[part] = (total.log_() + largest)[:, 0]
        ctx.save_for_backward(guesses, vectors, softmax)
        return result

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Float[Tensor, " N"]) -> tuple[Tensor | None, ...]:
        guesses, vectors, softmax = ctx.saved_tensors
        weighted = softmax * grad[:, None].to(softmax.dtype)  # (N, C)
        ones = weighted.new_ones(1, len(weighted))  # (1, N)
        grad_bias = (ones @ weighted)[0].to(grad.dtype)  # (C,)
        return weighted @ vectors, (guesses.T @ weighted).T, grad_bias, None
