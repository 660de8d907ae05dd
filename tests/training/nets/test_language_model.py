"""The language model, its chunks of text, and the estimate of its softmax loss."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gatewise.training.nets.language_model import END_ID, LanguageModel, perplexity, read_chunks
from gatewise.training.nets.sampled_softmax import SampledSoftmax

COUNTS = torch.tensor([9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.0])
TEXTS = [np.array(words, dtype=np.int32) for words in ([2, 3, 4], [5, 6], [7, 8, 9, 2])]


def language_model() -> LanguageModel:
    torch.manual_seed(0)
    return LanguageModel(COUNTS, embedding_size=4, hidden_size=6)


@given(
    lengths=st.lists(st.integers(1, 9), min_size=1, max_size=12),
    batch_size=st.integers(1, 3),
    sequence_length=st.integers(1, 5),
)
def test_concatenated_chunks_are_the_texts_and_their_ends(
    lengths: list[int], batch_size: int, sequence_length: int
) -> None:
    texts = [np.full(length, 2 + index, dtype=np.int32) for index, length in enumerate(lengths)]
    chunks = read_chunks(
        texts, batch_size=batch_size, sequence_length=sequence_length, seed=0, epoch=0
    )
    parts = [chunk.ids for chunk in chunks]
    stream = torch.cat(parts, dim=1).flatten().tolist() if parts else []
    order = np.random.default_rng([0, 0]).permutation(len(texts))
    expected = np.concatenate([np.append(texts[index], END_ID) for index in order])
    assert stream == expected[: len(stream)].tolist()
    assert len(expected) - len(stream) <= batch_size * sequence_length + batch_size


def test_every_target_is_the_word_that_follows() -> None:
    for chunk in read_chunks(TEXTS, batch_size=2, sequence_length=2, seed=0, epoch=0):
        assert torch.equal(chunk.targets[:, :-1], chunk.ids[:, 1:])


def test_epochs_read_the_texts_in_different_orders() -> None:
    first, second = (
        read_chunks(TEXTS * 4, batch_size=1, sequence_length=30, seed=0, epoch=epoch)[0].ids
        for epoch in (0, 1)
    )
    assert not torch.equal(first, second)


def test_the_perplexity_of_a_unigram_model_follows_from_the_frequencies() -> None:
    model = language_model()
    torch.nn.init.zeros_(model.embedding.weight)
    share = torch.softmax(model.word_bias, dim=0)
    expected = torch.exp(-torch.log(share[[3, 4, END_ID]]).mean())
    assert perplexity(model, TEXTS[:1]) == pytest.approx(expected.item())


def test_the_state_is_reset_at_the_end_of_a_text() -> None:
    model = language_model()
    ids = torch.tensor([[2, 3, END_ID, 4, 5]])
    after, _ = model.predict_vectors(ids)
    alone, _ = model.predict_vectors(ids[:, 3:])
    torch.testing.assert_close(after[:, 3:], alone)


def test_with_every_word_summed_exactly_the_loss_is_exact() -> None:
    model, softmax = language_model(), SampledSoftmax(COUNTS, exact_words=10, sampled_words=3)
    predicted, targets = torch.randn(20, 4), torch.randint(0, 10, (20,))
    torch.testing.assert_close(
        softmax(model, predicted, targets), model.log_loss(predicted, targets)
    )


def test_with_every_word_summed_exactly_the_gradient_is_exact() -> None:
    model, softmax = language_model(), SampledSoftmax(COUNTS, exact_words=10, sampled_words=3)
    predicted, targets = torch.randn(20, 4, requires_grad=True), torch.randint(0, 10, (20,))
    inputs = [predicted, model.embedding.weight, model.word_bias]
    sampled = torch.autograd.grad(softmax(model, predicted, targets).sum(), inputs)
    exact = torch.autograd.grad(model.log_loss(predicted, targets).sum(), inputs)
    for mine, expected in zip(sampled, exact, strict=True):
        torch.testing.assert_close(mine, expected)


def test_the_sampled_loss_approximates_the_exact_one() -> None:
    model, softmax = language_model(), SampledSoftmax(COUNTS, exact_words=3, sampled_words=20_000)
    predicted, targets = torch.randn(20, 4), torch.randint(0, 10, (20,))
    torch.testing.assert_close(
        softmax(model, predicted, targets), model.log_loss(predicted, targets), atol=0.02, rtol=0.02
    )
