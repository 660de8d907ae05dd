"""Every flag requires its evidence."""

from dataclasses import replace

import numpy as np
import pytest

from gatewise.models.explain.decomposition import Decomposition
from gatewise.models.explain.flags import Flag, token_flags
from gatewise.models.explain.interventions import GateEffects
from gatewise.models.gate_statistics import GateStatistics

STATISTICS = replace(
    GateStatistics.unmeasured(2),
    # Unusually low and high: below 0.05, above 0.95; from token 2 on, below 0.025, above 0.475.
    recalled_share=np.stack([np.linspace(0, 1, 101), *[np.linspace(0, 0.5, 101)] * 7]),
    released_share=np.stack([np.linspace(0, 1, 101), *[np.linspace(0, 0.5, 101)] * 7]),
)


def decomposition(
    running: list[float],
    *,
    recalled: list[float] | None = None,
    released: list[float] | None = None,
) -> Decomposition:
    middle = np.full(len(running), 0.4)
    return Decomposition(
        bias=0.0,
        logit=running[-1],
        residual=0.0,
        new_word=middle,
        recalled_context=middle,
        kept_share=middle,
        recalled_share=middle if recalled is None else np.array(recalled),
        released_share=middle if released is None else np.array(released),
        running_logit=np.array(running),
    )


def effects(
    *, reset_at_1: list[float], reset_at_average: list[float], update_at_1: list[float]
) -> GateEffects:
    return GateEffects(
        reset_at_1=np.array(reset_at_1, dtype=float),
        reset_at_average=np.array(reset_at_average, dtype=float),
        update_at_1=np.array(update_at_1, dtype=float),
    )


def test_a_token_at_which_the_running_label_changes_is_a_flip() -> None:
    assert token_flags(decomposition([1.0, -1.0, -2.0]), STATISTICS) == [[], ["flip"], []]


def test_a_recalled_share_that_is_low_for_its_position_is_a_reset() -> None:
    found = token_flags(decomposition([1.0, 1.0, 1.0], recalled=[0.5, 0.04, 0.04]), STATISTICS)
    assert found == [[], ["reset"], []]


def test_a_released_share_that_is_high_for_its_position_is_a_rewrite() -> None:
    found = token_flags(decomposition([1.0, 1.0, 1.0], released=[0.5, 0.94, 0.94]), STATISTICS)
    assert found == [[], [], ["rewrite"]]


def test_the_first_token_is_never_a_reset_or_a_rewrite() -> None:
    found = token_flags(decomposition([1.0], recalled=[0.0], released=[1.0]), STATISTICS)
    assert found == [[]]


@pytest.mark.parametrize(
    ("at_1", "at_average", "expected"),
    [(-1.5, 0.0, ["reset"]), (0.0, -1.5, ["reset"]), (-0.5, 5.0, [])],
)
def test_a_reset_gate_is_a_reset_if_another_value_changes_the_label(
    at_1: float, at_average: float, expected: list[Flag]
) -> None:
    changed = effects(reset_at_1=[0, at_1], reset_at_average=[0, at_average], update_at_1=[0, -9])
    assert token_flags(decomposition([1.0, 1.0]), STATISTICS, changed)[1] == expected


def test_flags_are_in_a_fixed_order() -> None:
    found = token_flags(
        decomposition([1.0, -1.0], recalled=[0.5, 0.0], released=[0.5, 1.0]), STATISTICS
    )
    assert found[1] == ["flip", "reset", "rewrite"]


def test_with_unmeasured_statistics_no_token_is_unusual() -> None:
    found = token_flags(
        decomposition([1.0, 1.0], recalled=[0.5, 0.0], released=[0.5, 1.0]),
        GateStatistics.unmeasured(2),
    )
    assert found == [[], []]
