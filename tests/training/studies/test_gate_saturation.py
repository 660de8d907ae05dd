"""Fine-tuning with several penalties starts from the results of one run."""

import json
from pathlib import Path
from typing import Any

import pytest

from gatewise.models.errors import DataError, ResumeError
from gatewise.models.predictor import Predictor
from gatewise.training.data.repeated_split import repeat_split
from gatewise.training.evaluation.gate_saturation import measure_saturation
from gatewise.training.pipeline import train
from gatewise.training.studies.gate_saturation import main, vary_penalty
from tests.training.reviews import small_config, write_reviews

PENALTIES = (0.0, 3.0)


def train_small(directory: Path, **options: Any) -> Path:
    """Train a small model and return its directory."""
    source = write_reviews(directory / "films.csv", count=200)
    train(small_config(source, **options), directory / "run")
    return directory / "run"


@pytest.fixture(scope="module")
def points(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the script with two penalties and return its directory."""
    directory = tmp_path_factory.mktemp("saturation")
    run = train_small(directory, finetune={"epochs": 3, "learning_rate": 0.05})
    main(trained=run, out=directory / "points", penalties=PENALTIES)
    return directory / "points"


def stored_points(directory: Path) -> list[dict[str, Any]]:
    stored: list[dict[str, Any]] = json.loads((directory / "gate_saturation.json").read_text())
    return stored


@pytest.mark.slow
def test_every_penalty_has_the_saturation_of_its_model(points: Path) -> None:
    stored = stored_points(points)
    assert [point["penalty"] for point in stored] == list(PENALTIES)
    for point in stored:
        predictor = Predictor.load(points / point["directory"])
        measured = measure_saturation(predictor, repeat_split(predictor).validation)
        assert point["gates"]["reset"] == measured.reset


@pytest.mark.slow
def test_a_strong_penalty_saturates_gates(points: Path) -> None:
    without, strong = stored_points(points)
    assert strong["gates"]["update"] > without["gates"]["update"]


@pytest.mark.slow
def test_stages_before_the_finetuning_are_trained_once(points: Path) -> None:
    paths = {(points / f"penalty_{penalty:g}" / "run" / "fit").resolve() for penalty in PENALTIES}
    assert paths == {points.parent / "run" / "run" / "fit"}


@pytest.mark.slow
def test_a_run_without_finetuning_is_rejected(tmp_path: Path) -> None:
    run = train_small(tmp_path)
    with pytest.raises(DataError, match="has no fine-tuning"):
        vary_penalty(run, tmp_path / "points", penalties=PENALTIES)


def test_a_directory_without_a_run_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(ResumeError, match="no finished training run"):
        vary_penalty(tmp_path, tmp_path / "points", penalties=PENALTIES)
