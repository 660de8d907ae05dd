"""Distances of the sums in a response of /explain from its logit."""

from typing import Any

import pytest

from benchmarks.explaining import Cost, distances_from_logit, summary


def response(*, logit: float, attribution: float) -> dict[str, Any]:
    """A response for one token whose decomposition is exact with bias 0.5 and logit 2.5."""
    token = {
        "decomposition": {"total": 2.0, "new_word": 1.5, "recalled_context": 0.5},
        "attribution": attribution,
    }
    return {"decomposition": {"bias": 0.5, "logit": logit}, "tokens": [token]}


def test_exact_sums_have_no_distance() -> None:
    distances = distances_from_logit(response(logit=2.5, attribution=2.0))
    assert (distances.decomposition, distances.parts, distances.attributions) == (0, 0, 0)


def test_a_distance_is_in_units_of_a_large_logit() -> None:
    distances = distances_from_logit(response(logit=2.0, attribution=2.0))
    assert distances.attributions == pytest.approx(0.5 / 2.0)


def test_a_distance_is_absolute_where_the_logit_is_below_1() -> None:
    distances = distances_from_logit(response(logit=0.5, attribution=0.25))
    assert distances.attributions == pytest.approx(0.25)


def test_the_summary_has_the_largest_distance_and_times_relative_to_predict() -> None:
    distances = [
        distances_from_logit(response(logit=2.5, attribution=attribution))
        for attribution in (2.0, 2.25)
    ]
    costs = {
        "/predict": Cost([10.0, 10.0], [1_000, 1_000]),
        "/explain": Cost([15.0, 15.0], [80_000, 80_000]),
    }
    figures = summary(distances, costs, {"faithfulness": 12.4})
    assert figures["largest_distance_from_logit"]["attributions"] == pytest.approx(0.1)
    assert figures["requests"]["/explain"]["times_predict"] == 1.5
    assert figures["requests"]["/explain"]["kilobytes"] == 80.0
    assert figures["on_request_ms"] == {"faithfulness": 12}
