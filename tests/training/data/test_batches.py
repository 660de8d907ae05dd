"""Batches contain every review once per epoch, by similar length, in a reproducible order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gatewise.training.data.batches import epoch_order, make_batch
from gatewise.training.data.encoding import EncodedReviews

lengths = st.lists(st.integers(1, 300), min_size=1, max_size=200)


@given(lengths=lengths, batch_size=st.integers(1, 20), seed=st.integers(0, 9))
def test_every_review_is_in_one_batch(lengths: list[int], batch_size: int, seed: int) -> None:
    order = epoch_order(lengths, batch_size=batch_size, seed=seed, epoch=0)
    assert sorted(row for rows in order for row in rows) == list(range(len(lengths)))
    assert max(map(len, order)) <= batch_size


def test_the_order_depends_on_seed_and_epoch() -> None:
    sizes = list(range(1, 101))

    def order(seed: int, epoch: int) -> list[list[int]]:
        return epoch_order(sizes, batch_size=8, seed=seed, epoch=epoch)

    assert order(1, 0) == order(1, 0)
    assert order(1, 0) != order(1, 1)
    assert order(1, 0) != order(2, 0)


def test_reviews_of_similar_length_share_a_batch() -> None:
    sizes = np.random.default_rng(0).integers(1, 400, 1000).tolist()
    order = epoch_order(sizes, batch_size=10, seed=0, epoch=0)
    padded = sum(len(rows) * max(sizes[row] for row in rows) for rows in order)
    assert padded < 1.1 * sum(sizes)


def test_a_batch_contains_the_end_of_a_long_review() -> None:
    reviews = EncodedReviews(
        ids=[np.array([2, 3, 4, 5], dtype=np.int32), np.array([6], dtype=np.int32)],
        labels=np.array([1, 0], dtype=np.float32),
    )
    batch = make_batch(reviews, [0, 1], max_tokens=3)
    assert batch.ids.tolist() == [[3, 4, 5], [6, 0, 0]]
    assert batch.lengths.tolist() == [3, 1]
    assert batch.labels.tolist() == [1, 0]
