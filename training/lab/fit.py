"""How a net of the lab learns: the same for all nets on a task, resumable at any batch.

Texts are learned as by `training/fit.py`: half of the loss is the verdict at the end, half the
running verdict, later tokens counting more; AdamW, one cycle of rates, gradients clipped.
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

from training.batches import by_length, epoch_order, make_batch, pad
from training.encode import EncodedReviews
from training.lab.nets import Reader
from training.lab.tasks import Draw
from training.loop import Loop
from training.objective import drop_along, verdict_loss
from training.schedule import one_cycle

Task = Literal["reviews", "shuffled reviews", "snippets", "parity", "recall"]
Batch = TypeVar("Batch")

_BATCH_SIZE = 64
_TEXT_RATE, _SEQUENCE_RATE = 2e-3, 5e-3
_DROPOUT = 0.2
_RUNNING_LOSS = 0.5
_WARMUP_SHARE = 0.25
_CLIP_NORM = 1.0
_HELD_OUT_SEQUENCES = 1000
# Seeds of what is held out are far from those of the trainings.
_HELD_OUT_SEED = 10**6


class Training(Loop[Batch]):
    """One training of one net: build, then `run`."""

    def __init__(
        self,
        reader: Reader,
        *,
        name: str,
        seed: int,
        epochs: int,
        rate: float,
        directory: Path,
        bar: bool,
    ) -> None:
        """Begin with `reader` as it is, or at the checkpoint in `directory`."""
        super().__init__(
            name=name,
            epochs=epochs,
            directory=directory,
            checkpoint_seconds=30.0,
            events=False,
            bar=bar,
            may_diverge=True,  # which is a finding, too
        )
        torch.set_num_threads(1)
        torch.manual_seed(seed)
        self.reader, self._seed = reader, seed
        self._optimizer = torch.optim.AdamW(
            reader.parameters(), lr=rate, weight_decay=0.0, fused=True
        )
        self._schedule = one_cycle(
            self._optimizer,
            rates=[rate],
            steps=epochs * len(self._batches(0)),
            warmup_share=_WARMUP_SHARE,
        )
        self._restore()

    def run(self) -> dict[str, float]:
        """Train to the last epoch; answer what was measured on held-out texts after it."""
        self._run_epochs()
        figures = self._history[-1]
        return {name: value for name, value in figures.items() if name not in {"epoch", "seconds"}}

    @abstractmethod
    def _loss(self, batch: Batch) -> Tensor:
        """Compute what a step minimises."""

    @abstractmethod
    def _held_out_figures(self) -> dict[str, float]:
        """Measure the net on what it has not learned."""

    def _step(self, batch: Batch) -> dict[str, float]:
        self._optimizer.zero_grad(set_to_none=True)
        loss = self._loss(batch)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.reader.parameters(), _CLIP_NORM)
        self._optimizer.step()
        self._schedule.step()
        return {"loss": loss.item()}

    def _measure(self) -> dict[str, float]:
        return self._held_out_figures() if self._epoch == self._epochs - 1 else {}

    def _parts(self) -> dict[str, Any]:
        return {
            "reader": self.reader.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
        }

    def _set_parts(self, parts: dict[str, Any]) -> None:
        self.reader.load_state_dict(parts["reader"])
        self._optimizer.load_state_dict(parts["optimizer"])
        self._schedule.load_state_dict(parts["schedule"])


class TextTraining(Training[list[int]]):
    """Learns the verdicts of reviews or snippets, in their order or with all words shuffled."""

    def __init__(
        self,
        reader: Reader,
        *,
        learn: EncodedReviews,
        held_out: EncodedReviews,
        epochs: int,
        max_tokens: int,
        shuffled: bool,
        **common: Any,
    ) -> None:
        """Learn from `learn`, and be measured on `held_out` after the last epoch."""
        self._learn, self._held_out, self._max_tokens = learn, held_out, max_tokens
        self._shuffled = shuffled
        self._lengths = [min(len(ids), max_tokens) for ids in learn.ids]
        super().__init__(reader, epochs=epochs, rate=_TEXT_RATE, **common)

    def _batches(self, epoch: int) -> list[list[int]]:
        return epoch_order(self._lengths, batch_size=_BATCH_SIZE, seed=self._seed, epoch=epoch)

    def _count_tokens(self, batch: list[int]) -> int:
        return sum(self._lengths[row] for row in batch)

    def _loss(self, batch: list[int]) -> Tensor:
        texts = self._learn
        if self._shuffled:
            # Of torch's generator, whose state a checkpoint holds.
            seed = int(torch.randint(2**31, ()))
            ids = shuffle_words(tails([texts.ids[row] for row in batch], self._max_tokens), seed)
            texts = EncodedReviews(ids, texts.labels[batch])
            batch = list(range(len(batch)))
        reviews = make_batch(texts, batch, max_tokens=self._max_tokens)
        embedded = drop_along(self.reader.embedding(reviews.ids), _DROPOUT)  # (B, T, E)
        hidden = drop_along(self.reader.layer(embedded), _DROPOUT)  # (B, T, S)
        return verdict_loss(
            self.reader.logits(hidden), reviews.lengths, reviews.labels, running=_RUNNING_LOSS
        )

    def _held_out_figures(self) -> dict[str, float]:
        return {
            "accuracy": self._accuracy(tails(self._held_out.ids, self._max_tokens)),
            "shuffled_accuracy": self._accuracy(
                shuffle_words(tails(self._held_out.ids, self._max_tokens), _HELD_OUT_SEED)
            ),
        }

    def _accuracy(self, texts: Sequence[Int32[np.ndarray, " _"]]) -> float:
        right = (last_logits(self.reader, texts) > 0) == (self._held_out.labels == 1)  # (N,)
        return float(right.mean())


class SequenceTraining(Training[int]):
    """Learns a synthetic task: every step draws new sequences."""

    def __init__(
        self, reader: Reader, *, draw: Draw, steps: int, length: int, **common: Any
    ) -> None:
        """Draw sequences of `length` symbols, and learn from `steps` batches of them."""
        self._draw, self._steps, self._length = draw, steps, length
        super().__init__(reader, epochs=1, rate=_SEQUENCE_RATE, **common)

    def _batches(self, epoch: int) -> range:
        return range(epoch * self._steps, (epoch + 1) * self._steps)

    def _count_tokens(self, _batch: int) -> int:
        return _BATCH_SIZE * self._length

    def _loss(self, batch: int) -> Tensor:
        generator = np.random.default_rng([self._seed, batch])
        drawn = self._draw(generator, count=_BATCH_SIZE, length=self._length)
        logits = self.reader(torch.from_numpy(drawn.symbols))  # (B, T)
        return binary_cross_entropy_with_logits(logits, torch.from_numpy(drawn.answers).float())

    @torch.no_grad()
    def _held_out_figures(self) -> dict[str, float]:
        generator = np.random.default_rng([_HELD_OUT_SEED, self._seed])
        drawn = self._draw(generator, count=_HELD_OUT_SEQUENCES, length=self._length)
        logits = self.reader(torch.from_numpy(drawn.symbols)).numpy()  # (N, T)
        right = (logits > 0) == (drawn.answers == 1)  # (N, T)
        return {"accuracy": float(right.mean()), "all_right": float(right.all(axis=1).mean())}


@torch.no_grad()
def last_logits(
    reader: Reader, texts: Sequence[Int32[np.ndarray, " _"]]
) -> Float64[np.ndarray, " N"]:
    """Answer the logit after the last token of every text, in order."""
    logits = np.empty(len(texts))  # (N,)
    for batch in by_length([len(ids) for ids in texts], most_texts=_BATCH_SIZE):
        lengths = torch.tensor([len(texts[index]) for index in batch])  # (B,)
        running = reader(pad([texts[index] for index in batch]))  # (B, T)
        logits[batch] = running[torch.arange(len(batch)), lengths - 1].numpy()
    return logits


def tails(
    texts: Sequence[Int32[np.ndarray, " _"]], max_tokens: int
) -> list[Int32[np.ndarray, " _"]]:
    """Cut texts to their last tokens."""
    return [ids[-max_tokens:] for ids in texts]


def shuffle_words(
    texts: Sequence[Int32[np.ndarray, " _"]], seed: int
) -> list[Int32[np.ndarray, " _"]]:
    """Put the words of every text into random order."""
    generator = np.random.default_rng(seed)
    return [generator.permutation(ids) for ids in texts]
