"""Long computations call `check` between their parts, and stop if it raises an exception."""

from collections.abc import Callable

import numpy as np
import pytest

from gatewise.models import Explanation, Predictor

TEXT = "It begins slowly, but the end is a delight, and I would watch it again. " * 6


class StopError(Exception):
    """Raised by a check."""


class CountedCheck:
    """A check that raises an exception at its last call."""

    def __init__(self, last: int | None = None) -> None:
        self.calls = 0
        self._last = last

    def __call__(self) -> None:
        self.calls += 1
        if self.calls == self._last:
            raise StopError


@pytest.fixture(scope="module")
def shipped() -> Predictor:
    """The default release."""
    return Predictor.load(threads=1)


@pytest.fixture(scope="module")
def explanation(shipped: Predictor) -> Explanation:
    return shipped.explain(TEXT)


def test_gate_effects_do_not_depend_on_the_parts(
    shipped: Predictor, explanation: Explanation
) -> None:
    at_once, check = shipped.gate_effects(explanation), CountedCheck()
    in_parts = shipped.gate_effects(explanation, check=check)
    assert check.calls > 3
    for name, values in vars(at_once).items():
        np.testing.assert_array_equal(getattr(in_parts, name), values)


def test_faithfulness_does_not_depend_on_the_parts(
    shipped: Predictor, explanation: Explanation
) -> None:
    rankings, check = {"decomposition": explanation.decomposition.total}, CountedCheck()
    at_once = shipped.faithfulness(explanation.encoding, rankings)
    assert shipped.faithfulness(explanation.encoding, rankings, check=check) == at_once
    assert check.calls > 3


@pytest.mark.parametrize(
    "compute",
    [
        lambda predictor, run, check: predictor.gate_effects(run, check=check),
        lambda predictor, run, check: predictor.faithfulness(run.encoding, {}, check=check),
    ],
    ids=["gate effects", "faithfulness"],
)
def test_an_exception_of_the_check_stops_the_computation(
    shipped: Predictor, explanation: Explanation, compute: Callable[..., object]
) -> None:
    check = CountedCheck(last=2)
    with pytest.raises(StopError):
        compute(shipped, explanation, check)
    assert check.calls == 2
