"""The state of a fit on disk: all that the rest of the run depends on, written atomically."""

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from models.errors import ResumeError

# Figures of one finished epoch: epoch, validation_accuracy, validation_log_loss, seconds.
EpochRecord = dict[str, int | float]


@dataclass(frozen=True)
class Checkpoint:
    """Where a fit stands: the next batch to take, and all that decides what it will do."""

    epoch: int
    batch: int
    network: dict[str, Any]
    average: dict[str, Any]
    optimizer: dict[str, Any]
    schedule: dict[str, Any]
    random_state: torch.Tensor
    best: dict[str, Any]
    history: list[EpochRecord]
    seconds: float


def save_checkpoint(checkpoint: Checkpoint, path: Path) -> None:
    """Write beside `path` and move into place, so that a kill leaves the old one or the new one."""
    staging = path.with_suffix(".partial")
    with staging.open("wb") as file:
        torch.save(asdict(checkpoint), file)
        file.flush()
        os.fsync(file.fileno())
    staging.replace(path)


def load_checkpoint(path: Path) -> Checkpoint | None:
    """Read the checkpoint, or answer None where the fit has not written one yet.

    Raises `ResumeError` if the file is no checkpoint of this version.
    """
    if not path.is_file():
        return None
    try:
        return Checkpoint(**torch.load(path, weights_only=True))
    except Exception as error:  # pickle, zip and torch each fail in their own way
        raise ResumeError(
            f"{path.name} cannot be read ({error}). Start again in another --out directory."
        ) from error
