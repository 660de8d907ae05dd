"""The stages of a review add up to what was measured."""

import pytest

from benchmarks.stages import stages
from benchmarks.tables import stage_table
from benchmarks.timing import Timing

TIMES = {"read": 1.0, "encode": 3.0, "recurrence": 5.0, "predict": 9.0}


def timings(**more: float) -> dict[str, Timing]:
    times = {**TIMES, **{name.replace("_", " /"): value for name, value in more.items()}}
    return {name: Timing(value, value, value) for name, value in times.items()}


def test_the_stages_of_a_request_sum_to_its_time() -> None:
    found = stages(timings(POST_predict=10.0, POST_explain=14.0), reviews=1)
    assert sum(found.values()) == pytest.approx(14.0)
    assert found["recurrence"] == 5.0


def test_the_stages_of_a_batch_are_per_review() -> None:
    assert sum(stages(timings(), reviews=4).values()) == pytest.approx(9.0 / 4)


def test_shares_are_of_the_time_of_a_prediction() -> None:
    one = stages(timings(POST_predict=10.0, POST_explain=14.0), reviews=1)
    table = stage_table({"small": {"one": one, "many": stages(timings(), reviews=4)}})
    (row,) = [line for line in table if line.startswith("| recurrence")]
    assert row == "| recurrence | 5.00 ms (50 %) | 1.25 ms (56 %) |"
