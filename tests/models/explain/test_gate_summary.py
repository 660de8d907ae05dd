"""The statistics of a gate over its units."""

import numpy as np

from gatewise.models.explain.gate_summary import summarize_gate

GATE = np.random.default_rng(0).uniform(size=(5, 11)).astype(np.float32)


def test_statistics_are_those_of_numpy() -> None:
    found = summarize_gate(GATE, np.zeros(11, dtype=np.float32))
    np.testing.assert_array_equal(found.mean, GATE.mean(axis=1))
    np.testing.assert_array_equal(found.min, GATE.min(axis=1))
    np.testing.assert_array_equal(found.max, GATE.max(axis=1))
    # With 11 units, the 10th and the 90th percentile are units, and need no interpolation.
    np.testing.assert_allclose(found.low, np.percentile(GATE, 10, axis=1), rtol=1e-6)
    np.testing.assert_allclose(found.high, np.percentile(GATE, 90, axis=1), rtol=1e-6)


def test_deviation_is_the_mean_distance_from_the_usual_values() -> None:
    usual = GATE[0]
    found = summarize_gate(GATE, usual)
    assert found.deviation[0] == 0
    np.testing.assert_allclose(found.deviation, np.abs(GATE - usual).mean(axis=1), rtol=1e-6)


def test_a_single_unit_is_its_own_band() -> None:
    found = summarize_gate(GATE[:, :1], np.zeros(1, dtype=np.float32))
    np.testing.assert_array_equal(found.low, found.high)
