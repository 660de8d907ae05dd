"""The pipeline from reviews to an artifact, on real reviews."""

import json
import logging
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from gatewise.models.artifact.artifact import load_artifact, save_artifact
from gatewise.models.errors import DataError, ResumeError
from gatewise.models.predictor import Predictor
from gatewise.models.unit_index import StoredIndex
from gatewise.training.config import TrainingConfig
from gatewise.training.pipeline import Run, train
from tests.training.reviews import small_config, write_reviews

# Several epochs with a checkpoint after every batch.
OPTIONS = {
    "embedding_size": 8,
    "hidden_size": 12,
    "epochs": 4,
    "patience": 4,
    "batch_size": 16,
    "checkpoint_seconds": 0,
}
# A run in a process of its own, which can be killed.
SCRIPT = """
import sys
from pathlib import Path
from gatewise.training.config import TrainingConfig
from gatewise.training.pipeline import train

train(TrainingConfig.model_validate_json(sys.argv[1]), Path(sys.argv[2]))
"""


def config(reviews: Path, **changes: object) -> TrainingConfig:
    return small_config(reviews, **{**OPTIONS, **changes})


def weights(directory: Path) -> bytes:
    return (directory / "model.safetensors").read_bytes()


def contents(directory: Path) -> dict[str, bytes]:
    """Return the content of every file below a directory."""
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def reviews(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_reviews(tmp_path_factory.mktemp("data") / "films.csv", count=120)


@pytest.fixture(scope="module")
def finished(reviews: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of a run that was not interrupted."""
    directory = tmp_path_factory.mktemp("runs") / "finished"
    train(config(reviews), directory)
    return directory


@dataclass(frozen=True)
class Restarted:
    """A finished run to which a unit index and a remark were added, after another start.

    Attributes:
        directory: Directory of the run.
        before: Content of its files before the other start.
        metrics: What the other start returned.
    """

    directory: Path
    before: dict[str, bytes]
    metrics: dict[str, Any]


@pytest.fixture(scope="module")
def restarted(finished: Path, reviews: Path, tmp_path_factory: pytest.TempPathFactory) -> Restarted:
    directory = tmp_path_factory.mktemp("restarted") / "run"
    shutil.copytree(finished, directory)
    artifact = load_artifact(directory)
    save_artifact(
        replace(artifact, unit_index=StoredIndex(b"{}"), card=f"{artifact.card}\nOurs.\n"),
        directory,
    )
    before = contents(directory)
    return Restarted(directory, before, train(config(reviews), directory, resume=True))


def test_the_artifact_can_be_served(finished: Path) -> None:
    prediction = Predictor.load(finished).predict(["A wonderful film."])[0]
    assert prediction.label in {"negative", "positive"}


def test_the_artifact_stores_the_whole_configuration(finished: Path, reviews: Path) -> None:
    assert load_artifact(finished).training == config(reviews).model_dump(mode="json")


def test_training_lowers_the_validation_loss(finished: Path) -> None:
    history = load_artifact(finished).metrics["history"]["fit"]
    assert history[-1]["validation_log_loss"] < history[0]["validation_log_loss"]


def test_the_seconds_of_every_stage_are_stored(finished: Path) -> None:
    assert list(load_artifact(finished).metrics["seconds"]) == [
        *("read", "split", "assemble", "tokenize", "word vectors", "fit", "evaluate"),
        "gate statistics",
    ]


def test_the_model_card_has_the_measured_figures(finished: Path) -> None:
    artifact = load_artifact(finished)
    figures = artifact.metrics["validation"]["imdb"]
    assert figures["n"] == 24
    assert f"{figures['accuracy']:.2%}" in artifact.card
    assert "--hidden-size 12" in artifact.card
    assert "model-index:" in artifact.card


@pytest.mark.slow
def test_a_killed_run_resumes_to_the_same_weights(
    finished: Path, reviews: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    directory = tmp_path / "killed"
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, config(reviews).model_dump_json(), str(directory)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not (directory / "run" / "fit" / "checkpoint.pt").exists():
        assert process.poll() is None, "the run ended before its first checkpoint"
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not (directory / "config.json").exists()

    with caplog.at_level(logging.INFO, logger="gatewise"):
        train(config(reviews), directory, resume=True)
    assert any("resumed at epoch" in message for message in caplog.messages)
    assert weights(directory) == weights(finished)


@pytest.mark.slow
def test_the_same_seed_trains_the_same_weights(
    finished: Path, reviews: Path, tmp_path: Path
) -> None:
    train(config(reviews), tmp_path / "same")
    assert weights(tmp_path / "same") == weights(finished)


def test_another_seed_trains_other_weights(finished: Path, reviews: Path, tmp_path: Path) -> None:
    train(config(reviews, seed=1, epochs=1), tmp_path / "other")
    assert weights(tmp_path / "other") != weights(finished)


def test_another_start_of_a_finished_run_keeps_the_unit_index(restarted: Restarted) -> None:
    stored = (restarted.directory / "unit_index.json").read_bytes()
    assert stored == restarted.before["unit_index.json"]


def test_another_start_of_a_finished_run_keeps_edits_of_the_card(restarted: Restarted) -> None:
    card = (restarted.directory / "README.md").read_text(encoding="utf-8")
    assert card.endswith("\nOurs.\n")


def test_another_start_of_a_finished_run_changes_no_file(restarted: Restarted) -> None:
    assert contents(restarted.directory) == restarted.before


def test_another_start_of_a_finished_run_returns_the_stored_metrics(restarted: Restarted) -> None:
    assert restarted.metrics == json.loads(restarted.before["metrics.json"])


def test_another_start_exports_a_damaged_artifact_again(
    finished: Path, reviews: Path, tmp_path: Path
) -> None:
    directory = tmp_path / "damaged"
    shutil.copytree(finished, directory)
    (directory / "model.safetensors").write_bytes(b"truncated")
    train(config(reviews), directory, resume=True)
    assert weights(directory) == weights(finished)


def test_a_used_directory_is_not_overwritten(finished: Path, reviews: Path) -> None:
    with pytest.raises(ResumeError, match=r"not empty\. Pass --resume"):
        train(config(reviews), finished)


def test_a_directory_with_other_files_is_not_used(reviews: Path, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(ResumeError, match=r"not empty\. Choose another"):
        train(config(reviews), tmp_path, resume=True)


def test_resuming_with_another_configuration_names_the_difference(
    finished: Path, reviews: Path
) -> None:
    with pytest.raises(ResumeError, match="hidden_size: 12 then, 13 now"):
        train(config(reviews, hidden_size=13), finished, resume=True)


def test_resuming_on_other_reviews_is_rejected(reviews: Path, tmp_path: Path) -> None:
    source = write_reviews(tmp_path / "films.csv", count=40)
    train(config(source, epochs=1), tmp_path / "run")
    write_reviews(source, count=50)
    with pytest.raises(ResumeError, match="have changed"):
        train(config(source, epochs=1), tmp_path / "run", resume=True)


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere\.csv"):
        train(config(tmp_path / "nowhere.csv"), tmp_path / "out")


def test_the_directory_of_a_rejected_run_can_be_used_again(reviews: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError):
        train(config(tmp_path / "nowhere.csv"), tmp_path / "out")
    Run(config(reviews), tmp_path / "out", resume=False)


@pytest.mark.slow
def test_a_run_keeps_its_results_when_its_source_is_gone(reviews: Path, tmp_path: Path) -> None:
    directory, source = tmp_path / "kept", tmp_path / "films.csv"
    shutil.copy(reviews, source)
    train(config(source, epochs=1), directory)
    (directory / "config.json").unlink()  # as if it had been killed before the export
    source.unlink()
    with pytest.raises(DataError):
        train(config(source, epochs=1), directory, resume=True)
    assert (directory / "run" / "fit" / "checkpoint.pt").is_file()


def test_the_fit_stops_early_when_the_validation_loss_rises(reviews: Path, tmp_path: Path) -> None:
    options = config(reviews, epochs=30, patience=1, learning_rate=0.05, checkpoint_seconds=60)
    history = train(options, tmp_path / "early")["history"]["fit"]
    losses = [entry["validation_log_loss"] for entry in history]
    assert len(history) < 30
    assert losses[-1] > min(losses)
