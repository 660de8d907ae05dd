"""The pipeline from end to end, on real reviews, as a user runs it."""

import json
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from models.artifact import load_artifact, save_artifact
from models.errors import DataError, ResumeError
from models.predictor import Predictor
from models.unit_index import StoredIndex
from tests.training.reviews import write_reviews
from training.config import TrainingConfig
from training.pipeline import Run

OPTIONS = {
    "snippets": False,
    "min_frequency": 2,
    "embedding_size": 8,
    "hidden_size": 12,
    "word_vector_epochs": 1,
    "epochs": 8,
    "patience": 8,
    "batch_size": 16,
    "threads": 1,
    "validation_fraction": 0.2,
    "checkpoint_seconds": 0,
}


@pytest.fixture(scope="module")
def reviews(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_reviews(tmp_path_factory.mktemp("data") / "films.csv", count=300)


@pytest.fixture(scope="module")
def finished(reviews: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train through the command line, uninterrupted."""
    directory = tmp_path_factory.mktemp("runs") / "whole"
    subprocess.run(command(reviews, directory), check=True, capture_output=True)
    return directory


@dataclass(frozen=True)
class StartedAgain:
    """A finished run to which a unit index and a remark were added, before a second start."""

    directory: Path
    files: dict[str, bytes]
    metrics: dict[str, Any]


@pytest.fixture(scope="module")
def again(finished: Path, reviews: Path, tmp_path_factory: pytest.TempPathFactory) -> StartedAgain:
    directory = tmp_path_factory.mktemp("again") / "run"
    shutil.copytree(finished, directory)
    artifact = load_artifact(directory)
    save_artifact(
        replace(artifact, unit_index=StoredIndex(b"{}"), card=f"{artifact.card}\nOurs.\n"),
        directory,
    )
    files = contents(directory)
    return StartedAgain(directory, files, Run(config(reviews), directory, resume=True)())


def contents(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


def command(reviews: Path, directory: Path, *extra: str) -> list[str]:
    options = [
        f"--{name.replace('_', '-')}={value}" if value is not False else f"--no-{name}"
        for name, value in OPTIONS.items()
    ]
    return [
        *(sys.executable, "-m", "training", "run"),
        *(f"--source={reviews}", f"--out={directory}", *options, *extra),
    ]


def config(reviews: Path, **changes: object) -> TrainingConfig:
    return TrainingConfig.model_validate({**OPTIONS, "source": str(reviews), **changes})


def test_the_artifact_serves(finished: Path) -> None:
    prediction = Predictor.load(finished).predict(["A wonderful film."])[0]
    assert prediction.label in {"negative", "positive"}


def test_the_artifact_records_its_whole_configuration(finished: Path, reviews: Path) -> None:
    assert load_artifact(finished).training == config(reviews).model_dump(mode="json")


def test_training_learns_its_reviews(finished: Path) -> None:
    history = load_artifact(finished).metrics["history"]["fit"]
    assert history[-1]["validation_log_loss"] < history[0]["validation_log_loss"]


def test_every_stage_reports_its_seconds(finished: Path) -> None:
    assert list(load_artifact(finished).metrics["seconds"]) == [
        *("read", "split", "tokenize", "word vectors", "fit", "evaluate"),
        "gate statistics",
    ]


def test_the_card_states_the_measured_figures(finished: Path) -> None:
    artifact = load_artifact(finished)
    figures = artifact.metrics["validation"]["imdb"]
    assert figures["n"] == 60
    assert f"{figures['accuracy']:.2%}" in artifact.card
    assert "--hidden-size 12" in artifact.card
    assert "model-index:" in artifact.card


def test_a_run_killed_for_real_resumes_to_the_same_weights(
    finished: Path, reviews: Path, tmp_path: Path
) -> None:
    directory = tmp_path / "killed"
    process = subprocess.Popen(
        command(reviews, directory), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while not (directory / "run" / "fit" / "checkpoint.pt").exists():
        assert process.poll() is None, "the run ended before its first checkpoint"
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not (directory / "config.json").exists()

    resumed = subprocess.run(
        command(reviews, directory, "--resume"), check=True, capture_output=True, text=True
    )
    assert "resumed at epoch" in resumed.stderr
    assert weights(directory) == weights(finished)


def test_one_seeded_run_is_reproducible(finished: Path, reviews: Path, tmp_path: Path) -> None:
    directory = tmp_path / "again"
    Run(config(reviews), directory, resume=False)()
    assert weights(directory) == weights(finished)


def test_another_seed_is_another_run(finished: Path, reviews: Path, tmp_path: Path) -> None:
    directory = tmp_path / "other"
    Run(config(reviews, seed=1, epochs=1), directory, resume=False)()
    assert weights(directory) != weights(finished)


def test_a_second_start_leaves_the_unit_index(again: StartedAgain) -> None:
    assert (again.directory / "unit_index.json").read_bytes() == again.files["unit_index.json"]


def test_a_second_start_leaves_what_people_added_to_the_card(again: StartedAgain) -> None:
    assert (again.directory / "README.md").read_text(encoding="utf-8").endswith("\nOurs.\n")


def test_a_second_start_leaves_the_seconds(again: StartedAgain) -> None:
    stored = (again.directory / "run" / "seconds.json").read_bytes()
    assert stored == again.files["run/seconds.json"]


def test_a_second_start_changes_no_file_at_all(again: StartedAgain) -> None:
    assert contents(again.directory) == again.files


def test_a_second_start_answers_the_metrics_of_the_first(again: StartedAgain) -> None:
    assert again.metrics == json.loads(again.files["metrics.json"])


def test_a_second_start_exports_again_what_has_been_damaged(
    finished: Path, reviews: Path, tmp_path: Path
) -> None:
    directory = tmp_path / "damaged"
    shutil.copytree(finished, directory)
    (directory / "model.safetensors").write_bytes(b"truncated")
    Run(config(reviews), directory, resume=True)()
    assert weights(directory) == weights(finished)


def test_a_used_directory_is_not_overwritten(finished: Path, reviews: Path) -> None:
    with pytest.raises(ResumeError, match=r"not empty\. Pass --resume"):
        Run(config(reviews), finished, resume=False)


def test_a_directory_of_something_else_is_not_taken_over(reviews: Path, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(ResumeError, match=r"not empty\. Choose another"):
        Run(config(reviews), tmp_path, resume=True)


def test_resuming_with_another_configuration_names_the_difference(
    finished: Path, reviews: Path
) -> None:
    with pytest.raises(ResumeError, match="hidden_size: 12 then, 13 now"):
        Run(config(reviews, hidden_size=13), finished, resume=True)


def test_resuming_on_other_reviews_is_refused(reviews: Path, tmp_path: Path) -> None:
    source = tmp_path / "films.csv"
    write_reviews(source, count=40)
    directory = tmp_path / "run"
    options = config(source, epochs=1)
    Run(options, directory, resume=False)()
    write_reviews(source, count=50)
    with pytest.raises(ResumeError, match="have changed"):
        Run(options, directory, resume=True)()


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere\.csv"):
        Run(config(tmp_path / "nowhere.csv"), tmp_path / "out", resume=False)()


def test_a_run_that_was_refused_leaves_its_directory_to_the_command_put_right(
    reviews: Path, tmp_path: Path
) -> None:
    with pytest.raises(DataError):
        Run(config(tmp_path / "nowhere.csv"), tmp_path / "out", resume=False)()
    Run(config(reviews), tmp_path / "out", resume=False)


def test_a_run_that_has_learned_something_keeps_it_when_its_source_is_gone(
    reviews: Path, tmp_path: Path
) -> None:
    directory, source = tmp_path / "kept", tmp_path / "films.csv"
    shutil.copy(reviews, source)
    options = config(source, epochs=1)
    Run(options, directory, resume=False)()
    (directory / "config.json").unlink()  # as if it had been killed before the export
    source.unlink()
    with pytest.raises(DataError):
        Run(options, directory, resume=True)()
    assert (directory / "run" / "fit" / "checkpoint.pt").is_file()


def test_event_files_are_written_on_request(reviews: Path, tmp_path: Path) -> None:
    directory = tmp_path / "events"
    Run(config(reviews, epochs=1, tensorboard=True), directory, resume=False)()
    assert list((directory / "run" / "fit" / "events").glob("events.out.tfevents.*"))


def test_the_fit_stops_early_when_validation_no_longer_improves(
    reviews: Path, tmp_path: Path
) -> None:
    hasty = config(reviews, epochs=30, patience=1, learning_rate=0.05, checkpoint_seconds=60)
    history = Run(hasty, tmp_path / "early", resume=False)()["history"]["fit"]
    losses = [entry["validation_log_loss"] for entry in history]
    assert len(history) < 30
    assert losses[-1] > min(losses)


def weights(directory: Path) -> bytes:
    return (directory / "model.safetensors").read_bytes()
