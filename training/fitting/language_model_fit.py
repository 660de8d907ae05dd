"""Trains a language model, whose embedding and GRU a classifier then starts from.

A recurrent network that has learned to predict the next word needs far fewer labelled texts
(Dai & Le 2015, arXiv 1511.01432).
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int32
from torch import Tensor

from gatewise.models.errors import DataError
from gatewise.models.weights import ModelConfig, NetworkWeights
from gatewise.training.config import TrainingConfig
from gatewise.training.fitting.schedule import one_cycle
from gatewise.training.fitting.trainer import StoredValue, Trainer
from gatewise.training.nets.language_model import (
    END_ID,
    Chunk,
    LanguageModel,
    perplexity,
    read_chunks,
)
from gatewise.training.nets.network import SentimentGRU
from gatewise.training.nets.sampled_softmax import SampledSoftmax

_HELD_OUT_TEXTS = 300
_WARMUP_SHARE = 0.1
_DROPOUT = 0.1
_CLIP_NORM = 0.5
# The most frequent words are summed exactly in the softmax; the others are represented by a sample.
_EXACT_WORDS = 512
_SAMPLED_WORDS = 768


class LanguageModelFit(Trainer[Chunk]):
    """The training of one language model."""

    def __init__(
        self,
        texts: Sequence[Int32[np.ndarray, " _"]],
        held_out: Sequence[Int32[np.ndarray, " _"]],
        *,
        name: str,
        vocab_size: int,
        config: TrainingConfig,
        directory: Path,
    ) -> None:
        """Build the model and its optimizer.

        The order of texts depends on `config.seed`; initial weights, sampled words and dropout
        depend on PyTorch's default generator, which the caller seeds before.

        Args:
            texts: Texts to train on, as word ids.
            held_out: Texts of which some measure the perplexity after every epoch.
            name: Name of the language model in logs and progress bars.
            vocab_size: Number of words.
            config: The run that the language model is part of.
            directory: Where checkpoints are written.

        Raises:
            DataError: The texts are too short for a single step.
        """
        self._options = config.language_model
        self._texts = texts
        self._held_out = held_out[:: max(1, len(held_out) // _HELD_OUT_TEXTS)]
        self._seed = config.seed
        self._precision: torch.dtype = getattr(torch, config.precision)
        self._device = torch.device(config.device)
        counts = _count_words(texts, vocab_size).to(self._device)  # (V,)
        self._model = LanguageModel(
            counts, embedding_size=config.embedding_size, hidden_size=config.hidden_size
        ).to(self._device)
        self._softmax = SampledSoftmax(
            counts, exact_words=_EXACT_WORDS, sampled_words=_SAMPLED_WORDS
        )
        self._optimizer = torch.optim.AdamW(
            self._model.parameters(), lr=self._options.learning_rate, weight_decay=0.0, fused=True
        )
        self._schedule = one_cycle(
            self._optimizer,
            rates=[self._options.learning_rate],
            steps=self._options.epochs * self._count_batches(),
            warmup_share=_WARMUP_SHARE,
        )
        # The state after the previous chunk, from which the next one continues. (B, H)
        self._hidden = StoredValue(None)
        super().__init__(
            parts={
                "model": self._model,
                "optimizer": self._optimizer,
                "schedule": self._schedule,
                "hidden": self._hidden,
            },
            name=name,
            epochs=self._options.epochs,
            directory=directory,
            checkpoint_seconds=config.checkpoint_seconds,
            events=config.tensorboard,
        )

    def run(self) -> NetworkWeights:
        """Train to the last epoch.

        Returns:
            The embedding and the GRU of the language model, with a head that is not trained yet.

        Raises:
            DivergedError: The loss is no longer finite.
            ResumeError: The checkpoint cannot be used.
        """
        self._run_epochs()
        vocab_size, embedding_size = self._model.embedding.weight.shape
        network = SentimentGRU(ModelConfig(vocab_size, embedding_size, self._model.gru.hidden_size))
        network.embedding.load_state_dict(self._model.embedding.state_dict())
        network.gru.load_state_dict(self._model.gru.state_dict())
        return network.to_weights()

    def _batches(self, epoch: int) -> list[Chunk]:
        return read_chunks(
            self._texts,
            batch_size=self._options.batch_size,
            sequence_length=self._options.sequence_length,
            seed=self._seed,
            epoch=epoch,
        )

    def _count_batches(self) -> int:
        options, count = self._options, len(self._batches(0))
        if not count:
            raise DataError(
                f"There is too little text for a language model that reads {options.batch_size} "
                f"streams of {options.sequence_length} words at once. Lower "
                "--language-model.batch-size, or train without a language model."
            )
        return count

    def _count_tokens(self, batch: Chunk) -> int:
        return batch.ids.numel()

    def _step(self, batch: Chunk) -> dict[str, float]:
        batch = batch.to(self._device)
        before = self._hidden.value if self._batch else None
        predicted, self._hidden.value = self._model.predict_vectors(
            batch.ids,
            initial=None if before is None else before.to(self._device),
            dropout=_DROPOUT,
            precision=self._precision,
        )  # (B, T, E), (B, H)
        # States are stored time step by time step, so tokens are flattened in that order.
        losses = self._softmax(
            self._model, predicted.transpose(0, 1).flatten(0, 1), batch.targets.T.flatten()
        )  # (T B,)
        # The first word of a text cannot be predicted from the end of another one.
        counted = (batch.ids != END_ID).T.flatten()  # (T B,)
        loss = (losses * counted).sum() / counted.sum()
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), _CLIP_NORM)
        self._optimizer.step()
        rate = float(self._schedule.get_last_lr()[0])
        self._schedule.step()
        return {"loss": loss.item(), "rate": rate}

    def _measure(self) -> dict[str, float]:
        return {"held_out_perplexity": perplexity(self._model, self._held_out)}


def _count_words(texts: Sequence[Int32[np.ndarray, " _"]], vocab_size: int) -> Float[Tensor, " V"]:
    """Count every word, and the ends of texts as occurrences of the end id."""
    counts = np.zeros(vocab_size)
    for ids in texts:
        counts += np.bincount(ids, minlength=vocab_size)
    counts[END_ID] = len(texts)
    return torch.from_numpy(counts).float()
