"""The study of undecided texts: one half of the held-out texts calibrates, the other measures."""

from pathlib import Path

import pytest
from datasets import Dataset

from gatewise.models.artifact.artifact import load_artifact, save_artifact
from gatewise.models.errors import ArtifactMismatchError, DataError
from gatewise.models.predictor import Predictor
from gatewise.training.studies.undecided import store_rule, study, tables
from tests.models.artifacts import small_artifact

TEXTS = ["A great movie, I love it!", "The plot was boring."]


def held_out(count: int) -> Dataset:
    return Dataset.from_dict(
        {
            "text": [TEXTS[place // 2 % 2] for place in range(count)],
            "label": [1 - place // 2 % 2 for place in range(count)],
            "source": ["mine"] * count,
        }
    )


def test_a_study_has_sources_kinds_and_a_curve() -> None:
    _, figures = study(Predictor(small_artifact()), held_out(500))
    assert set(figures) == {"sources", "kinds", "curve"}
    for part in figures.values():
        assert all(len(row) == len(part["columns"]) for row in part["rows"])
    assert figures["sources"]["rows"][0][:2] == ["mine", "250"]
    assert "| mine | 250 |" in tables(figures)


def test_too_few_held_out_texts_are_an_error() -> None:
    with pytest.raises(DataError, match="too few to calibrate on: 200 are needed"):
        study(Predictor(small_artifact()), held_out(50))


def test_a_rule_is_stored_beside_the_weights_it_was_calibrated_for(tmp_path: Path) -> None:
    artifact = small_artifact()
    save_artifact(artifact, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    rule, _ = study(Predictor.load(tmp_path), held_out(500))
    store_rule(rule, tmp_path)
    assert load_artifact(tmp_path).decision == rule
    assert all((tmp_path / name).read_bytes() == content for name, content in before.items())
    save_artifact(small_artifact(seed=1), tmp_path / "other")
    (tmp_path / "decision.json").replace(tmp_path / "other" / "decision.json")
    with pytest.raises(ArtifactMismatchError):
        load_artifact(tmp_path / "other")
