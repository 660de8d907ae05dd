"""The compiled tanh, by which gates and candidates are computed."""

import numpy as np

from gatewise.models.gru.kernels.gru_loop import tanh

EVERYWHERE = np.concatenate(
    [
        np.linspace(-12, 12, 20_001, dtype=np.float32),
        np.geomspace(1e-30, 1e38, 2_001).astype(np.float32),
        -np.geomspace(1e-30, 1e38, 2_001).astype(np.float32),
        np.array([0, np.inf, -np.inf], dtype=np.float32),
    ]
)


def test_tanh_is_accurate_to_the_last_digits() -> None:
    found = np.array([tanh(x) for x in EVERYWHERE])
    np.testing.assert_allclose(found, np.tanh(EVERYWHERE.astype(np.float64)), rtol=5e-7, atol=0)


def test_tanh_stays_within_one() -> None:
    assert max(abs(tanh(x)) for x in EVERYWHERE) <= 1


def test_tanh_of_nan_is_nan() -> None:
    assert np.isnan(tanh(np.float32(np.nan)))
