"""Trainings of the lab are reproducible and resumable, and classify by the last token."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gatewise.training.data.encoding import EncodedReviews
from gatewise.training.lab.nets.architectures import ELMAN, GRU, LabNet, build
from gatewise.training.lab.nets.fit import (
    SequenceTrainer,
    TextTrainer,
    last_logits,
    shuffle_words,
    tails,
)
from gatewise.training.lab.nets.synthetic_tasks import SYMBOLS, parity_with_resets


def net(name: str = GRU) -> LabNet:
    torch.manual_seed(0)
    return build(name, vocab_size=12, embedding_size=4, hidden_size=5, longest=10)


def reviews(count: int = 130) -> EncodedReviews:
    """Texts whose label is whether they contain the word 7."""
    generator = np.random.default_rng(0)
    ids = [generator.integers(1, 12, size=9).astype(np.int32) for _ in range(count)]
    return EncodedReviews(ids, np.array([7 in text for text in ids], dtype=np.float32))


def training(directory: Path, *, shuffled: bool = False) -> TextTrainer:
    return TextTrainer(
        net(),
        train=reviews(),
        held_out=reviews(40),
        epochs=3,
        max_tokens=8,
        shuffled=shuffled,
        name="test",
        seed=1,
        directory=directory,
        bar=False,
    )


def stop_after_first_epoch() -> dict[str, float]:
    raise KeyboardInterrupt


def test_a_resumed_training_gives_the_same_weights(tmp_path: Path) -> None:
    whole = training(tmp_path / "whole", shuffled=True)
    expected = whole.run()
    stopped = training(tmp_path / "stopped", shuffled=True)
    stopped._measure = stop_after_first_epoch  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        stopped.run()
    resumed = training(tmp_path / "stopped", shuffled=True)
    assert resumed.run() == expected
    for actual, desired in zip(resumed.net.parameters(), whole.net.parameters(), strict=True):
        assert torch.equal(actual, desired)


def test_a_diverged_training_continues_to_its_end(tmp_path: Path) -> None:
    diverging = training(tmp_path)
    torch.nn.init.constant_(next(diverging.net.parameters()), torch.nan)
    assert "accuracy" in diverging.run()


def test_accuracy_is_measured_in_order_and_shuffled(tmp_path: Path) -> None:
    assert training(tmp_path).run().keys() == {"accuracy", "shuffled_accuracy"}


def test_a_net_learns_a_synthetic_task(tmp_path: Path) -> None:
    torch.manual_seed(0)
    untrained = build(GRU, vocab_size=SYMBOLS, embedding_size=6, hidden_size=8, longest=8)
    trainer = SequenceTrainer(
        untrained,
        draw=parity_with_resets,
        steps=150,
        length=8,
        name="test",
        seed=0,
        directory=tmp_path,
        bar=False,
    )
    figures = trainer.run()
    assert figures["accuracy"] > 0.7
    assert figures["all_correct"] <= figures["accuracy"]


def test_last_logits_do_not_depend_on_the_batch() -> None:
    elman = net(ELMAN)
    texts = [np.arange(1, length, dtype=np.int32) for length in (3, 9, 2, 5)]
    with torch.no_grad():
        alone = [float(elman(torch.from_numpy(ids)[None])[0, -1]) for ids in texts]
    np.testing.assert_allclose(last_logits(elman, texts), alone, atol=1e-6)


@given(st.lists(st.lists(st.integers(1, 99), min_size=1), min_size=1), st.integers(0, 99))
def test_shuffling_keeps_every_word(texts: list[list[int]], seed: int) -> None:
    ids = [np.array(text, dtype=np.int32) for text in texts]
    shuffled = shuffle_words(ids, seed)
    assert [sorted(text.tolist()) for text in shuffled] == [sorted(text) for text in texts]


def test_tails_keep_the_last_tokens() -> None:
    short, long = np.array([1, 2], dtype=np.int32), np.arange(9, dtype=np.int32)
    cut = tails([short, long], 3)
    assert [text.tolist() for text in cut] == [[1, 2], [6, 7, 8]]
