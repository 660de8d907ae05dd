"""Stage 5, fit: the training loop, resumable at any batch."""

import logging
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float32
from torch.optim.lr_scheduler import OneCycleLR
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from models.network import ModelConfig, SentimentGRU
from models.recurrence import Recurrence
from training.batches import epoch_order, make_batch
from training.checkpoint import Checkpoint, EpochRecord, load_checkpoint, save_checkpoint
from training.config import TrainingConfig
from training.encode import EncodedReviews
from training.metrics import measure
from training.objective import batch_loss

log = logging.getLogger(__name__)


class Fit:
    """One fit: build, then `run` to the end, from wherever its checkpoint left off."""

    def __init__(
        self,
        *,
        train: EncodedReviews,
        validation: EncodedReviews,
        word_vectors: Float32[np.ndarray, "V E"],
        config: TrainingConfig,
        directory: Path,
    ) -> None:
        """Build network and optimizer from the seed, or from the checkpoint in `directory`."""
        self._train, self._validation, self._config = train, validation, config
        self._lengths = [min(len(ids), config.max_train_tokens) for ids in train.ids]
        self._checkpoint_path = directory / "checkpoint.pt"
        self._events = SummaryWriter(str(directory / "events")) if config.tensorboard else None

        torch.set_num_threads(config.threads)
        torch.manual_seed(config.seed)
        vocab_size, embedding_size = word_vectors.shape
        self._network = SentimentGRU(ModelConfig(vocab_size, embedding_size, config.hidden_size))
        self._network.embedding.weight.data.copy_(torch.from_numpy(word_vectors))
        self._average = AveragedModel(
            self._network,
            multi_avg_fn=get_ema_multi_avg_fn(config.ema_decay),  # type: ignore[no-untyped-call]
        )
        self._optimizer = torch.optim.AdamW(
            self._network.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
        )
        self._batches_per_epoch = len(self._order(0))
        self._schedule = OneCycleLR(
            self._optimizer,
            max_lr=config.learning_rate,
            total_steps=config.epochs * self._batches_per_epoch,
            pct_start=config.warmup_share,
        )
        self._epoch, self._batch, self._seconds = 0, 0, 0.0
        self._best: dict[str, Any] = self._network.state_dict()
        self._history: list[EpochRecord] = []
        self._restore()

    def run(self) -> SentimentGRU:
        """Train to the last epoch or to early stopping; answer the best averaged network."""
        while self._epoch < self._config.epochs and not self._exhausted():
            self._run_epoch()
        if self._events:
            self._events.close()
        self._network.load_state_dict(self._best)
        return self._network

    @property
    def history(self) -> list[EpochRecord]:
        """One record of figures per epoch."""
        return self._history

    @property
    def seconds(self) -> float:
        """Time spent in training steps, over all resumptions."""
        return self._seconds

    def _order(self, epoch: int) -> list[list[int]]:
        config = self._config
        return epoch_order(
            self._lengths, batch_size=config.batch_size, seed=config.seed, epoch=epoch
        )

    def _run_epoch(self) -> None:
        batches = self._order(self._epoch)
        tokens = [sum(self._lengths[row] for row in rows) for rows in batches]
        saved = time.monotonic()
        with tqdm(
            total=sum(tokens),
            initial=sum(tokens[: self._batch]),
            desc=f"epoch {self._epoch + 1}/{self._config.epochs}",
            unit="tok",
            unit_scale=True,
        ) as bar:
            smooth = None
            while self._batch < len(batches):
                started = time.monotonic()
                loss = self._step(batches[self._batch])
                smooth = loss if smooth is None else 0.98 * smooth + 0.02 * loss
                bar.set_postfix(loss=f"{smooth:.3f}", refresh=False)
                bar.update(tokens[self._batch])
                self._batch += 1
                self._seconds += time.monotonic() - started
                if time.monotonic() - saved >= self._config.checkpoint_seconds:
                    self._save()
                    saved = time.monotonic()
        self._end_epoch()

    def _step(self, rows: list[int]) -> float:
        batch = make_batch(self._train, rows, max_tokens=self._config.max_train_tokens)
        loss = batch_loss(self._network, batch, self._config)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), self._config.clip_norm)
        self._optimizer.step()
        self._schedule.step()
        self._average.update_parameters(self._network)
        if self._events:
            step = self._epoch * self._batches_per_epoch + self._batch
            self._events.add_scalar("train/loss", loss.item(), step)
            self._events.add_scalar("train/rate", self._schedule.get_last_lr()[0], step)
        return loss.item()

    def _end_epoch(self) -> None:
        """Measure on validation, keep the network if it is the best so far, write a checkpoint."""
        averaged: SentimentGRU = self._average.module  # type: ignore[assignment]
        logits = Recurrence(averaged.to_weights()).logits(self._validation.ids)  # (N,)
        metrics = measure(logits, self._validation.labels)
        record: EpochRecord = {
            "epoch": self._epoch + 1,
            "validation_accuracy": metrics.accuracy,
            "validation_log_loss": metrics.log_loss,
            "seconds": self._seconds,
        }
        if not self._history or record["validation_log_loss"] < min(
            entry["validation_log_loss"] for entry in self._history
        ):
            self._best = {name: value.clone() for name, value in averaged.state_dict().items()}
        self._history = [*self._history, record]
        self._epoch, self._batch = self._epoch + 1, 0
        self._save()
        log.info(
            "epoch %d: validation accuracy %.4f, log loss %.4f, %.0f s of training",
            *record.values(),
        )
        if self._events:
            self._events.add_scalar("validation/accuracy", metrics.accuracy, self._epoch)
            self._events.add_scalar("validation/log_loss", metrics.log_loss, self._epoch)

    def _exhausted(self) -> bool:
        losses = [entry["validation_log_loss"] for entry in self._history]
        since_best = len(losses) - 1 - int(np.argmin(losses)) if losses else 0
        return since_best >= self._config.patience

    def _save(self) -> None:
        save_checkpoint(
            Checkpoint(
                epoch=self._epoch,
                batch=self._batch,
                network=self._network.state_dict(),
                average=self._average.state_dict(),
                optimizer=self._optimizer.state_dict(),
                schedule=self._schedule.state_dict(),
                random_state=torch.get_rng_state(),
                best=self._best,
                history=self._history,
                seconds=self._seconds,
            ),
            self._checkpoint_path,
        )

    def _restore(self) -> None:
        checkpoint = load_checkpoint(self._checkpoint_path)
        if checkpoint is None:
            return
        self._network.load_state_dict(checkpoint.network)
        self._average.load_state_dict(checkpoint.average)
        self._optimizer.load_state_dict(checkpoint.optimizer)
        self._schedule.load_state_dict(checkpoint.schedule)
        torch.set_rng_state(checkpoint.random_state)
        self._epoch, self._batch = checkpoint.epoch, checkpoint.batch
        self._best, self._history = checkpoint.best, checkpoint.history
        self._seconds = checkpoint.seconds
        log.info("resumed at epoch %d, batch %d", self._epoch + 1, self._batch)
