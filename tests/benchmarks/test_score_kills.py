"""Kills of the processes that score a file."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.score_kills import Reference, Tally, measure_kills
from gatewise.models.artifact.artifact import save_artifact
from tests.models.artifacts import small_artifact
from tests.service.bulk.files import frame, run, texts


@pytest.mark.slow
def test_as_many_workers_and_drivers_are_killed_as_asked_for(tmp_path: Path) -> None:
    save_artifact(small_artifact(), tmp_path / "model")
    values = measure_kills(tmp_path / "model", texts(400), kills=2, seed=0)["values"]
    for found in values.values():
        assert found["kills"] == 2
        assert found["completed"] >= 1
        assert found["lost"] == found["doubled"] == found["other_bytes"] == 0


def test_rows_that_a_run_lost_are_counted(tmp_path: Path) -> None:
    save_artifact(small_artifact(), tmp_path / "model")
    frame(40).to_csv(tmp_path / "reviews.csv", index=False)
    run(tmp_path / "reviews.csv", tmp_path / "out", tmp_path / "model", keep=("id",))
    rows = [(str(1000 + number), "positive", 0.5) for number in range(45)]

    def command(_: Path) -> Sequence[str | Path]:
        return []

    tally = Tally()
    tally.compare(tmp_path / "out", Reference(command, rows, {}, 0.0))
    assert (tally.lost, tally.doubled, tally.other_bytes) == (5, 0, 1)
