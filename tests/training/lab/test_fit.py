"""Trainings of the lab: reproducible, resumable, and measured on the last token."""

from pathlib import Path

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from training.encode import EncodedReviews
from training.lab.fit import SequenceTraining, TextTraining, last_logits, shuffle_words, tails
from training.lab.nets import ELMAN, GRU, Reader, build
from training.lab.tasks import SYMBOLS, parity_with_resets


def net(name: str = GRU) -> Reader:
    torch.manual_seed(0)
    return build(name, vocab_size=12, embedding_size=4, hidden_size=5, longest=10)


def reviews(count: int = 130) -> EncodedReviews:
    """Texts whose label is whether they hold the word 7."""
    generator = np.random.default_rng(0)
    ids = [generator.integers(1, 12, size=9).astype(np.int32) for _ in range(count)]
    return EncodedReviews(ids, np.array([7 in text for text in ids], dtype=np.float32))


def training(directory: Path, *, shuffled: bool = False) -> TextTraining:
    return TextTraining(
        net(),
        learn=reviews(),
        held_out=reviews(40),
        epochs=3,
        max_tokens=8,
        shuffled=shuffled,
        name="test",
        seed=1,
        directory=directory,
        bar=False,
    )


def test_a_training_that_is_broken_off_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    whole = training(tmp_path / "whole", shuffled=True)
    expected = whole.run()
    training(tmp_path / "broken", shuffled=True)._run_epoch()
    resumed = training(tmp_path / "broken", shuffled=True)
    assert resumed.run() == expected
    for mine, theirs in zip(resumed.reader.parameters(), whole.reader.parameters(), strict=True):
        assert torch.equal(mine, theirs)


def test_a_training_that_diverges_goes_on_to_its_end(tmp_path: Path) -> None:
    diverging = training(tmp_path)
    torch.nn.init.constant_(next(diverging.reader.parameters()), torch.nan)
    assert "accuracy" in diverging.run()


def test_a_training_measures_in_order_and_shuffled(tmp_path: Path) -> None:
    assert training(tmp_path).run().keys() == {"accuracy", "shuffled_accuracy"}


def test_a_synthetic_task_is_learned_better_than_by_chance(tmp_path: Path) -> None:
    torch.manual_seed(0)
    reader = build(GRU, vocab_size=SYMBOLS, embedding_size=6, hidden_size=8, longest=8)
    learned = SequenceTraining(
        reader,
        draw=parity_with_resets,
        steps=150,
        length=8,
        name="test",
        seed=0,
        directory=tmp_path,
        bar=False,
    )
    figures = learned.run()
    assert figures["accuracy"] > 0.7
    assert figures["all_right"] <= figures["accuracy"]


def test_the_last_logit_of_a_batch_is_that_of_each_text_alone() -> None:
    reader = net(ELMAN)
    texts = [np.arange(1, length, dtype=np.int32) for length in (3, 9, 2, 5)]
    with torch.no_grad():
        alone = [float(reader(torch.from_numpy(ids)[None])[0, -1]) for ids in texts]
    np.testing.assert_allclose(last_logits(reader, texts), alone, atol=1e-6)


@given(st.lists(st.lists(st.integers(1, 99), min_size=1), min_size=1), st.integers(0, 99))
def test_shuffling_keeps_every_word(texts: list[list[int]], seed: int) -> None:
    ids = [np.array(text, dtype=np.int32) for text in texts]
    shuffled = shuffle_words(ids, seed)
    assert [sorted(text.tolist()) for text in shuffled] == [sorted(text) for text in texts]


def test_tails_are_the_last_tokens() -> None:
    short, long = np.array([1, 2], dtype=np.int32), np.arange(9, dtype=np.int32)
    cut = tails([short, long], 3)
    assert [text.tolist() for text in cut] == [[1, 2], [6, 7, 8]]
