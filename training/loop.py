"""A training loop that can be killed at any batch and goes on where its checkpoint left off."""

import logging
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from models.errors import DivergedError
from training.checkpoint import Checkpoint, EpochRecord, load_checkpoint, save_checkpoint

log = logging.getLogger(__name__)

Batch = TypeVar("Batch")
_CHECKPOINT = "checkpoint.pt"


def figures_so_far(directory: Path) -> tuple[list[EpochRecord], float] | None:
    """Answer history and seconds of the loop in `directory`, or None if it has no checkpoint.

    Raises `ResumeError` if the checkpoint cannot be read.
    """
    checkpoint = load_checkpoint(directory / _CHECKPOINT)
    return (checkpoint.history, checkpoint.seconds) if checkpoint else None


class Loop(ABC, Generic[Batch]):
    """Epochs of batches, with progress, checkpoints and event files.

    A subclass says what the batches of an epoch are, what a step does, what is measured after an
    epoch, and which parts have a state. After building the parts it calls `_restore`.
    """

    def __init__(
        self,
        *,
        name: str,
        epochs: int,
        directory: Path,
        checkpoint_seconds: float,
        events: bool,
        bar: bool = True,
        may_diverge: bool = False,
    ) -> None:
        """Stand before the first batch. `name` labels progress and log; `bar` shows progress.

        A loop that `may_diverge` goes on to its end without a finite loss.
        """
        self._name, self._epochs, self._bar = name, epochs, bar
        self._may_diverge = may_diverge
        self._checkpoint_path = directory / _CHECKPOINT
        self._checkpoint_seconds = checkpoint_seconds
        self._events = SummaryWriter(str(directory / "events")) if events else None
        self._epoch, self._batch, self._seconds = 0, 0, 0.0
        self._history: list[EpochRecord] = []

    @property
    def history(self) -> list[EpochRecord]:
        """One record of figures per epoch."""
        return self._history

    @property
    def seconds(self) -> float:
        """Time spent in training steps, over all resumptions."""
        return self._seconds

    @abstractmethod
    def _batches(self, epoch: int) -> Sequence[Batch]:
        """Deal the batches of an epoch: a function of the arguments of the loop alone."""

    @abstractmethod
    def _count_tokens(self, batch: Batch) -> int:
        """Count what a batch adds to the progress."""

    @abstractmethod
    def _step(self, batch: Batch) -> dict[str, float]:
        """Train on one batch; answer its figures, `loss` first."""

    @abstractmethod
    def _measure(self) -> dict[str, float]:
        """Measure on held-out text after an epoch."""

    @abstractmethod
    def _parts(self) -> dict[str, Any]:
        """Collect the states of everything that a checkpoint must hold."""

    @abstractmethod
    def _set_parts(self, parts: dict[str, Any]) -> None:
        """Take back what `_parts` collected."""

    def _exhausted(self) -> bool:
        """Say whether more epochs would be in vain."""
        return False

    def _run_epochs(self) -> None:
        """Train to the end. Raises `DivergedError` once the loss is not finite."""
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
            smooth = None
            while self._batch < len(batches):
                started = time.monotonic()
                figures = self._step(batches[self._batch])
                loss = self._sound(figures["loss"])
                smooth = loss if smooth is None else 0.98 * smooth + 0.02 * loss
                bar.set_postfix(loss=f"{smooth:.3f}", refresh=False)
                bar.update(tokens[self._batch])
                self._write_events("train", figures, self._epoch * len(batches) + self._batch)
                self._batch += 1
                self._seconds += time.monotonic() - started
                if time.monotonic() - saved >= self._checkpoint_seconds:
                    self._save()
                    saved = time.monotonic()
        self._end_epoch()

    def _sound(self, loss: float) -> float:
        """Answer the loss; refuse to go on for hours with one that is no number."""
        if not (math.isfinite(loss) or self._may_diverge):
            raise DivergedError(loop=self._name, epoch=self._epoch + 1, batch=self._batch + 1)
        return loss

    def _end_epoch(self) -> None:
        measured = self._measure()
        self._epoch, self._batch = self._epoch + 1, 0
        record: EpochRecord = {"epoch": self._epoch, **measured, "seconds": self._seconds}
        self._history = [*self._history, record]
        self._save()
        self._write_events("validation", measured, self._epoch)
        log.info(
            "%s %d: %s, %.0f s of training",
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
                parts=self._parts(),
                random_state=torch.get_rng_state(),
                history=self._history,
                seconds=self._seconds,
            ),
            self._checkpoint_path,
        )

    def _restore(self) -> None:
        checkpoint = load_checkpoint(self._checkpoint_path)
        if checkpoint is None:
            return
        self._set_parts(checkpoint.parts)
        torch.set_rng_state(checkpoint.random_state)
        self._epoch, self._batch = checkpoint.epoch, checkpoint.batch
        self._history, self._seconds = checkpoint.history, checkpoint.seconds
        log.info("%s: resumed at epoch %d, batch %d", self._name, self._epoch + 1, self._batch)
