"""Fits a network to labels, from initial weights to the best epoch on validation texts."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel

from gatewise.models.weights import NetworkWeights
from gatewise.training.config import TrainingConfig
from gatewise.training.data.batches import epoch_order, make_batch
from gatewise.training.data.encoding import EncodedReviews
from gatewise.training.data.mixture import Mixture
from gatewise.training.evaluation.metrics import log_loss, measure, target_accuracy
from gatewise.training.fit_options import FitOptions
from gatewise.training.fitting.checkpoint import EpochRecord
from gatewise.training.fitting.losses import backward
from gatewise.training.fitting.schedule import one_cycle
from gatewise.training.fitting.trainer import StoredValue, Trainer
from gatewise.training.nets.network import SentimentGRU
from gatewise.training.nets.predict_logits import predict_logits

Tensors = tuple[Tensor, ...] | list[Tensor]

# Decay of the weight average once a fit has made some thousand steps (Polyak averaging).
_AVERAGE_DECAY = 0.998
# Longer gradients are scaled down to this norm.
_CLIP_NORM = 1.0


class ClassifierFit(Trainer[list[int]]):
    """One fit of a network to labels.

    The weights are averaged exponentially over the steps. The average is measured on validation
    texts after every epoch, and the average of the best epoch is the result.
    """

    def __init__(
        self,
        start: NetworkWeights,
        *,
        name: str,
        train: EncodedReviews,
        validation: EncodedReviews,
        held_out: Mapping[str, EncodedReviews] | None = None,
        mixture: Mixture | None = None,
        options: FitOptions,
        config: TrainingConfig,
        directory: Path,
    ) -> None:
        """Build the network and its optimizer.

        The order of batches depends on `config.seed`; dropout depends on PyTorch's default
        generator, which the caller seeds before.

        Args:
            start: The initial weights.
            name: Name of the fit in logs and progress bars.
            train: Reviews to fit to. Labels between 0 and 1 are probabilities; reviews with an
                unknown label (NaN) are used by virtual adversarial training alone.
            validation: Labelled reviews that choose the epoch.
            held_out: Texts of other sources that choose it, too, by name, with their targets. Each
                source has the same weight as all of `validation`.
            mixture: Draws the rows of every epoch; None reads every row once.
            options: The fit.
            config: The run that the fit is part of.
            directory: Where checkpoints are written.
        """
        self._train, self._validation = train, validation
        self._held_out, self._mixture = dict(held_out or {}), mixture
        self._options, self._config = options, config
        self._lengths = [min(len(ids), config.max_train_tokens) for ids in train.ids]
        self._precision: torch.dtype = getattr(torch, config.precision)
        self._device = torch.device(config.device)
        self._network = SentimentGRU.from_weights(start).to(self._device)
        self._average = AveragedModel(self._network, multi_avg_fn=_moving_average(_AVERAGE_DECAY))
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
            weight_decay=0.0,
            fused=True,
        )
        self._schedule = one_cycle(
            self._optimizer,
            rates=rates,
            steps=options.epochs * len(self._batches(0)),
            warmup_share=options.warmup_share,
        )
        self._best = StoredValue(self._network.state_dict())
        super().__init__(
            parts={
                "network": self._network,
                "average": self._average,
                "optimizer": self._optimizer,
                "schedule": self._schedule,
                "best": self._best,
            },
            name=name,
            epochs=options.epochs,
            directory=directory,
            checkpoint_seconds=config.checkpoint_seconds,
            events=config.tensorboard,
        )

    def run(self) -> NetworkWeights:
        """Train to the last epoch or until early stopping.

        Returns:
            The averaged weights of the epoch with the lowest validation loss.

        Raises:
            DivergedError: The loss is no longer finite.
            ResumeError: The checkpoint cannot be used.
        """
        self._run_epochs()
        self._network.load_state_dict(self._best.value)
        return self._network.to_weights()

    def _batches(self, epoch: int) -> list[list[int]]:
        rows = range(len(self._lengths)) if self._mixture is None else self._mixture.rows(epoch)
        batches = epoch_order(
            [self._lengths[row] for row in rows],
            batch_size=self._options.batch_size,
            seed=self._config.seed,
            epoch=epoch,
        )
        return [[rows[position] for position in batch] for batch in batches]

    def _count_tokens(self, batch: list[int]) -> int:
        return sum(self._lengths[row] for row in batch)

    def _step(self, batch: list[int]) -> dict[str, float]:
        reviews = make_batch(self._train, batch, max_tokens=self._config.max_train_tokens)
        reviews = reviews.to(self._device)
        self._optimizer.zero_grad(set_to_none=True)
        figures = backward(self._network, reviews, self._options, precision=self._precision)
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), _CLIP_NORM)
        self._optimizer.step()
        figures["rate"] = float(self._schedule.get_last_lr()[1])
        self._schedule.step()
        self._average.update_parameters(self._network)
        return figures

    def _measure(self) -> dict[str, float]:
        """Measure the averaged network on validation texts, and store it if it is the best."""
        averaged: SentimentGRU = self._average.module  # type: ignore[assignment]
        predict = partial(
            predict_logits,
            averaged.to_weights(),
            precision=self._config.precision,
            threads=self._config.threads,
        )
        metrics = measure(predict(self._validation.ids), self._validation.labels)
        figures: EpochRecord = {
            "validation_accuracy": metrics.accuracy,
            "validation_log_loss": metrics.log_loss,
        }
        for name, texts in self._held_out.items():
            logits = predict(texts.ids)  # (N,)
            accuracy = target_accuracy(logits, texts.labels)
            if accuracy is not None:
                figures[f"{name}_accuracy"] = accuracy
            figures[f"{name}_log_loss"] = log_loss(logits, texts.labels)
        if _choice_loss(figures) < min(self._losses(), default=np.inf):
            state = averaged.state_dict()
            self._best.value = {name: tensor.clone() for name, tensor in state.items()}
        return figures

    def _losses(self) -> list[float]:
        return [_choice_loss(record) for record in self._history]

    def _exhausted(self) -> bool:
        losses = self._losses()
        since_best = len(losses) - 1 - int(np.argmin(losses)) if losses else 0
        return since_best >= self._options.patience


def _choice_loss(figures: EpochRecord) -> float:
    """Return the mean log loss over the validation texts and each other held-out source."""
    losses = [value for name, value in figures.items() if name.endswith("_log_loss")]
    return sum(losses) / len(losses)


def _moving_average(decay: float) -> Callable[[Tensors, Tensors, Tensor | int], None]:
    """Return an update of averaged weights, for `AveragedModel`.

    The average is exponential with `decay`, but at first extends over about a tenth of the steps so
    far: in a fit of a few hundred steps it would otherwise still contain the initial weights.
    """

    def update(averages: Tensors, current: Tensors, count: Tensor | int) -> None:
        weight = max(1 - decay, 9 / (10 + int(count)))
        torch._foreach_lerp_(averages, current, weight)

    return update
