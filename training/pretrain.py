"""Stage 4, language model: embedding and GRU learn the language of the reviews first.

A recurrent net that has learned to predict the next word needs far fewer verdicts (Dai & Le 2015,
arXiv 1511.01432). Resumable at any batch.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int32
from torch import Tensor

from models.errors import DataError
from models.weights import ModelConfig, NetworkWeights
from training.config import TrainingConfig
from training.language_model import END_ID, Chunk, LanguageModel, perplexity, read_chunks
from training.loop import Loop
from training.network import SentimentGRU
from training.sampled_softmax import SampledSoftmax
from training.schedule import one_cycle

_HELD_OUT_TEXTS = 300


class Pretraining(Loop[Chunk]):
    """One language model: build, then `run` to the end, from wherever its checkpoint left off."""

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
        """Build model and optimizer from the seed, or from the checkpoint in `directory`.

        Raises `DataError` if the texts are too short for a single step.
        """
        self._options = config.language_model
        super().__init__(
            name=name,
            epochs=self._options.epochs,
            directory=directory,
            checkpoint_seconds=config.checkpoint_seconds,
            events=config.tensorboard,
        )
        self._texts = texts
        self._held_out = held_out[:: max(1, len(held_out) // _HELD_OUT_TEXTS)]
        self._seed = config.seed
        self._precision: torch.dtype = getattr(torch, config.precision)

        torch.set_num_threads(config.threads)
        torch.manual_seed(config.seed)
        counts = _count_words(texts, vocab_size)  # (V,)
        self._model = LanguageModel(
            counts, embedding_size=config.embedding_size, hidden_size=config.hidden_size
        )
        self._softmax = SampledSoftmax(
            counts,
            exact_words=self._options.exact_words,
            sampled_words=self._options.sampled_words,
        )
        self._optimizer = torch.optim.AdamW(
            self._model.parameters(),
            lr=self._options.learning_rate,
            weight_decay=self._options.weight_decay,
            fused=True,
        )
        self._schedule = one_cycle(
            self._optimizer,
            rates=[self._options.learning_rate],
            steps=self._options.epochs * self._count_batches(),
            warmup_share=self._options.warmup_share,
        )
        self._hidden: Tensor | None = None
        self._restore()

    def run(self) -> NetworkWeights:
        """Train to the last epoch; answer embedding and GRU, with a head still to be trained."""
        self._run_epochs()
        vocab_size, embedding_size = self._model.embedding.weight.shape
        network = SentimentGRU(ModelConfig(vocab_size, embedding_size, self._model.gru.hidden_size))
        network.embedding.load_state_dict(self._model.embedding.state_dict())
        network.gru.load_state_dict(self._model.gru.state_dict())
        return network.to_weights()

    def _batches(self, epoch: int) -> list[Chunk]:
        options = self._options
        return read_chunks(
            self._texts, rows=options.rows, steps=options.steps, seed=self._seed, epoch=epoch
        )

    def _count_batches(self) -> int:
        options, batches = self._options, len(self._batches(0))
        if not batches:
            raise DataError(
                f"A language model that reads {options.rows} streams of {options.steps} words at "
                "once needs more text than this. Lower --language-model.rows, or train without."
            )
        return batches

    def _count_tokens(self, batch: Chunk) -> int:
        return batch.ids.numel()

    def _step(self, batch: Chunk) -> dict[str, float]:
        guesses, self._hidden = self._model.guess(
            batch.ids,
            initial=self._hidden if self._batch else None,
            dropout=self._options.dropout,
            precision=self._precision,
        )  # (B, T, E), (B, H)
        # The states lie in memory step by step, so tokens are flattened in that order.
        losses = self._softmax(
            self._model, guesses.transpose(0, 1).flatten(0, 1), batch.targets.T.flatten()
        )  # (T B,)
        inside = (batch.ids != END_ID).T.flatten()  # (T B,): no text foretells the next one
        loss = (losses * inside).sum() / inside.sum()
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), self._options.clip_norm)
        self._optimizer.step()
        rate = float(self._schedule.get_last_lr()[0])
        self._schedule.step()
        return {"loss": loss.item(), "rate": rate}

    def _measure(self) -> dict[str, float]:
        return {"held_out_perplexity": perplexity(self._model, self._held_out)}

    def _parts(self) -> dict[str, Any]:
        return {
            "model": self._model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
            "hidden": self._hidden,
        }

    def _set_parts(self, parts: dict[str, Any]) -> None:
        self._model.load_state_dict(parts["model"])
        self._optimizer.load_state_dict(parts["optimizer"])
        self._schedule.load_state_dict(parts["schedule"])
        self._hidden = parts["hidden"]


def _count_words(texts: Sequence[Int32[np.ndarray, " _"]], vocab_size: int) -> Float[Tensor, " V"]:
    """Count every word, and the end of every text."""
    counts = np.zeros(vocab_size)
    for ids in texts:
        counts += np.bincount(ids, minlength=vocab_size)
    counts[END_ID] = len(texts)
    return torch.from_numpy(counts).float()
