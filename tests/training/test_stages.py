"""Seconds of stages are kept over all starts of a run."""

import json
from itertools import count
from pathlib import Path

import pytest

from training.stages import StageTimer


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every stage take a second."""
    ticks = count(0.0)
    monkeypatch.setattr("training.stages.time.monotonic", lambda: next(ticks))


def start(path: Path, *names: str) -> dict[str, float]:
    timer = StageTimer(path, repeated={"read"})
    for name in names:
        with timer(name):
            pass
    return timer.seconds


def test_a_stage_that_is_gone_on_with_adds_to_its_seconds(tmp_path: Path) -> None:
    start(tmp_path / "seconds.json", "fit")
    assert start(tmp_path / "seconds.json", "fit") == {"fit": 2.0}


def test_a_stage_that_every_start_repeats_counts_once(tmp_path: Path) -> None:
    start(tmp_path / "seconds.json", "read")
    assert start(tmp_path / "seconds.json", "read") == {"read": 1.0}


def test_a_stage_that_is_broken_off_counts(tmp_path: Path) -> None:
    timer = StageTimer(tmp_path / "seconds.json")
    with pytest.raises(KeyboardInterrupt), timer("fit"):
        raise KeyboardInterrupt
    assert json.loads((tmp_path / "seconds.json").read_text()) == {"fit": 1.0}


def test_what_is_known_better_replaces_the_seconds_in_their_place(tmp_path: Path) -> None:
    timer = StageTimer(tmp_path / "seconds.json")
    for name in ("fit", "finish"):
        with timer(name):
            pass
    timer.put({"fit": 7.0})
    assert list(timer.seconds.items()) == [("fit", 7.0), ("finish", 1.0)]
