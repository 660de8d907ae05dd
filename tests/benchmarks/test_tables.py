"""Tables that benchmarks print and the documentation shows."""

from typing import Any

import pytest

from benchmarks.tables import classifier_table, load_table, soak_table
from docs.tools.figures import figure
from docs.tools.tables import table

_ROW: dict[str, Any] = {
    "workload": "predict",
    "clients": 8,
    "requests_per_second": 5.0,
    "texts_per_second": 80.0,
    "share_of_network": 0.5,
    "p50_ms": 10.0,
    "p99_ms": 20.0,
}


def test_the_documentation_shows_the_tables_of_the_benchmarks() -> None:
    assert table("load").splitlines() == load_table(figure("load"))


@pytest.mark.parametrize(("other", "columns"), [(0, 7), (3, 8)])
def test_other_statuses_have_a_column_only_where_there_were_some(other: int, columns: int) -> None:
    titles, *_ = load_table({"rows": [{**_ROW, "other": other}]})
    assert titles.count("|") == columns + 1


def test_times_are_compared_with_those_of_the_first_classifier() -> None:
    common = {"accuracy": None, "megabytes_resident": 100.0, "megabytes_on_disk": None}
    figures = {
        "first": {"milliseconds": {"1": [10.0, 9.0, 11.0], "32": [4.0, 4.0, 4.0]}, **common},
        "second": {"milliseconds": {"1": [5.0, 5.0, 5.0], "32": [40.0, 39.0, 42.0]}, **common},
    }
    assert classifier_table(figures)[-1] == (
        "| second | 5.00 (5.00 to 5.00) | 40.00 (39.00 to 42.00) | 0.5, 10 |  | 100 |  |"
    )


def test_a_part_of_the_soak_that_was_not_run_has_no_rows() -> None:
    assert len(soak_table({"fuzz": {"cases": 1_000, "broken": 0}})) == 4
