"""Scoring by a Ray cluster beside a plain loop and the local pool."""

from pathlib import Path

import pytest

pytest.importorskip("ray", reason="ray is not installed: pip install 'gatewise[ray]'")
pytestmark = pytest.mark.slow

from benchmarks.ray_scoring import measure_cluster  # noqa: E402
from benchmarks.report import Report  # noqa: E402
from docs.tools import figures as docs_figures  # noqa: E402
from docs.tools.tables import table  # noqa: E402
from gatewise.models.artifact.artifact import save_artifact  # noqa: E402
from tests.models.artifacts import small_artifact  # noqa: E402
from tests.service.bulk.files import texts  # noqa: E402


def test_all_ways_have_the_same_results_also_when_a_node_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_artifact(small_artifact(), tmp_path / "model")
    figures = measure_cluster(tmp_path / "model", {"short": texts(8000)})
    ways = figures["values"]["short"]
    assert list(ways) == ["plain loop", "local pool", "Ray", "Ray, a node killed"]
    for found in ways.values():
        assert found["lost"] == found["doubled"] == found["changed"] == 0
        assert found["bytes_equal"] != "no"

    # The documentation renders what the command writes.
    assert figures["texts"] == {"short": 8000}
    assert 0 <= ways["Ray"]["driver_ms_per_row"] < ways["Ray"]["cpu_ms_per_row"]
    monkeypatch.setattr(docs_figures, "FIGURES", tmp_path)
    Report("ray_scoring", [], figures, [], ()).publish(tmp_path / "measured_cluster.json")
    lines = table("measured_cluster").splitlines()
    assert lines[0].startswith("|  | rows per second | cpu ms per row |")
    assert lines[2].startswith("| short: plain loop | ")
