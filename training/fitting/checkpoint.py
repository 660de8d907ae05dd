"""Checkpoints of a training loop: everything that the rest of a run depends on, in one file."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from gatewise.models.errors import ResumeError
from gatewise.training.atomic_io import written_whole

# Figures of one finished epoch, such as validation_accuracy; always with epoch and seconds.
EpochRecord = dict[str, int | float]


@dataclass(frozen=True)
class Checkpoint:
    """The state of a training loop between two batches.

    Attributes:
        epoch: Number of finished epochs.
        batch: Number of finished batches of the current epoch.
        parts: The state dictionary of every stateful part, by name.
        random_state: The state of PyTorch's default generator on the CPU.
        device_random_state: The states of those on GPUs, if there are any.
        history: One record of figures per finished epoch.
        seconds: Time spent in training steps so far.
    """

    epoch: int
    batch: int
    parts: dict[str, Any]
    random_state: torch.Tensor
    history: list[EpochRecord]
    seconds: float
    device_random_state: list[torch.Tensor] = field(default_factory=list)


def save_checkpoint(checkpoint: Checkpoint, path: Path) -> None:
    """Write a checkpoint. A process killed meanwhile leaves the previous file intact."""
    with written_whole(path) as staging:
        torch.save(asdict(checkpoint), staging)


def load_checkpoint(path: Path) -> Checkpoint | None:
    """Read a checkpoint.

    Returns:
        The checkpoint, or None if there is no file.

    Raises:
        ResumeError: The file is damaged or is not a checkpoint.
    """
    if not path.is_file():
        return None
    try:
        return Checkpoint(**torch.load(path, map_location="cpu", weights_only=True))
    except Exception as error:  # pickle, zip and torch each raise exceptions of their own
        raise ResumeError(
            f"{path.name} cannot be read ({error}). Start again in another --out directory."
        ) from error
