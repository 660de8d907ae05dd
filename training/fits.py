"""Fits of networks in the directory of a run, each stored there so that it is not repeated."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float32
from safetensors.numpy import load_file, save_file

from gatewise.models.weights import ModelConfig, NetworkWeights
from gatewise.training.atomic_io import written_whole
from gatewise.training.config import TrainingConfig
from gatewise.training.data.encoding import EncodedReviews, EncodedSplit
from gatewise.training.data.mixture import UNLABELLED_PART, Mixture
from gatewise.training.fit_options import FitOptions
from gatewise.training.fitting.classifier_fit import ClassifierFit
from gatewise.training.fitting.language_model_fit import LanguageModelFit
from gatewise.training.fitting.trainer import Trainer, read_figures
from gatewise.training.mix_option import parse_amounts
from gatewise.training.nets.network import SentimentGRU
from gatewise.training.nets.word_vectors import train_word_vectors

Stage = Callable[[str], AbstractContextManager[None]]


class Fits:
    """The fits of one configuration in one directory, with their figures.

    Attributes:
        history: One record of figures per epoch, by stage.
        seconds: Seconds of training by stage, including those before the run was resumed.
    """

    def __init__(
        self,
        data: EncodedSplit,
        *,
        config: TrainingConfig,
        directory: Path,
        stage: Stage,
        parts: Sequence[str] | None = None,
        held_out: Mapping[str, EncodedReviews] | None = None,
    ) -> None:
        """Prepare the fits.

        Args:
            data: The encoded texts.
            config: The configuration of the run.
            directory: Where the results of stages are stored.
            stage: Returns a context manager that is entered for the duration of a stage, by name.
            parts: The source of every training text, if `config.mix` has amounts of them.
            held_out: Held-out texts of added sources, which choose the epoch, too.
        """
        self._data, self._config = data, config
        self._parts = list(parts or [])
        self._held_out = dict(held_out or {})
        self._directory, self._stage = directory, stage
        self.history: dict[str, list[dict[str, Any]]] = {}
        self.seconds: dict[str, float] = {}

    def initial_network(self, data: EncodedSplit, direction: str) -> NetworkWeights:
        """Train the network that a classifier starts from: a language model, or word vectors.

        Args:
            data: The texts, in the order in which the network reads them.
            direction: `forward` or `backward`, for the name of the stage.
        """
        if self._config.language_model.epochs:
            return self._train_language_model(data, f"language model {direction}")
        with self._stage("word vectors"):
            vectors = self._word_vectors(data)  # (V, E)
        torch.manual_seed(self._config.seed)
        vocab_size, embedding_size = vectors.shape
        network = SentimentGRU(ModelConfig(vocab_size, embedding_size, self._config.hidden_size))
        network.embedding.weight.data.copy_(torch.from_numpy(vectors))
        return network.to_weights()

    def _word_vectors(self, data: EncodedSplit) -> Float32[np.ndarray, "V E"]:
        path = self._directory / "word_vectors.safetensors"
        if not path.is_file():
            vectors = train_word_vectors(
                data.training_texts, vocab_size=data.vocab_size, config=self._config
            )
            save_arrays({"vectors": vectors}, path)
        return load_file(path)["vectors"]

    def _train_language_model(self, data: EncodedSplit, name: str) -> NetworkWeights:
        with self._stage(name):
            self._seed()
            fit = LanguageModelFit(
                data.training_texts,
                data.validation.ids,
                name=name,
                vocab_size=data.vocab_size,
                config=self._config,
                directory=self.directory_of(name),
            )
            weights = fit.run()
        self._record(name, fit)
        return weights

    def fit(
        self,
        start: NetworkWeights,
        train: EncodedReviews,
        validation: EncodedReviews,
        name: str,
        options: FitOptions,
        *,
        backward: bool = False,
    ) -> NetworkWeights:
        """Fit a classifier.

        Args:
            start: The weights to start from.
            train: The reviews to fit to.
            validation: The reviews that choose the epoch.
            name: Name of the stage.
            options: The fit.
            backward: Whether the reviews are read from the end.

        Returns:
            The weights of the best epoch.
        """
        held_out = {
            part: reviews.reversed() if backward else reviews
            for part, reviews in self._held_out.items()
        }
        with self._stage(name):
            self._seed()
            fit = ClassifierFit(
                start,
                name=name,
                train=train,
                validation=validation,
                held_out=held_out,
                mixture=self._mixture(train),
                options=options,
                config=self._config,
                directory=self.directory_of(name),
            )
            weights = fit.run()
        self._record(name, fit)
        return weights

    def _mixture(self, train: EncodedReviews) -> Mixture | None:
        """Return what draws the rows of an epoch; None reads all of them once."""
        if not self._config.mix or not self._parts:
            return None
        beyond = [UNLABELLED_PART] * (len(train) - len(self._parts))
        amounts = parse_amounts(self._config.mix)
        return Mixture([*self._parts, *beyond], amounts, seed=self._config.seed)

    def _seed(self) -> None:
        """Make what follows depend on the configuration alone."""
        torch.set_num_threads(self._config.threads)
        if self._config.device != "cpu":
            torch.backends.cuda.matmul.allow_tf32 = True  # as cuDNN does by default
        torch.manual_seed(self._config.seed)

    def _record(self, name: str, fit: Trainer[Any]) -> None:
        self.history[name], self.seconds[name] = fit.history, fit.seconds

    def record_stored(self, name: str) -> None:
        """Record the figures of a stage that was finished before the run was resumed."""
        figures = read_figures(self.directory_of(name))
        if figures:
            self.history[name], self.seconds[name] = figures

    def directory_of(self, name: str) -> Path:
        """Return where a stage stores what it needs to be resumed."""
        return self._directory / name.replace(" ", "_")


def save_arrays(arrays: dict[str, np.ndarray], path: Path) -> None:
    """Write arrays to a safetensors file, whole or not at all."""
    with written_whole(path) as staging:
        save_file(arrays, staging)
