"""The seconds of stages, over all starts of a run."""

import json
from itertools import count
from pathlib import Path

import pytest

from gatewise.training.stage_timer import StageTimer


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every stage take one second."""
    ticks = count(0.0)
    monkeypatch.setattr("gatewise.training.stage_timer.time.monotonic", lambda: next(ticks))


def start(path: Path, *names: str) -> dict[str, float]:
    timer = StageTimer(path, repeated={"read"})
    for name in names:
        with timer(name):
            pass
    return timer.seconds


def test_the_seconds_of_a_resumed_stage_add_up(tmp_path: Path) -> None:
    start(tmp_path / "seconds.json", "fit")
    assert start(tmp_path / "seconds.json", "fit") == {"fit": 2.0}


def test_a_stage_that_every_start_repeats_has_the_seconds_of_the_last(tmp_path: Path) -> None:
    start(tmp_path / "seconds.json", "read")
    assert start(tmp_path / "seconds.json", "read") == {"read": 1.0}


def test_an_interrupted_stage_is_counted(tmp_path: Path) -> None:
    timer = StageTimer(tmp_path / "seconds.json")
    with pytest.raises(KeyboardInterrupt), timer("fit"):
        raise KeyboardInterrupt
    assert json.loads((tmp_path / "seconds.json").read_text()) == {"fit": 1.0}


def test_replaced_seconds_keep_their_place(tmp_path: Path) -> None:
    timer = StageTimer(tmp_path / "seconds.json")
    for name in ("fit", "finetune"):
        with timer(name):
            pass
    timer.put({"fit": 7.0})
    assert list(timer.seconds.items()) == [("fit", 7.0), ("finetune", 1.0)]
