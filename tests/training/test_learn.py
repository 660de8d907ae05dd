"""Teachers that teach one another before the network learns from all of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.training.reviews import reviews_with_unlabelled
from training.__main__ import main

TEACHERS = ["nb_svm", "gru", "backward_gru"]


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two rounds of three teachers, through the command line, and once more from what was kept."""
    directory = tmp_path_factory.mktemp("taught")
    source = reviews_with_unlabelled(directory / "films.csv")
    command = [
        "run",
        f"--source={source}",
        f"--out={directory / 'out'}",
        "--no-snippets",
        "--min-frequency=2",
        "--embedding-size=4",
        "--hidden-size=6",
        "--epochs=1",
        "--teacher.epochs=1",
        "--threads=1",
        "--validation-fraction=0.2",
        "--word-vector-epochs=1",
        "--teaching-rounds=2",
        *(f"--teachers={teacher}" for teacher in TEACHERS),
    ]
    assert main(command) == 0
    (directory / "out" / "config.json").unlink()
    assert main([*command, "--resume"]) == 0
    return directory / "out"


def metrics(directory: Path) -> Any:
    return json.loads((directory / "metrics.json").read_text(encoding="utf-8"))


def test_every_teacher_is_measured_in_every_round(taught: Path) -> None:
    measured = [
        (entry["round"], entry["teacher"]) for entry in metrics(taught)["history"]["teachers"]
    ]
    assert measured == [(round_, name) for round_ in (1, 2) for name in [*TEACHERS, "all teachers"]]


def test_the_svm_judges_alike_in_every_round_as_it_learns_from_labels_alone(taught: Path) -> None:
    found = {
        entry["validation_accuracy"]
        for entry in metrics(taught)["history"]["teachers"]
        if entry["teacher"] == "nb_svm"
    }
    assert len(found) == 1
    assert not (taught / "run" / "nb_svm_round_2.safetensors").exists()


def test_judgements_of_every_round_are_kept_for_a_run_that_goes_on(taught: Path) -> None:
    kept = {path.stem for path in (taught / "run").glob("*.safetensors")}
    assert {"gru", "backward_gru", "gru_round_2", "backward_gru_round_2"} <= kept
