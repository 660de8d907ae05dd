"""Kills of the processes that score a file."""

import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from benchmarks.report import Report
from benchmarks.score_kills import (
    Reference,
    Tally,
    kill_drivers,
    kill_workers,
    main,
    measure_kills,
)
from docs.tools import figures as docs_figures
from docs.tools.figures import figure
from docs.tools.tables import table
from gatewise.models.artifact.artifact import save_artifact
from tests.models.artifacts import small_artifact
from tests.service.bulk.files import frame, run, texts


@pytest.mark.slow
def test_as_many_workers_and_drivers_are_killed_as_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_artifact(small_artifact(), tmp_path / "model")
    figures = measure_kills(tmp_path / "model", texts(400), kills=2, seed=0)
    for found in figures["values"].values():
        assert found["kills"] == 2
        assert found["completed"] >= 1
        assert found["lost"] == found["doubled"] == found["other_bytes"] == 0

    # The documentation renders what the command writes, and what is committed has the same form.
    assert list(figures) == list(figure("score_kills"))
    assert [row[0] for row in figures["rows"]] == [row[0] for row in figure("score_kills", "rows")]
    monkeypatch.setattr(docs_figures, "FIGURES", tmp_path)
    Report("score_kills", [], figures, [], ()).publish(tmp_path / "measured_kills.json")
    assert table("measured_kills").splitlines()[:3:2] == [
        "| killed | workers | drivers |",
        "| kills | 2 | 2 |",
    ]


@pytest.mark.parametrize("kill", [kill_workers, kill_drivers])
def test_a_start_that_fails_unless_it_was_killed_ends_the_measurement(
    kill: Callable[[Reference, Path, random.Random, int], Tally], tmp_path: Path
) -> None:
    def command(_: Path) -> Sequence[str | Path]:
        return [sys.executable, "-c", "raise SystemExit(3)"]

    chance = random.Random(0)  # noqa: S311  # its first moment is long after the end
    with pytest.raises(subprocess.CalledProcessError, match="status 3"):
        kill(Reference(command, [], {}, 60.0), tmp_path, chance, 2)


def test_at_least_one_kill_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--kills", "0"])
    assert "--kills must be at least 1" in capsys.readouterr().err


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
