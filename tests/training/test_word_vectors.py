"""Word vectors are reproducible and know which words are alike."""

import numpy as np
import pytest

from models.tokenizer import PAD_ID
from training.config import TrainingConfig
from training.word_vectors import train_word_vectors

# Many passes: word2vec skips most occurrences of words as frequent as those of a tiny vocabulary.
CONFIG = TrainingConfig(embedding_size=16, word_vector_epochs=100)


@pytest.fixture(scope="module")
def texts() -> list[np.ndarray]:
    """Words 2 and 3 keep the same company, words 10 to 19; word 4 keeps that of 20 to 29."""
    generator = np.random.default_rng(0)
    made = []
    for _ in range(600):
        word = int(generator.integers(2, 5))
        company = generator.integers(20 if word == 4 else 10, 30 if word == 4 else 20, 8)
        made.append(np.insert(company, 4, word).astype(np.int32))
    return made


def test_the_same_seed_gives_the_same_vectors(texts: list[np.ndarray]) -> None:
    first, second = (train_word_vectors(texts, vocab_size=32, config=CONFIG) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_words_in_the_same_company_are_closer(texts: list[np.ndarray]) -> None:
    vectors = train_word_vectors(texts, vocab_size=32, config=CONFIG)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-9)
    assert unit[2] @ unit[3] > unit[2] @ unit[4]


def test_padding_is_zero_and_unseen_words_are_not(texts: list[np.ndarray]) -> None:
    vectors = train_word_vectors(texts, vocab_size=32, config=CONFIG)
    assert not vectors[PAD_ID].any()
    assert vectors[31].any()


def test_no_passes_leave_random_vectors(texts: list[np.ndarray]) -> None:
    config = TrainingConfig(embedding_size=16, word_vector_epochs=0)
    assert train_word_vectors(texts, vocab_size=32, config=config).std() == pytest.approx(0.1, 0.1)
