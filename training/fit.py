"""Stage 5, fit: a network learns verdicts, resumable at any batch."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel

from models.weights import NetworkWeights
from training.batches import epoch_order, make_batch
from training.config import FitOptions, TrainingConfig
from training.encode import EncodedReviews
from training.judge import judge
from training.loop import Loop
from training.metrics import measure
from training.network import SentimentGRU
from training.objective import backward
from training.schedule import one_cycle

Tensors = tuple[Tensor, ...] | list[Tensor]


class Fit(Loop[list[int]]):
    """One fit: build, then `run` to the end, from wherever its checkpoint left off."""

    def __init__(
        self,
        start: NetworkWeights,
        *,
        name: str,
        train: EncodedReviews,
        validation: EncodedReviews,
        options: FitOptions,
        config: TrainingConfig,
        directory: Path,
    ) -> None:
        """Begin at the weights `start`, or at the checkpoint in `directory`.

        Labels may lie between 0 and 1: a teacher's probabilities. Reviews whose label is not known
        are of use to virtual adversarial steps alone.
        """
        super().__init__(
            name=name,
            epochs=options.epochs,
            directory=directory,
            checkpoint_seconds=config.checkpoint_seconds,
            events=config.tensorboard,
        )
        self._train, self._validation = train, validation
        self._options, self._config = options, config
        self._lengths = [min(len(ids), config.max_train_tokens) for ids in train.ids]
        self._precision: torch.dtype = getattr(torch, config.precision)

        torch.set_num_threads(config.threads)
        torch.manual_seed(config.seed)
        self._network = SentimentGRU.from_weights(start)
        self._average = AveragedModel(
            self._network, multi_avg_fn=_moving_average(options.ema_decay)
        )
        # In the order in which they thaw.
        groups = (
            (self._network.head, options.head_rate),
            (self._network.gru, 1.0),
            (self._network.embedding, options.embedding_rate),
        )
        rates = [options.learning_rate * factor for _, factor in groups]
        self._optimizer = torch.optim.AdamW(
            [
                {"params": list(module.parameters()), "lr": rate}
                for (module, _), rate in zip(groups, rates, strict=True)
            ],
            weight_decay=options.weight_decay,
            fused=True,
        )
        self._steps = options.epochs * len(self._batches(0))
        self._schedule = one_cycle(
            self._optimizer, rates=rates, steps=self._steps, warmup_share=options.warmup_share
        )
        self._best: dict[str, Any] = self._network.state_dict()
        self._restore()

    def run(self) -> NetworkWeights:
        """Train to the last epoch or to early stopping; answer the best averaged network."""
        self._run_epochs()
        self._network.load_state_dict(self._best)
        return self._network.to_weights()

    def _batches(self, epoch: int) -> list[list[int]]:
        return epoch_order(
            self._lengths,
            batch_size=self._options.batch_size,
            seed=self._config.seed,
            epoch=epoch,
        )

    def _count_tokens(self, batch: list[int]) -> int:
        return sum(self._lengths[row] for row in batch)

    def _step(self, batch: list[int]) -> dict[str, float]:
        reviews = make_batch(self._train, batch, max_tokens=self._config.max_train_tokens)
        self._optimizer.zero_grad(set_to_none=True)
        figures = backward(self._network, reviews, self._options, precision=self._precision)
        self._freeze()
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), self._options.clip_norm)
        self._optimizer.step()
        figures["rate"] = float(self._schedule.get_last_lr()[1])
        self._schedule.step()
        self._average.update_parameters(self._network)
        return figures

    def _freeze(self) -> None:
        """Forget the gradient of what has not thawed yet, which leaves it as it is."""
        done = self._schedule.last_epoch / self._steps
        for order, group in enumerate(self._optimizer.param_groups):
            if done < order * self._options.unfreeze_share:
                for parameter in group["params"]:
                    parameter.grad = None

    def _measure(self) -> dict[str, float]:
        """Judge validation by the averaged network, and keep that if it is the best so far."""
        averaged: SentimentGRU = self._average.module  # type: ignore[assignment]
        logits = judge(
            averaged.to_weights(),
            self._validation.ids,
            precision=self._config.precision,
            threads=self._config.threads,
        )  # (N,)
        metrics = measure(logits, self._validation.labels)
        if metrics.log_loss < min(self._losses(), default=np.inf):
            self._best = {name: value.clone() for name, value in averaged.state_dict().items()}
        return {
            "validation_accuracy": metrics.accuracy,
            "validation_log_loss": metrics.log_loss,
        }

    def _losses(self) -> list[float]:
        return [record["validation_log_loss"] for record in self._history]

    def _exhausted(self) -> bool:
        losses = self._losses()
        since_best = len(losses) - 1 - int(np.argmin(losses)) if losses else 0
        return since_best >= self._options.patience

    def _parts(self) -> dict[str, Any]:
        return {
            "network": self._network.state_dict(),
            "average": self._average.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
            "best": self._best,
        }

    def _set_parts(self, parts: dict[str, Any]) -> None:
        self._network.load_state_dict(parts["network"])
        self._average.load_state_dict(parts["average"])
        self._optimizer.load_state_dict(parts["optimizer"])
        self._schedule.load_state_dict(parts["schedule"])
        self._best = parts["best"]


def _moving_average(decay: float) -> Callable[[Tensors, Tensors, Tensor | int], None]:
    """Average exponentially, over about a tenth of the steps so far until `decay` allows more.

    A fit of a few hundred steps would otherwise be judged by weights it has long left behind.
    """

    def update(averages: Tensors, current: Tensors, count: Tensor | int) -> None:
        weight = max(1 - decay, 9 / (10 + int(count)))
        torch._foreach_lerp_(averages, current, weight)

    return update
