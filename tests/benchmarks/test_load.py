"""Figures of the load benchmark."""

from typing import Any

import pytest

from benchmarks.load import CLIENTS, lines_of, row_of, summary, workloads
from benchmarks.traffic import Tally
from gatewise.service.settings import Settings


def tally(responses: int, *, seconds: float, refused: int = 0) -> Tally:
    """A tally of responses that took 10 ms each."""
    found = Tally(seconds=seconds)
    for status, number in ((200, responses), (429, refused)):
        for _ in range(number):
            found.add(status, 0.01)
    return found


@pytest.fixture
def figures() -> dict[str, Any]:
    rows = [
        row_of("predict", 32, tally(100, seconds=2.0, refused=3), 1),
        row_of("list", 32, tally(10, seconds=2.0), 16),
        row_of("predict, open loop at 70 %", 0, tally(7, seconds=1.0), 1),
    ]
    return summary(rows, 100.0, Settings())


def test_a_row_counts_texts_and_other_statuses() -> None:
    row = row_of("list", 8, tally(10, seconds=2.0, refused=3), 16)
    assert (row["requests_per_second"], row["texts_per_second"], row["other"]) == (5.0, 80.0, 3)


def test_the_share_of_the_network_is_of_texts_per_second(figures: dict[str, Any]) -> None:
    assert [row["share_of_network"] for row in figures["rows"]] == [0.5, 0.8, 0.07]


def test_the_figures_with_a_target_are_selected(figures: dict[str, Any]) -> None:
    assert figures["load"] == {
        "list_share_of_network_at_32": 0.8,
        "single_share_of_network_at_32": 0.5,
        "p99_over_p50_at_70_percent": 1.0,
    }


def test_figures_of_parts_that_were_not_measured_are_left_out() -> None:
    assert summary([], 100.0, Settings())["load"] == {}


def test_the_table_has_a_row_for_every_measurement(figures: dict[str, Any]) -> None:
    lines = lines_of(figures)
    assert [line for line in lines if line.startswith("| predict |")] == [
        "| predict | 32 | 50.0 | 50.0 | 0.5 | 10.0 | 10.0 | 3 |"
    ]


def test_a_request_of_a_list_has_16_texts() -> None:
    _, _, lists = workloads([f"text {number}" for number in range(40)], CLIENTS)
    assert lists.texts == 16
    assert [request.count(b"text ") for request in lists.requests] == [16, 16]
