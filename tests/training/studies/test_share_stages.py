"""Runs that share stages: what is linked, what is copied, and what is trained again."""

import json
from pathlib import Path

import pytest

from gatewise.models.errors import ResumeError
from gatewise.training.run_state import results
from gatewise.training.studies.share_stages import share_stages

SECONDS = {"read": 1.0, "fit": 2.0, "gru": 3.0, "gru predicts": 4.0, "finetune": 5.0}


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """Return the directory of what looks like a finished run."""
    state = tmp_path / "finished" / "run"
    for stage in ("fit", "finetune"):
        (state / stage).mkdir(parents=True)
    for name, content in (
        ("config.json", {"epochs": 1}),
        ("fingerprint.json", "abc"),
        ("seconds.json", SECONDS),
    ):
        (state / name).write_text(json.dumps(content))
    (state / "gru.safetensors").write_bytes(b"logits")
    (state.parent / "config.json").write_text("{}")
    return state.parent


def test_results_are_linked_except_those_of_excluded_stages(finished: Path, tmp_path: Path) -> None:
    share_stages(finished, tmp_path / "new", without={"finetune"})
    state = tmp_path / "new" / "run"
    assert (state / "fit").resolve() == (finished / "run" / "fit").resolve()
    assert (state / "gru.safetensors").read_bytes() == b"logits"
    assert not (state / "finetune").exists()


def test_the_configuration_is_not_shared(finished: Path, tmp_path: Path) -> None:
    share_stages(finished, tmp_path / "new")
    assert not (tmp_path / "new" / "run" / "config.json").exists()


def test_the_fingerprint_of_the_texts_is_copied(finished: Path, tmp_path: Path) -> None:
    share_stages(finished, tmp_path / "new")
    assert json.loads((tmp_path / "new" / "run" / "fingerprint.json").read_text()) == "abc"


def test_the_seconds_of_shared_stages_are_copied(finished: Path, tmp_path: Path) -> None:
    share_stages(finished, tmp_path / "new", without={"gru", "finetune"})
    assert json.loads((tmp_path / "new" / "run" / "seconds.json").read_text()) == {"fit": 2.0}


def test_a_run_that_has_been_started_is_left_unchanged(finished: Path, tmp_path: Path) -> None:
    (tmp_path / "new" / "run").mkdir(parents=True)
    share_stages(finished, tmp_path / "new")
    assert not any((tmp_path / "new" / "run").iterdir())


def test_an_unfinished_run_is_not_shared(finished: Path, tmp_path: Path) -> None:
    (finished / "config.json").unlink()
    with pytest.raises(ResumeError, match="no finished training run"):
        share_stages(finished, tmp_path / "new")


def test_a_run_has_results_once_a_stage_has_stored_one(finished: Path) -> None:
    state = finished / "run"
    assert results(state)
    for path in [*state.glob("*.safetensors"), state / "fit", state / "finetune"]:
        path.rmdir() if path.is_dir() else path.unlink()
    assert not results(state)
