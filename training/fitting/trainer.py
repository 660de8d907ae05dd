"""A training loop that can be killed at any batch and resumed from its checkpoint."""

import logging
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

import torch
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from gatewise.models.errors import DivergedError, ResumeError
from gatewise.training.fitting.checkpoint import (
    Checkpoint,
    EpochRecord,
    load_checkpoint,
    save_checkpoint,
)

log = logging.getLogger(__name__)

Batch = TypeVar("Batch")
_CHECKPOINT = "checkpoint.pt"
_LOSS_SMOOTHING = 0.98


@runtime_checkable
class Stateful(Protocol):
    """An object whose state a checkpoint can hold: a module, an optimizer, a schedule."""

    def state_dict(self) -> dict[str, Any]:
        """Return the state as tensors, numbers and containers of them."""

    def load_state_dict(self, state_dict: dict[str, Any]) -> Any:
        """Restore a state that `state_dict` returned."""


@dataclass
class StoredValue:
    """A single value, such as a tensor or None, as a stateful part of a training loop."""

    value: Any

    def state_dict(self) -> dict[str, Any]:
        """Return the value in a dictionary."""
        return {"value": self.value}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore the value."""
        self.value = state_dict["value"]


def read_figures(directory: Path) -> tuple[list[EpochRecord], float] | None:
    """Read the history and the seconds of a training loop from its checkpoint.

    Returns:
        One record per finished epoch and the seconds of training, or None without a checkpoint.

    Raises:
        ResumeError: The checkpoint cannot be read.
    """
    checkpoint = load_checkpoint(directory / _CHECKPOINT)
    return (checkpoint.history, checkpoint.seconds) if checkpoint else None


class Trainer(ABC, Generic[Batch]):
    """Epochs of batches, with a progress bar, checkpoints and TensorBoard event files.

    A subclass builds its network, optimizer and the like, passes those with a state to this
    constructor, and defines the batches of an epoch, the training step and the measurement after an
    epoch. Nothing is trained or restored before `_run_epochs`.
    """

    def __init__(
        self,
        *,
        parts: Mapping[str, Stateful],
        name: str,
        epochs: int,
        directory: Path,
        checkpoint_seconds: float,
        events: bool,
        bar: bool = True,
        may_diverge: bool = False,
    ) -> None:
        """Prepare the loop.

        Args:
            parts: Everything with a state that a checkpoint must hold, by name.
            name: Label of the progress bar and of log lines.
            epochs: Number of passes over the batches.
            directory: Where the checkpoint and the event files are written.
            checkpoint_seconds: Longest time between two checkpoints.
            events: Whether to write TensorBoard event files.
            bar: Whether to show a progress bar.
            may_diverge: Whether to continue when the loss is not finite.
        """
        self._stateful = parts
        self._name, self._epochs, self._bar = name, epochs, bar
        self._may_diverge = may_diverge
        self._checkpoint_path = directory / _CHECKPOINT
        self._checkpoint_seconds = checkpoint_seconds
        self._events = SummaryWriter(str(directory / "events")) if events else None
        self._epoch, self._batch, self._seconds = 0, 0, 0.0
        self._history: list[EpochRecord] = []

    @property
    def history(self) -> list[EpochRecord]:
        """One record of figures per finished epoch."""
        return self._history

    @property
    def seconds(self) -> float:
        """Time spent in training steps, including those before the run was resumed."""
        return self._seconds

    @abstractmethod
    def _batches(self, epoch: int) -> Sequence[Batch]:
        """Return the batches of an epoch, the same ones on every call."""

    @abstractmethod
    def _count_tokens(self, batch: Batch) -> int:
        """Return the number of tokens in a batch, for the progress bar."""

    @abstractmethod
    def _step(self, batch: Batch) -> dict[str, float]:
        """Train on one batch and return its figures, `loss` first."""

    @abstractmethod
    def _measure(self) -> dict[str, float]:
        """Measure on held-out text after an epoch and return the figures."""

    def _exhausted(self) -> bool:
        """Return whether further epochs are pointless (early stopping)."""
        return False

    def _run_epochs(self) -> None:
        """Restore the checkpoint, if there is one, and train to the last epoch.

        Raises:
            ResumeError: The checkpoint cannot be read or is that of another network.
            DivergedError: The loss is no longer finite.
        """
        self._restore()
        while self._epoch < self._epochs and not self._exhausted():
            self._run_epoch()
        if self._events:
            self._events.close()

    def _run_epoch(self) -> None:
        batches = self._batches(self._epoch)
        tokens = [self._count_tokens(batch) for batch in batches]
        saved = time.monotonic()
        with tqdm(
            total=sum(tokens),
            initial=sum(tokens[: self._batch]),
            desc=f"{self._name} {self._epoch + 1}/{self._epochs}",
            unit="tok",
            unit_scale=True,
            disable=not self._bar,
        ) as bar:
            average = None
            while self._batch < len(batches):
                started = time.monotonic()
                figures = self._step(batches[self._batch])
                loss = figures["loss"]
                self._check_finite(loss)
                average = (
                    loss if average is None else average + (1 - _LOSS_SMOOTHING) * (loss - average)
                )
                bar.set_postfix(loss=f"{average:.3f}", refresh=False)
                bar.update(tokens[self._batch])
                self._write_events("train", figures, self._epoch * len(batches) + self._batch)
                self._batch += 1
                self._seconds += time.monotonic() - started
                if time.monotonic() - saved >= self._checkpoint_seconds:
                    self._save()
                    saved = time.monotonic()
        self._end_epoch()

    def _check_finite(self, loss: float) -> None:
        if not (math.isfinite(loss) or self._may_diverge):
            raise DivergedError(loop=self._name, epoch=self._epoch + 1, batch=self._batch + 1)

    def _end_epoch(self) -> None:
        measured = self._measure()
        self._epoch, self._batch = self._epoch + 1, 0
        record: EpochRecord = {"epoch": self._epoch, **measured, "seconds": self._seconds}
        self._history = [*self._history, record]
        self._save()
        self._write_events("validation", measured, self._epoch)
        log.info(
            "%s, epoch %d: %s, %.0f s of training",
            self._name,
            self._epoch,
            ", ".join(f"{name.replace('_', ' ')} {value:.4f}" for name, value in measured.items()),
            self._seconds,
        )

    def _write_events(self, group: str, figures: dict[str, float], step: int) -> None:
        if self._events:
            for name, value in figures.items():
                self._events.add_scalar(f"{group}/{name}", value, step)

    def _save(self) -> None:
        save_checkpoint(
            Checkpoint(
                epoch=self._epoch,
                batch=self._batch,
                parts={name: part.state_dict() for name, part in self._stateful.items()},
                random_state=torch.get_rng_state(),
                history=self._history,
                seconds=self._seconds,
                device_random_state=torch.cuda.get_rng_state_all(),
            ),
            self._checkpoint_path,
        )

    def _restore(self) -> None:
        checkpoint = load_checkpoint(self._checkpoint_path)
        if checkpoint is None:
            return
        try:
            for name, part in self._stateful.items():
                part.load_state_dict(checkpoint.parts[name])
        except (KeyError, RuntimeError, ValueError) as error:  # RuntimeError: torch, other shapes
            raise ResumeError(
                f"The checkpoint of {self._name} was written by another version or network "
                f"({error}). Start again in another --out directory."
            ) from error
        torch.set_rng_state(checkpoint.random_state)
        if len(checkpoint.device_random_state) == torch.cuda.device_count():
            torch.cuda.set_rng_state_all(checkpoint.device_random_state)
        self._epoch, self._batch = checkpoint.epoch, checkpoint.batch
        self._history, self._seconds = checkpoint.history, checkpoint.seconds
        log.info("%s: resumed at epoch %d, batch %d", self._name, self._epoch + 1, self._batch)
