"""The shares of several models in the traffic."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.service.engine.errors import ServedModelsError
from gatewise.service.engine.traffic import Traffic

TEXTS = [f"Review number {number}." for number in range(4000)]


@given(text=st.text())
def test_a_text_always_goes_to_the_same_model(text: str) -> None:
    first, second = (Traffic({"a": 50, "b": 50}, ["a", "b"]) for _ in range(2))
    assert first.choose(text) == second.choose(text)


def test_texts_are_divided_according_to_the_shares() -> None:
    traffic = Traffic({"a": 70, "b": 10, "c": 20}, ["a", "b", "c", "d"])
    counted = Counter(map(traffic.choose, TEXTS))
    for model, share in {"a": 0.7, "b": 0.1, "c": 0.2, "d": 0}.items():
        # Five standard deviations of a binomial distribution.
        assert counted[model] / len(TEXTS) == pytest.approx(
            share, abs=5 * (share * (1 - share) / len(TEXTS)) ** 0.5
        )


def test_the_first_model_has_all_by_default() -> None:
    traffic = Traffic({}, ["a", "b"])
    assert set(map(traffic.choose, TEXTS)) == {"a"}
    assert traffic.shares == {"a": 100, "b": 0}


def test_a_larger_share_only_adds_texts() -> None:
    small, large = (
        {text for text in TEXTS if Traffic({"a": 100 - b, "b": b}, ["a", "b"]).choose(text) == "b"}
        for b in (10, 20)
    )
    assert small < large


def test_a_share_of_a_model_that_is_not_served_is_refused() -> None:
    with pytest.raises(ServedModelsError, match=r"'c', which is not served.*a, b"):
        Traffic({"c": 100}, ["a", "b"])
