"""The language model reads all text in order, and its sampled softmax estimates the exact one."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from training.language_model import END_ID, LanguageModel, perplexity, read_chunks
from training.sampled_softmax import SampledSoftmax

COUNTS = torch.tensor([9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.0])
TEXTS = [np.array(words, dtype=np.int32) for words in ([2, 3, 4], [5, 6], [7, 8, 9, 2])]


def language_model() -> LanguageModel:
    torch.manual_seed(0)
    return LanguageModel(COUNTS, embedding_size=4, hidden_size=6)


@given(
    lengths=st.lists(st.integers(1, 9), min_size=1, max_size=12),
    rows=st.integers(1, 3),
    steps=st.integers(1, 5),
)
def test_chunks_laid_end_to_end_are_the_texts_and_their_ends(
    lengths: list[int], rows: int, steps: int
) -> None:
    texts = [np.full(length, 2 + index, dtype=np.int32) for index, length in enumerate(lengths)]
    chunks = read_chunks(texts, rows=rows, steps=steps, seed=0, epoch=0)
    parts = [chunk.ids for chunk in chunks]
    stream = torch.cat(parts, dim=1).flatten().tolist() if parts else []
    order = np.random.default_rng([0, 0]).permutation(len(texts))
    expected = np.concatenate([np.append(texts[index], END_ID) for index in order])
    assert stream == expected[: len(stream)].tolist()
    assert len(expected) - len(stream) <= rows * steps + rows


def test_every_target_is_the_word_that_follows() -> None:
    for chunk in read_chunks(TEXTS, rows=2, steps=2, seed=0, epoch=0):
        assert torch.equal(chunk.targets[:, :-1], chunk.ids[:, 1:])


def test_epochs_read_the_texts_in_other_orders() -> None:
    first, second = (
        read_chunks(TEXTS * 4, rows=1, steps=30, seed=0, epoch=epoch)[0].ids for epoch in (0, 1)
    )
    assert not torch.equal(first, second)


def test_perplexity_of_a_model_that_knows_only_frequencies_is_theirs() -> None:
    model = language_model()
    torch.nn.init.zeros_(model.embedding.weight)
    share = torch.softmax(model.word_bias, dim=0)
    expected = torch.exp(-torch.log(share[[3, 4, END_ID]]).mean())
    assert perplexity(model, TEXTS[:1]) == pytest.approx(expected.item())


def test_what_a_text_foretells_ends_with_it() -> None:
    model = language_model()
    ids = torch.tensor([[2, 3, END_ID, 4, 5]])
    after, _ = model.guess(ids)
    alone, _ = model.guess(ids[:, 3:])
    torch.testing.assert_close(after[:, 3:], alone)


def test_with_every_word_summed_exactly_the_loss_is_exact() -> None:
    model, softmax = language_model(), SampledSoftmax(COUNTS, exact_words=10, sampled_words=3)
    guesses, targets = torch.randn(20, 4), torch.randint(0, 10, (20,))
    torch.testing.assert_close(softmax(model, guesses, targets), model.log_loss(guesses, targets))


def test_with_every_word_summed_exactly_the_gradient_is_exact() -> None:
    model, softmax = language_model(), SampledSoftmax(COUNTS, exact_words=10, sampled_words=3)
    guesses, targets = torch.randn(20, 4, requires_grad=True), torch.randint(0, 10, (20,))
    inputs = [guesses, model.embedding.weight, model.word_bias]
    sampled = torch.autograd.grad(softmax(model, guesses, targets).sum(), inputs)
    exact = torch.autograd.grad(model.log_loss(guesses, targets).sum(), inputs)
    for mine, expected in zip(sampled, exact, strict=True):
        torch.testing.assert_close(mine, expected)


def test_the_sampled_loss_comes_near_the_exact_one_with_many_samples() -> None:
    model, softmax = language_model(), SampledSoftmax(COUNTS, exact_words=3, sampled_words=20_000)
    guesses, targets = torch.randn(20, 4), torch.randint(0, 10, (20,))
    torch.testing.assert_close(
        softmax(model, guesses, targets), model.log_loss(guesses, targets), atol=0.02, rtol=0.02
    )
