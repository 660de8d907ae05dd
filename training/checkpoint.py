"""The state of a training loop on disk: all that the rest of the run depends on, atomically."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from models.errors import ResumeError
from training.whole_files import written_whole

# Figures of one finished epoch, such as validation_accuracy; always epoch and seconds.
EpochRecord = dict[str, int | float]


@dataclass(frozen=True)
class Checkpoint:
    """Where a loop stands: the next batch to take, and all that decides what it will do.

    `parts` are the states of what it trains with: network, optimizer, schedule and the like.
    """

    epoch: int
    batch: int
    parts: dict[str, Any]
    random_state: torch.Tensor
    history: list[EpochRecord]
    seconds: float


def save_checkpoint(checkpoint: Checkpoint, path: Path) -> None:
    """Write the checkpoint; a kill leaves the old one or the new one."""
    with written_whole(path) as staging:
        torch.save(asdict(checkpoint), staging)


def load_checkpoint(path: Path) -> Checkpoint | None:
    """Read the checkpoint, or answer None where the loop has not written one yet.

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
