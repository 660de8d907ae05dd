"""The decision rule of an artifact: stored beside it, edited, deleted, and checked on loading."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from gatewise.models.artifact.artifact import Artifact, load_artifact, save_artifact
from gatewise.models.artifact.decision_rule import DecisionRule, Likeness
from gatewise.models.errors import ArtifactCorruptError, ArtifactMismatchError
from tests.models.artifacts import small_artifact

RULE = DecisionRule(
    weights=Likeness(-10.0, 10.0, 5.0),
    typical=Likeness(0.0, 0.5, 0.0),
    least_score=-2.0,
    few_words=4,
    weak_logit=0.2,
    doubtful_score=-1.0,
    language_confidence=0.9,
)


def test_a_decision_rule_is_stored_and_loaded(artifact: Artifact, tmp_path: Path) -> None:
    save_artifact(replace(artifact, decision=RULE), tmp_path)
    assert load_artifact(tmp_path).decision == RULE


def test_a_decision_rule_can_be_deleted_and_edited(artifact: Artifact, tmp_path: Path) -> None:
    save_artifact(replace(artifact, decision=RULE), tmp_path)
    path = tmp_path / "decision.json"
    path.write_text(path.read_text().replace('"few_words": 4', '"few_words": 5'))
    assert load_artifact(tmp_path).decision == RULE.model_copy(update={"few_words": 5})
    path.unlink()
    assert load_artifact(tmp_path).decision is None


def test_saving_without_a_decision_rule_removes_that_of_the_earlier_model(
    artifact: Artifact, tmp_path: Path
) -> None:
    save_artifact(replace(artifact, decision=RULE), tmp_path)
    save_artifact(artifact, tmp_path)
    assert load_artifact(tmp_path).decision is None


def test_a_decision_rule_of_another_model_is_rejected(artifact: Artifact, tmp_path: Path) -> None:
    save_artifact(replace(artifact, decision=RULE), tmp_path / "one")
    save_artifact(small_artifact(seed=1), tmp_path / "other")
    shutil.copy(tmp_path / "one" / "decision.json", tmp_path / "other")
    with pytest.raises(ArtifactMismatchError, match=r"decision\.json was calibrated for another"):
        load_artifact(tmp_path / "other")


@pytest.mark.parametrize(
    ("written", "instead"), [('"few_words": 4', '"few_words": -4'), ("{", ""), ('"rule"', '"x"')]
)
def test_a_damaged_decision_rule_is_rejected(
    artifact: Artifact, tmp_path: Path, written: str, instead: str
) -> None:
    save_artifact(replace(artifact, decision=RULE), tmp_path)
    path = tmp_path / "decision.json"
    path.write_text(path.read_text().replace(written, instead, 1))
    with pytest.raises(ArtifactCorruptError, match=r"decision\.json is damaged"):
        load_artifact(tmp_path)
