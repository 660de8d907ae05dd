"""Rows of an output beside those that it should have."""

import pytest

from benchmarks.score_runs import Difference, Row, difference

ROWS: list[Row] = [("0", "positive", 0.9), ("1", "negative", 0.2), ("2", "positive", 0.7)]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (ROWS, Difference(0, 0, 0)),
        (ROWS[:2], Difference(1, 0, 0)),
        ([*ROWS, ROWS[1]], Difference(0, 1, 0)),
        ([*ROWS[:2], ("2", "positive", 0.8)], Difference(0, 0, 1)),
        ([*ROWS[:2], ("3", "positive", 0.7)], Difference(1, 1, 0)),
    ],
)
def test_lost_doubled_and_changed_rows_are_counted(found: list[Row], expected: Difference) -> None:
    assert difference(found, ROWS) == expected
