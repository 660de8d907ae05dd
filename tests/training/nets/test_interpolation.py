"""Weights are averaged one by one."""

import numpy as np
import pytest

from gatewise.models.gru.recurrence import Recurrence
from gatewise.training.nets.interpolation import interpolate
from tests.models.networks import random_weights

IDS = np.array([3, 1, 4, 1, 5], dtype=np.int32)
ONE, OTHER = random_weights(seed=1), random_weights(seed=2)


def test_every_weight_is_between_the_two_by_the_share() -> None:
    mean = interpolate(ONE, OTHER, 0.25)
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        expected = 0.75 * getattr(ONE.gru, name) + 0.25 * getattr(OTHER.gru, name)
        np.testing.assert_allclose(getattr(mean.gru, name), expected, rtol=1e-6)
    for name in ("embedding", "head_weight", "head_bias"):
        expected = 0.75 * getattr(ONE, name) + 0.25 * getattr(OTHER, name)
        np.testing.assert_allclose(getattr(mean, name), expected, rtol=1e-6)


@pytest.mark.parametrize(("share", "same"), [(0.0, ONE), (1.0, OTHER)])
def test_a_share_of_nothing_or_all_is_one_of_the_two(share: float, same: object) -> None:
    logit = Recurrence(interpolate(ONE, OTHER, share)).logits([IDS])
    assert logit == Recurrence(same).logits([IDS])  # type: ignore[arg-type]
