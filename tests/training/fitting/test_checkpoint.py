"""Checkpoints on disk: complete, replaced atomically, and checked when they are read."""

from pathlib import Path

import pytest
import torch

from gatewise.models.errors import ResumeError
from gatewise.training.fitting.checkpoint import Checkpoint, load_checkpoint, save_checkpoint


def checkpoint(epoch: int) -> Checkpoint:
    weights = {"w": torch.arange(3.0)}
    return Checkpoint(
        epoch=epoch,
        batch=7,
        parts={
            "network": weights,
            "optimizer": {"state": {0: {"step": torch.tensor(4.0)}}},
            "schedule": {"last_epoch": 4},
        },
        random_state=torch.get_rng_state(),
        history=[{"epoch": 1, "validation_accuracy": 0.5}],
        seconds=1.5,
    )


def test_a_saved_checkpoint_is_loaded_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    saved = checkpoint(epoch=2)
    save_checkpoint(saved, path)
    loaded = load_checkpoint(path)
    assert loaded is not None
    assert (loaded.epoch, loaded.batch, loaded.seconds) == (2, 7, 1.5)
    assert loaded.history == saved.history
    assert torch.equal(loaded.parts["network"]["w"], saved.parts["network"]["w"])
    assert torch.equal(loaded.random_state, saved.random_state)


def test_a_newer_checkpoint_replaces_the_older_one(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    for epoch in (1, 2):
        save_checkpoint(checkpoint(epoch), path)
    loaded = load_checkpoint(path)
    assert loaded is not None
    assert loaded.epoch == 2
    assert [entry.name for entry in tmp_path.iterdir()] == ["checkpoint.pt"]


def test_a_missing_checkpoint_is_none(tmp_path: Path) -> None:
    assert load_checkpoint(tmp_path / "checkpoint.pt") is None


def test_an_incomplete_temporary_file_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    save_checkpoint(checkpoint(1), path)
    (tmp_path / "checkpoint.pt.partial").write_bytes(b"killed here")
    loaded = load_checkpoint(path)
    assert loaded is not None
    assert loaded.epoch == 1


def test_a_truncated_checkpoint_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    save_checkpoint(checkpoint(1), path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ResumeError, match="cannot be read"):
        load_checkpoint(path)
