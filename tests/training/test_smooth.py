"""Verdicts that small steps do not change, learned also from reviews that have no label."""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.weights import NetworkWeights
from tests.training.reviews import SMALL_RUN, reviews_with_unlabelled
from training.__main__ import main
from training.checkpoint import load_checkpoint
from training.config import TrainingConfig
from training.encode import EncodedReviews, EncodedSplit
from training.learn import Learning


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return reviews_with_unlabelled(tmp_path_factory.mktemp("data") / "films.csv")


@pytest.fixture(scope="module")
def smoothed(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train a recipe with all three fits through the command line."""
    directory = tmp_path_factory.mktemp("smoothed") / "run"
    stages = ["--smooth.epochs=1", "--smooth.virtual-adversarial=5", "--finish.epochs=1"]
    assert main(["run", f"--source={source}", f"--out={directory}", *SMALL_RUN, *stages]) == 0
    return directory


def texts(*, seed: int, count: int) -> list[np.ndarray]:
    generator = np.random.default_rng(seed)
    return [generator.integers(2, 30, 12).astype(np.int32) for _ in range(count)]


def data(*, unlabelled: list[np.ndarray]) -> EncodedSplit:
    reviews = EncodedReviews(texts(seed=0, count=20), np.arange(20, dtype=np.float32) % 2)
    return EncodedSplit(train=reviews, validation=reviews, unlabelled=unlabelled, vocab_size=30)


def test_smooth_is_a_stage_between_the_fit_and_the_last_one(smoothed: Path) -> None:
    metrics = json.loads((smoothed / "metrics.json").read_text(encoding="utf-8"))
    assert list(metrics["history"]) == ["fit", "smooth", "finish"]
    assert {"fit", "smooth", "finish"} <= metrics["seconds"].keys()


def learn(directory: Path, *, unlabelled: int, **options: Any) -> NetworkWeights:
    """Learn from the same reviews, and others without labels that a seed decides."""
    config = TrainingConfig.model_validate(
        {"embedding_size": 4, "hidden_size": 6, "word_vector_epochs": 0, "epochs": 1, **options}
    )
    reviews = data(unlabelled=texts(seed=unlabelled, count=30))
    return Learning(reviews, config=config, directory=directory, stage=lambda _: nullcontext())()


@pytest.mark.parametrize(
    ("options", "alike"),
    [
        ({}, True),
        ({"virtual_adversarial": 5}, False),
        ({"smooth": {"epochs": 1, "virtual_adversarial": 5}}, False),
        ({"smooth": {"epochs": 1}}, True),
        ({"finish": {"epochs": 1, "virtual_adversarial": 5}}, True),
    ],
    ids=["fit", "virtual fit", "virtual smooth", "smooth", "virtual finish"],
)
def test_reviews_without_a_label_take_part_where_steps_are_virtual_and_labels_not_asked_for(
    options: dict[str, Any], alike: bool, tmp_path: Path
) -> None:
    first, second = (
        learn(tmp_path / str(seed), unlabelled=seed, **options).embedding for seed in (1, 2)
    )
    assert np.array_equal(first, second) == alike


def test_a_stage_that_asks_for_labels_leaves_out_what_the_fit_took(tmp_path: Path) -> None:
    options = {"virtual_adversarial": 5, "smooth": {"epochs": 1, "batch_size": 50}}
    learn(tmp_path, unlabelled=1, **options)
    checkpoint = load_checkpoint(tmp_path / "smooth" / "checkpoint.pt")
    assert checkpoint
    assert checkpoint.parts["schedule"]["total_steps"] == 1  # 20 reviews, not 50


def test_the_last_passes_go_on_from_the_smooth_network(tmp_path: Path) -> None:
    finish = {"finish": {"epochs": 1}}
    smooth = {"smooth": {"epochs": 1, "virtual_adversarial": 5}}
    without = learn(tmp_path / "without", unlabelled=1, **finish)
    with_it = learn(tmp_path / "with", unlabelled=1, **finish, **smooth)
    assert not np.array_equal(without.embedding, with_it.embedding)


def test_the_label_of_a_review_without_one_is_unknown_and_not_a_class() -> None:
    both = data(unlabelled=texts(seed=1, count=3)).train_and_unlabelled
    assert len(both) == 23
    np.testing.assert_array_equal(np.isnan(both.labels), np.arange(23) >= 20)
