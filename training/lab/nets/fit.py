"""How a net of the lab is trained: in the same way for all nets on a task, and resumable.

On texts, half of the loss is the cross-entropy at the last token and half that at all tokens, as
in `training/fitting/losses.py`. The optimizer is AdamW with a one-cycle schedule and clipped
gradients.
"""

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
import torch
from jaxtyping import Float64, Int32
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from gatewise.training.data.batches import by_length, epoch_order, make_batch, pad
from gatewise.training.data.encoding import EncodedReviews
from gatewise.training.fitting.losses import classification_loss
from gatewise.training.fitting.schedule import one_cycle
from gatewise.training.fitting.trainer import Trainer
from gatewise.training.lab.nets.architectures import LabNet
from gatewise.training.lab.nets.synthetic_tasks import Draw
from gatewise.training.nets.dropout import drop_along

Task = Literal["reviews", "shuffled reviews", "snippets", "parity", "recall"]
Batch = TypeVar("Batch")

_BATCH_SIZE = 64
TEXT_RATE, SEQUENCE_RATE = 2e-3, 5e-3
"""Peak learning rates on texts and on synthetic tasks, the same for all nets; not searched."""
_DROPOUT = 0.2
_RUNNING_LOSS = 0.5
_WARMUP_SHARE = 0.25
_CLIP_NORM = 1.0
_CHECKPOINT_SECONDS = 30.0
_HELD_OUT_SEQUENCES = 1000
# Outside the range of the seeds of trainings.
_HELD_OUT_SEED = 10**6


class LabTrainer(Trainer[Batch]):
    """Trains one net. Build it, then call `run`."""

    def __init__(
        self,
        net: LabNet,
        *,
        name: str,
        seed: int,
        epochs: int,
        rate: float,
        directory: Path,
        bar: bool,
    ) -> None:
        """Prepare the training.

        Args:
            net: The net, which is trained in place.
            name: Label of the progress bar and of log lines.
            seed: Seed of batch order, dropout and synthetic sequences.
            epochs: Number of passes over the batches.
            rate: Peak learning rate.
            directory: Where the checkpoint is written.
            bar: Whether to show a progress bar.
        """
        self.net, self._seed = net, seed
        self._optimizer = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.0, fused=True)
        self._schedule = one_cycle(
            self._optimizer,
            rates=[rate],
            steps=epochs * len(self._batches(0)),
            warmup_share=_WARMUP_SHARE,
        )
        super().__init__(
            parts={"net": net, "optimizer": self._optimizer, "schedule": self._schedule},
            name=name,
            epochs=epochs,
            directory=directory,
            checkpoint_seconds=_CHECKPOINT_SECONDS,
            events=False,
            bar=bar,
            may_diverge=True,  # a diverged net is a result of the comparison
        )

    def run(self) -> dict[str, float]:
        """Train from the last checkpoint, if there is one, to the last epoch.

        Returns:
            The figures measured on held-out texts after the last epoch.
        """
        torch.set_num_threads(1)
        torch.manual_seed(self._seed)
        self._run_epochs()
        figures = self._history[-1]
        return {name: value for name, value in figures.items() if name not in {"epoch", "seconds"}}

    @abstractmethod
    def _loss(self, batch: Batch) -> Tensor:
        """Compute the loss of a batch."""

    @abstractmethod
    def _held_out_figures(self) -> dict[str, float]:
        """Measure the net on held-out texts or sequences."""

    def _step(self, batch: Batch) -> dict[str, float]:
        self._optimizer.zero_grad(set_to_none=True)
        loss = self._loss(batch)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), _CLIP_NORM)
        self._optimizer.step()
        self._schedule.step()
        return {"loss": loss.item()}

    def _measure(self) -> dict[str, float]:
        return self._held_out_figures() if self._epoch == self._epochs - 1 else {}


