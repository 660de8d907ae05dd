"""The softmax loss of a language model, over a sample of the words.

A step computes a thousand logits per token instead of thirty thousand: the frequent words are
summed exactly, and the sum over the others is estimated by importance sampling (Bengio & Senécal
2003).
"""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn.functional import embedding

from gatewise.training.nets.language_model import LanguageModel

# Rows whose logits are computed together, so that they fit into the processor's cache.
_ROWS = 512


class SampledSoftmax:
    """−log P(target) with an estimated partition sum. Ids must be in order of falling frequency."""

    def __init__(
        self, word_counts: Float[Tensor, " V"], *, exact_words: int, sampled_words: int
    ) -> None:
        """Prepare the sampling.

        Args:
            word_counts: Occurrences of every word. Those of rare words are raised to 1.
            exact_words: Number of words, from the first, that are summed exactly.
            sampled_words: Number of draws from the other words, in proportion to their counts.
        """
        rare = word_counts[exact_words:].clamp(min=1).double()  # (V − exact,)
        self._rare_share = rare / rare.sum()  # (V − exact,)
        self._exact = min(exact_words, len(word_counts))
        self._samples = sampled_words if len(rare) else 0
        self._vocab_size = len(word_counts)

    def __call__(
        self, model: LanguageModel, predicted: Float[Tensor, "N E"], targets: Int[Tensor, " N"]
    ) -> Float[Tensor, " N"]:
        """Estimate the loss of every target, in nats.

        Args:
            model: The model, whose embedding and word bias define the logits.
            predicted: Predicted vectors; their precision is that of the matrix products.
            targets: The words that should have been predicted.
        """
        words, log_weight = self._draw()  # (C,) each
        device = words.device
        # The position of a word among the C. (V,)
        column = torch.full((self._vocab_size,), -1, device=device)
        column[words] = torch.arange(len(words), device=device)
        # A rare target is added exactly, so it must not also be counted as a sample.
        is_rare = targets >= self._exact  # (N,)
        left_out = torch.where(is_rare, column[targets], -1)  # (N,)

        vectors = embedding(words, model.embedding.weight)  # (C, E)
        others: Tensor = _LogSumExp.apply(  # type: ignore[no-untyped-call]
            predicted, vectors.to(predicted.dtype), model.word_bias[words] + log_weight, left_out
        )  # (N,)
        target = (predicted * embedding(targets, model.embedding.weight)).sum(dim=1)  # (N,)
        target = target + model.word_bias[targets]  # (N,)
        total = torch.where(is_rare, torch.logaddexp(others, target), others)  # (N,)
        return total - target

    def _draw(self) -> tuple[Int[Tensor, " C"], Float[Tensor, " C"]]:
        """Draw the words of the sum.

        Returns:
            The distinct words, and the log of the number of words that each represents.
        """
        device = self._rare_share.device
        exact = torch.arange(self._exact, device=device)  # (exact,)
        of_exact = torch.zeros(self._exact, device=device)  # (exact,)
        if not self._samples:
            return exact, of_exact
        sample = torch.multinomial(self._rare_share, self._samples, replacement=True)  # (draws,)
        counts = torch.bincount(sample, minlength=len(self._rare_share))  # (V − exact,)
        drawn = counts.nonzero()[:, 0]  # (K,)
        times = counts[drawn]  # (K,)
        represented = times / (self._samples * self._rare_share[drawn])  # (K,)
        log_weight = torch.cat([of_exact, represented.log().float()])  # (C,)
        return torch.cat([exact, drawn + self._exact]), log_weight


class _LogSumExp(torch.autograd.Function):
    """log Σ_c exp(predicted · vector_c + bias_c), without column `left_out` where that is not −1.

    The backward pass uses the softmax, which is stored in the precision of the products.
    """

    @staticmethod
    def forward(
        ctx: Any,
        predicted: Float[Tensor, "N E"],
        vectors: Float[Tensor, "C E"],
        bias: Float[Tensor, " C"],
        left_out: Int[Tensor, " N"],
    ) -> Float[Tensor, " N"]:
        softmax = predicted.new_empty(len(predicted), len(vectors))  # (N, C)
        result = bias.new_empty(len(predicted))  # (N,)
        transposed = vectors.T.contiguous()  # (E, C)
        for at in range(0, len(predicted), _ROWS):
            part = slice(at, at + _ROWS)
            logits = (predicted[part] @ transposed).to(bias.dtype).add_(bias)  # (rows, C)
            row = (left_out[part] >= 0).nonzero()[:, 0]  # (few,)
            logits[row, left_out[part][row]] = -torch.inf
            largest = logits.amax(dim=1, keepdim=True)  # (rows, 1)
            logits.sub_(largest).exp_()
            total = logits.sum(dim=1, keepdim=True)  # (rows, 1)
            softmax[part] = logits.div_(total)
            result[part] = (total.log_() + largest)[:, 0]
        ctx.save_for_backward(predicted, vectors, softmax)
        return result

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Float[Tensor, " N"]) -> tuple[Tensor | None, ...]:
        predicted, vectors, softmax = ctx.saved_tensors
        weighted = softmax * grad[:, None].to(softmax.dtype)  # (N, C)
        ones = weighted.new_ones(1, len(weighted))  # (1, N)
        grad_bias = (ones @ weighted)[0].to(grad.dtype)  # (C,)
        return weighted @ vectors, (predicted.T @ weighted).T, grad_bias, None
