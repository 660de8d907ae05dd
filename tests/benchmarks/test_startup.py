"""Starts of the service, timed."""

from pathlib import Path

import pytest

from benchmarks.startup import measure_starts
from gatewise.models.artifact.artifact import save_artifact
from tests.models.artifacts import small_artifact


@pytest.mark.slow
def test_the_first_start_compiles_and_later_ones_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    save_artifact(small_artifact(), tmp_path / "model")
    figures = measure_starts(tmp_path / "model", starts=1)
    assert figures["first_start_seconds"] > figures["seconds"] > 0
    assert figures["megabytes"] > 0
