"""Gate statistics: storage, bands of positions, and thresholds."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.models.errors import ArtifactCorruptError
from gatewise.models.gate_statistics import (
    GateStatistics,
    bands_of,
    percentiles_by_band,
    read_statistics,
)

MEASURED = GateStatistics(
    texts=3,
    tokens=40,
    mean_reset=np.array([0.1, 0.9], dtype=np.float32),
    mean_update=np.array([0.3, 1 / 3], dtype=np.float32),
    recalled_share=np.linspace(np.full(101, 0.1), np.linspace(0.1, 0.8, 101), 8),
    released_share=np.linspace(np.zeros(101), np.linspace(0, 0.7, 101), 8),
)


def written(**changes: object) -> bytes:
    return json.dumps({**MEASURED.to_json(), **changes}).encode()


def test_parsed_statistics_equal_the_written_ones() -> None:
    again = read_statistics(written(), name="gates")
    assert (again.texts, again.tokens) == (3, 40)
    for name in ("mean_reset", "mean_update", "recalled_share", "released_share"):
        np.testing.assert_array_equal(getattr(again, name), getattr(MEASURED, name))


def test_the_low_recalled_share_is_the_5th_percentile() -> None:
    expected = [0.1 + 0.1 * band * 0.05 for band in range(8)]
    assert MEASURED.low_recalled_share.tolist() == pytest.approx(expected)


def test_the_high_released_share_is_the_95th_percentile() -> None:
    expected = [0.1 * band * 0.95 for band in range(8)]
    assert MEASURED.high_released_share.tolist() == pytest.approx(expected)


def test_each_band_starts_at_twice_the_position_of_the_one_before() -> None:
    bands = bands_of(300)
    assert [int(np.flatnonzero(bands == band)[0]) for band in range(1, 8)] == [
        *(2, 4, 8, 16, 32, 64, 128),
    ]
    assert (bands[0], bands[1], bands[299]) == (0, 0, 7)


@given(values=st.lists(st.floats(0, 1), min_size=1, max_size=300))
def test_percentiles_ascend_from_the_minimum_to_the_maximum(values: list[float]) -> None:
    found = percentiles_by_band(np.array(values), np.zeros(len(values), dtype=np.int64))[0]
    assert (np.diff(found) >= -1e-12).all()
    assert (found[0], found[-1]) == (min(values), max(values))


def test_each_band_has_the_percentiles_of_its_own_values() -> None:
    bands = np.arange(8).repeat(3)
    found = percentiles_by_band(np.arange(24.0), bands)
    assert found[:, 50].tolist() == [1, 4, 7, 10, 13, 16, 19, 22]


def test_a_band_without_values_has_those_of_the_band_before() -> None:
    found = percentiles_by_band(np.array([0.2, 0.4]), np.array([0, 2]))
    assert found[:, 50].tolist() == [0.2, 0.2, *[0.4] * 6]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "the file"),
        (b"[]", "the file"),
        (b"{}", "texts"),
        (written(tokens=0), "tokens"),
        (written(mean_reset=[0.5, 1.5]), r"mean_reset\.1"),
        (written(percentiles={"recalled_share": [0.5]}), r"percentiles\.recalled_share"),
        (written(mean_candidate=[]), "mean_candidate"),
    ],
)
def test_the_error_for_invalid_statistics_names_the_field(content: bytes, complaint: str) -> None:
    with pytest.raises(ArtifactCorruptError, match=f"gates is not a set .*{complaint}"):
        read_statistics(content, name="gates")


def test_unmeasured_statistics_cannot_be_loaded() -> None:
    unmeasured = GateStatistics.unmeasured(2)
    with pytest.raises(ArtifactCorruptError, match="texts"):
        read_statistics(json.dumps(unmeasured.to_json()).encode(), name="gates")
