"""The comparison of an exported model with the predictor."""

from pathlib import Path

from benchmarks.exported import measure_export
from gatewise.models.artifact.artifact import save_artifact
from tests.models.artifacts import small_artifact


def test_an_export_of_a_small_model_differs_by_rounding_alone(tmp_path: Path) -> None:
    save_artifact(small_artifact(), tmp_path)
    figures = measure_export(tmp_path, reviews=2)
    assert figures["texts"] == 7
    assert figures["logits, float32"] < 1e-5
    assert figures["gates, float32"] < 1e-5
    assert figures["gates, as served"] < 1e-3
