"""Statistics of times, and the order in which tasks are timed."""

import pytest

from benchmarks.timing import Timing, measure, summarize


def test_a_summary_is_median_and_quartiles() -> None:
    assert summarize([4.0, 1.0, 3.0, 2.0, 5.0]) == Timing(median=3.0, low=2.0, high=4.0)


def test_a_summary_of_one_time_is_that_time() -> None:
    assert summarize([7.0]) == Timing(median=7.0, low=7.0, high=7.0)


def test_a_summary_is_rounded_to_a_hundredth() -> None:
    assert summarize([1.23456]).median == 1.23


def test_tasks_take_turns_in_every_round() -> None:
    calls: list[str] = []
    tasks = {name: lambda name=name: calls.append(name) for name in ("a", "b")}
    measure(tasks, rounds=2, warm_up=1)
    assert calls == ["a", "b"] * 3


def test_the_warm_up_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    # The task takes 5 s in the warm-up and 1 s afterwards, on a clock that it advances itself.
    clock = {"now": 0.0}
    durations = iter([5.0, 1.0, 1.0])
    monkeypatch.setattr("time.perf_counter", lambda: clock["now"])

    def task() -> None:
        clock["now"] += next(durations)

    assert measure({"task": task}, rounds=2, warm_up=1)["task"] == Timing(1e3, 1e3, 1e3)