class TextTrainer(LabTrainer[list[int]]):
    """Trains a classifier of reviews or snippets, with or without the order of their words."""

    def __init__(
        self,
        net: LabNet,
        *,
        train: EncodedReviews,
        held_out: EncodedReviews,
        epochs: int,
        max_tokens: int,
        shuffled: bool,
        **common: Any,
    ) -> None:
        """Prepare the training.

        Args:
            net: The net, which is trained in place.
            train: Training set.
            held_out: Texts that are classified after the last epoch.
            epochs: Number of passes over the texts.
            max_tokens: Number of last tokens of a text that are read.
            shuffled: Whether the words of each text are shuffled whenever it is read.
            **common: Further arguments of `LabTrainer`.
        """
        self._train, self._held_out, self._max_tokens = train, held_out, max_tokens
        self._shuffled = shuffled
        self._lengths = [min(len(ids), max_tokens) for ids in train.ids]
        super().__init__(net, epochs=epochs, rate=TEXT_RATE, **common)

    def _batches(self, epoch: int) -> list[list[int]]:
        return epoch_order(self._lengths, batch_size=_BATCH_SIZE, seed=self._seed, epoch=epoch)

    def _count_tokens(self, batch: list[int]) -> int:
        return sum(self._lengths[row] for row in batch)

    def _loss(self, batch: list[int]) -> Tensor:
        texts = self._train
        if self._shuffled:
            # Drawn from torch's generator, whose state is in the checkpoint.
            seed = int(torch.randint(2**31, ()))
            ids = shuffle_words(tails([texts.ids[row] for row in batch], self._max_tokens), seed)
            texts = EncodedReviews(ids, texts.labels[batch])
            batch = list(range(len(batch)))
        reviews = make_batch(texts, batch, max_tokens=self._max_tokens)
        embedded = drop_along(self.net.embedding(reviews.ids), _DROPOUT)  # (B, T, E)
        hidden = drop_along(self.net.layer(embedded), _DROPOUT)  # (B, T, S)
        return classification_loss(
            self.net.logits(hidden), reviews.lengths, reviews.labels, running=_RUNNING_LOSS
        )

    def _held_out_figures(self) -> dict[str, float]:
        texts = tails(self._held_out.ids, self._max_tokens)
        return {
            "accuracy": self._accuracy(texts),
            "shuffled_accuracy": self._accuracy(shuffle_words(texts, _HELD_OUT_SEED)),
        }

    def _accuracy(self, texts: Sequence[Int32[np.ndarray, " _"]]) -> float:
        correct = (last_logits(self.net, texts) > 0) == (self._held_out.labels == 1)  # (N,)
        return float(correct.mean())


class SequenceTrainer(LabTrainer[int]):
    """Trains a net on a synthetic task, with new sequences in every step."""

    def __init__(self, net: LabNet, *, draw: Draw, steps: int, length: int, **common: Any) -> None:
        """Prepare the training.

        Args:
            net: The net, which is trained in place.
            draw: Function that draws sequences of the task.
            steps: Number of batches.
            length: Symbols in a sequence.
            **common: Further arguments of `LabTrainer`.
        """
        self._draw, self._steps, self._length = draw, steps, length
        super().__init__(net, epochs=1, rate=SEQUENCE_RATE, **common)

    def _batches(self, epoch: int) -> range:
        return range(epoch * self._steps, (epoch + 1) * self._steps)

    def _count_tokens(self, _batch: int) -> int:
        return _BATCH_SIZE * self._length

    def _loss(self, batch: int) -> Tensor:
        generator = np.random.default_rng([self._seed, batch])
        drawn = self._draw(generator, count=_BATCH_SIZE, length=self._length)
        logits = self.net(torch.from_numpy(drawn.symbols))  # (B, T)
        return binary_cross_entropy_with_logits(logits, torch.from_numpy(drawn.targets).float())

    @torch.no_grad()
    def _held_out_figures(self) -> dict[str, float]:
        generator = np.random.default_rng([_HELD_OUT_SEED, self._seed])
        drawn = self._draw(generator, count=_HELD_OUT_SEQUENCES, length=self._length)
        logits = self.net(torch.from_numpy(drawn.symbols)).numpy()  # (N, T)
        correct = (logits > 0) == (drawn.targets == 1)  # (N, T)
        return {
            "accuracy": float(correct.mean()),
            "all_correct": float(correct.all(axis=1).mean()),
        }


@torch.no_grad()
def last_logits(net: LabNet, texts: Sequence[Int32[np.ndarray, " _"]]) -> Float64[np.ndarray, " N"]:
    """Return the logit after the last token of every text, in the order of `texts`."""
    logits = np.empty(len(texts))  # (N,)
    for batch in by_length([len(ids) for ids in texts], most_texts=_BATCH_SIZE):
        lengths = torch.tensor([len(texts[index]) for index in batch])  # (B,)
        running = net(pad([texts[index] for index in batch]))  # (B, T)
        logits[batch] = running[torch.arange(len(batch)), lengths - 1].numpy()
    return logits


def tails(
    texts: Sequence[Int32[np.ndarray, " _"]], max_tokens: int
) -> list[Int32[np.ndarray, " _"]]:
    """Return the last `max_tokens` tokens of every text."""
    return [ids[-max_tokens:] for ids in texts]


def shuffle_words(
    texts: Sequence[Int32[np.ndarray, " _"]], seed: int
) -> list[Int32[np.ndarray, " _"]]:
    """Return every text with its words in random order."""
    generator = np.random.default_rng(seed)
    return [generator.permutation(ids) for ids in texts]
