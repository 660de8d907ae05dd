"""Encoded texts, and the same texts reversed for a network that reads from the end."""

import numpy as np
import torch

from gatewise.training.data.encoding import EncodedReviews, EncodedSplit


def test_a_reversed_text_starts_with_its_last_word() -> None:
    ids = [np.array(text, dtype=np.int32) for text in ([2, 3, 4], [5])]
    reviews = EncodedReviews(ids, np.ones(2, dtype=np.float32))
    backward = EncodedSplit(reviews, reviews, ids, vocab_size=6).reversed()
    for texts in (backward.train.ids, backward.validation.ids, backward.unlabelled):
        assert [text.tolist() for text in texts] == [[4, 3, 2], [5]]


def test_a_reversed_text_of_one_word_can_become_a_tensor() -> None:
    word = np.array([[5, 6]], dtype=np.int32)[0, :1]
    reviews = EncodedReviews([word], np.ones(1, dtype=np.float32))
    backward = EncodedSplit(reviews, reviews, [], vocab_size=7).reversed()
    assert torch.from_numpy(backward.train.ids[0]).tolist() == [5]
