"""Word vectors: reproducible, and similar for words with similar contexts."""

import numpy as np
import pytest

from gatewise.models.tokenizer import PAD_ID
from gatewise.training.config import TrainingConfig
from gatewise.training.nets.word_vectors import train_word_vectors

# Many epochs, because word2vec skips most occurrences of very frequent words.
CONFIG = TrainingConfig(embedding_size=16, word_vector_epochs=100)


@pytest.fixture(scope="module")
def texts() -> list[np.ndarray]:
    """Return texts in which words 2 and 3 occur among words 10 to 19, and word 4 among 20 to 29."""
    generator = np.random.default_rng(0)
    texts = []
    for _ in range(600):
        word = int(generator.integers(2, 5))
        context = generator.integers(20 if word == 4 else 10, 30 if word == 4 else 20, 8)
        texts.append(np.insert(context, 4, word).astype(np.int32))
    return texts


def test_the_same_seed_gives_the_same_vectors(texts: list[np.ndarray]) -> None:
    first, second = (train_word_vectors(texts, vocab_size=32, config=CONFIG) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_words_with_the_same_contexts_are_more_similar(texts: list[np.ndarray]) -> None:
    vectors = train_word_vectors(texts, vocab_size=32, config=CONFIG)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-9)
    assert unit[2] @ unit[3] > unit[2] @ unit[4]


def test_padding_is_zero_and_words_that_do_not_occur_are_not(texts: list[np.ndarray]) -> None:
    vectors = train_word_vectors(texts, vocab_size=32, config=CONFIG)
    assert not vectors[PAD_ID].any()
    assert vectors[31].any()


def test_without_epochs_vectors_are_random(texts: list[np.ndarray]) -> None:
    config = TrainingConfig(embedding_size=16, word_vector_epochs=0)
    assert train_word_vectors(texts, vocab_size=32, config=config).std() == pytest.approx(0.1, 0.1)
