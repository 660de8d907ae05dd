"""The training stages: teachers, virtual adversarial training and fine-tuning."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gatewise.models.weights import NetworkWeights
from gatewise.training.config import TrainingConfig
from gatewise.training.data.encoding import EncodedReviews, EncodedSplit
from gatewise.training.pipeline import train
from gatewise.training.training_stages import TrainingStages
from tests.training.reviews import reviews_with_unlabelled, small_config

TEACHERS = ("nb_svm", "gru", "backward_gru")


def random_texts(*, seed: int, count: int) -> list[np.ndarray]:
    generator = np.random.default_rng(seed)
    return [generator.integers(2, 30, 12).astype(np.int32) for _ in range(count)]


def split(*, unlabelled_seed: int) -> EncodedSplit:
    """Return 20 labelled reviews, always the same, and 30 unlabelled ones."""
    reviews = EncodedReviews(random_texts(seed=0, count=20), np.arange(20, dtype=np.float32) % 2)
    return EncodedSplit(
        train=reviews,
        validation=reviews,
        unlabelled=random_texts(seed=unlabelled_seed, count=30),
        vocab_size=30,
    )


def training_stages(directory: Path, *, unlabelled_seed: int = 1, **options: Any) -> TrainingStages:
    config = TrainingConfig.model_validate(
        {"embedding_size": 4, "hidden_size": 6, "word_vector_epochs": 0, "epochs": 1, **options}
    )
    return TrainingStages(
        split(unlabelled_seed=unlabelled_seed),
        config=config,
        directory=directory,
        stage=lambda _: nullcontext(),
    )


def learn(directory: Path, **options: Any) -> NetworkWeights:
    return training_stages(directory, **options).run()


@pytest.fixture(scope="module")
def two_rounds(tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainingStages, Path]:
    """Run two rounds of teaching, on random texts."""
    directory = tmp_path_factory.mktemp("two_rounds")
    stages = training_stages(directory, teachers=TEACHERS, teaching_rounds=2)
    stages.run()
    return stages, directory


def test_every_teacher_is_measured_in_every_round(two_rounds: tuple[TrainingStages, Path]) -> None:
    measured = [(entry["round"], entry["teacher"]) for entry in two_rounds[0].history["teachers"]]
    assert measured == [(round_, name) for round_ in (1, 2) for name in [*TEACHERS, "all teachers"]]


def test_nb_svm_is_the_same_in_every_round(two_rounds: tuple[TrainingStages, Path]) -> None:
    stages, directory = two_rounds
    accuracies = {
        entry["validation_accuracy"]
        for entry in stages.history["teachers"]
        if entry["teacher"] == "nb_svm"
    }
    assert len(accuracies) == 1
    assert not (directory / "nb_svm_round_2.safetensors").exists()


def test_the_logits_of_every_round_are_stored(two_rounds: tuple[TrainingStages, Path]) -> None:
    stored = {path.stem for path in two_rounds[1].glob("*.safetensors")}
    assert {"gru", "backward_gru", "gru_round_2", "backward_gru_round_2"} <= stored


@pytest.mark.slow
def test_a_taught_run_exports_the_same_weights_again_when_it_is_resumed(tmp_path: Path) -> None:
    source = reviews_with_unlabelled(tmp_path / "films.csv")
    config = small_config(source, teachers=TEACHERS, teaching_rounds=2)
    train(config, tmp_path / "run")
    before = (tmp_path / "run" / "model.safetensors").read_bytes()
    (tmp_path / "run" / "config.json").unlink()  # as if it had been killed before the export
    train(config, tmp_path / "run", resume=True)
    assert (tmp_path / "run" / "model.safetensors").read_bytes() == before


@pytest.mark.parametrize(
    ("options", "used"),
    [({}, False), ({"virtual_adversarial": 5}, True)],
    ids=["labels alone", "virtual adversarial"],
)
def test_virtual_adversarial_training_uses_unlabelled_reviews(
    options: dict[str, Any], used: bool, tmp_path: Path
) -> None:
    first, second = (
        learn(tmp_path / str(seed), unlabelled_seed=seed, **options).embedding for seed in (1, 2)
    )
    assert np.array_equal(first, second) != used


def test_unlabelled_reviews_have_an_unknown_label() -> None:
    both = split(unlabelled_seed=1).train_and_unlabelled
    assert len(both) == 50
    np.testing.assert_array_equal(np.isnan(both.labels), np.arange(50) >= 20)


def test_finetuning_continues_from_the_fit(tmp_path: Path) -> None:
    fit = learn(tmp_path / "fit")
    barely = learn(tmp_path / "barely", finetune={"epochs": 1, "learning_rate": 1e-12})
    np.testing.assert_allclose(barely.embedding, fit.embedding, atol=1e-6)


def test_finetuning_changes_the_weights(tmp_path: Path) -> None:
    fit = learn(tmp_path / "fit", batch_size=4)
    finetune = {"epochs": 1, "learning_rate": 0.05}
    finetuned = learn(tmp_path / "finetuned", batch_size=4, finetune=finetune)
    assert np.abs(finetuned.embedding - fit.embedding).max() > 1e-3


def test_stages_have_their_history_in_order(tmp_path: Path) -> None:
    stages = training_stages(tmp_path, finetune={"epochs": 2})
    stages.run()
    assert [(name, len(log)) for name, log in stages.history.items()] == [
        ("fit", 1),
        ("finetune", 2),
    ]
