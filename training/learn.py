"""Stages 4 and 5, learn: from words to a network that gives verdicts.

    start      word2vec, a language model, or a finished model
    teach      teachers judge the unlabelled reviews, if any are asked for
    fit        the network learns from labels and judgements
    smooth     and from the same reviews to keep its verdict in small steps, if asked for
    finish     and once more from labels alone, if asked for

Each stage keeps what it made in the run's directory, so that a run which is killed goes on there.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float32
from safetensors.numpy import load_file, save_file

from models.errors import DataError
from models.weights import ModelConfig, NetworkWeights
from training.config import FitOptions, Teacher, TrainingConfig
from training.encode import EncodedReviews, EncodedSplit
from training.fit import Fit
from training.judge import judge
from training.loop import Loop, figures_so_far
from training.metrics import measure
from training.nb_svm import NBSVM
from training.network import SentimentGRU
from training.pretrain import Pretraining
from training.teachers import Judgement, add_judged, blend
from training.whole_files import written_whole
from training.word_vectors import train_word_vectors

log = logging.getLogger(__name__)

Stage = Callable[[str], AbstractContextManager[None]]


class Learning:
    """The stages that train, for one configuration in one directory."""

    def __init__(
        self,
        data: EncodedSplit,
        *,
        config: TrainingConfig,
        directory: Path,
        stage: Stage,
        start: NetworkWeights | None = None,
        ask_model: Callable[[], Judgement] | None = None,
    ) -> None:
        """Take the texts; `stage` is entered around every stage with its name.

        `start` are the weights of a finished model to go on from, if there is one, and `ask_model`
        answers what one judges, if one is to teach.
        """
        self._data, self._config = data, config
        self._finished_start, self._ask_model = start, ask_model
        self._directory, self._stage = directory, stage
        self._history: dict[str, list[dict[str, Any]]] = {}
        self._seconds: dict[str, float] = {}

    def __call__(self) -> NetworkWeights:
        """Run all stages; answer the network that is to be exported.

        Raises `DataError` if there is nothing for teachers to judge, or too little text for a
        language model, and `DivergedError` if a loss is no longer a number.
        """
        config, data = self._config, self._data
        taught = bool(config.teachers or self._ask_model)
        if taught and not data.unlabelled:
            raise DataError(
                "Teachers judge reviews without labels, and this source has none. Add some with "
                "label -1, or train without --teachers and --taught-by."
            )
        judged = self._model_judgement()
        start = self._finished_start or self._start(data, "forward")
        train = self._reviews_for(config)
        if taught:
            start, train = self._teach(start, judged)
        weights = self._fit(start, train, data.validation, "fit", config)
        if config.smooth:
            reviews = train if taught else self._reviews_for(config.smooth)
            weights = self._fit(weights, reviews, data.validation, "smooth", config.smooth)
        if config.finish:
            weights = self._fit(weights, data.train, data.validation, "finish", config.finish)
        return weights

    @property
    def history(self) -> dict[str, list[dict[str, Any]]]:
        """One record of figures per epoch, by loop."""
        return self._history

    @property
    def seconds(self) -> dict[str, float]:
        """Time of every loop, over all resumptions."""
        return self._seconds

    def _start(self, data: EncodedSplit, direction: str) -> NetworkWeights:
        if self._config.language_model.epochs:
            return self._pretrain(data, f"language model {direction}")
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
            _save_arrays({"vectors": vectors}, path)
        return load_file(path)["vectors"]

    def _pretrain(self, data: EncodedSplit, name: str) -> NetworkWeights:
        with self._stage(name):
            pretraining = Pretraining(
                data.training_texts,
                data.validation.ids,
                name=name,
                vocab_size=data.vocab_size,
                config=self._config,
                directory=self._directory_of(name),
            )
            weights = pretraining.run()
        self._record(name, pretraining)
        return weights

    def _fit(
        self,
        start: NetworkWeights,
        train: EncodedReviews,
        validation: EncodedReviews,
        name: str,
        options: FitOptions,
    ) -> NetworkWeights:
        with self._stage(name):
            fit = Fit(
                start,
                name=name,
                train=train,
                validation=validation,
                options=options,
                config=self._config,
                directory=self._directory_of(name),
            )
            weights = fit.run()
        self._record(name, fit)
        return weights

    def _record(self, name: str, loop: Loop[Any]) -> None:
        self._history[name], self._seconds[name] = loop.history, loop.seconds

    def _record_again(self, name: str) -> None:
        """Record a loop that an earlier start ran, if it left a checkpoint."""
        figures = figures_so_far(self._directory_of(name))
        if figures:
            self._history[name], self._seconds[name] = figures

    def _directory_of(self, name: str) -> Path:
        return self._directory / name.replace(" ", "_")

    def _teach(
        self, start: NetworkWeights, judged: Mapping[str, Judgement]
    ) -> tuple[NetworkWeights, EncodedReviews]:
        """Have every teacher judge the unlabelled reviews, and add these to the labelled ones.

        What is `judged` already is heard in every round. Answers them with the network to go on
        from: `start`, or what it became in the last round.
        """
        data, train = self._data, self._reviews_for(self._config.teacher)
        rounds = self._config.teaching_rounds
        judgements = dict(judged)
        for round_ in range(1, rounds + 1):
            given = train
            for teacher in self._config.teachers:
                if teacher != "nb_svm" or round_ == 1:  # it learns nothing from probabilities
                    judgements[teacher] = self._judgement(teacher, round_, start, given)
            blended = blend(judgements, data.validation.labels)
            self._report(round_, {**judgements, "all teachers": blended})
            train = add_judged(data.train, data.unlabelled, blended.unlabelled)
        if rounds > 1 and "gru" in self._config.teachers:
            # It has ended: this reads its checkpoint.
            name = _round_name("gru", rounds)
            start = self._fit(start, given, data.validation, name, self._config)
        return start, train

    def _reviews_for(self, options: FitOptions) -> EncodedReviews:
        """Answer the labelled reviews; with those that have no label, if they can be of use."""
        data = self._data
        return data.train_and_unlabelled if options.virtual_adversarial else data.train

    def _model_judgement(self) -> dict[str, Judgement]:
        """Ask the finished model that teaches, if there is one."""
        if not self._ask_model:
            return {}
        path = self._directory / "model_teacher.safetensors"
        if not path.is_file():
            with self._stage("model teacher"):
                _save_arrays(vars(self._ask_model()), path)
        return {"model teacher": Judgement(**load_file(path))}

    def _report(self, round_: int, judgements: Mapping[str, Judgement]) -> None:
        labels = self._data.validation.labels
        for teacher, judgement in judgements.items():
            accuracy = measure(judgement.validation, labels).accuracy
            log.info("%s, round %d: validation accuracy %.4f", teacher, round_, accuracy)
            self._history.setdefault("teachers", []).append(
                {"teacher": teacher, "round": round_, "validation_accuracy": accuracy}
            )

    def _judgement(
        self, teacher: Teacher, round_: int, start: NetworkWeights, train: EncodedReviews
    ) -> Judgement:
        name = _round_name(teacher, round_)
        path = self._directory_of(f"{name}.safetensors")
        backward = teacher == "backward_gru"
        if path.is_file():
            if backward:
                self._record_again("language model backward")
            self._record_again(name)
        elif teacher == "nb_svm":
            _save_arrays(vars(self._ask_nb_svm()), path)
        else:
            options = self._config.teacher if round_ == 1 else self._config
            judgement = self._ask_gru(name, start, train, options, backward=backward)
            _save_arrays(vars(judgement), path)
        return Judgement(**load_file(path))

    def _ask_nb_svm(self) -> Judgement:
        data = self._data
        with self._stage("nb_svm"):
            model = NBSVM.fit(data.train.ids, data.train.labels, seed=self._config.seed)
            return Judgement(model.logits(data.validation.ids), model.logits(data.unlabelled))

    def _ask_gru(
        self,
        name: str,
        start: NetworkWeights,
        train: EncodedReviews,
        options: FitOptions,
        *,
        backward: bool,
    ) -> Judgement:
        data = self._data
        if backward:
            data, train = data.reversed(), train.reversed()
            start = self._start(data, "backward")
        weights = self._fit(start, train, data.validation, name, options)
        with self._stage(f"{name} judges"):
            logits = partial(
                judge, weights, precision=self._config.precision, threads=self._config.threads
            )
            return Judgement(logits(data.validation.ids), logits(data.unlabelled))


def _round_name(teacher: Teacher, round_: int) -> str:
    return teacher if round_ == 1 else f"{teacher} round {round_}"


def _save_arrays(arrays: dict[str, np.ndarray], path: Path) -> None:
    with written_whole(path) as staging:
        save_file(arrays, staging)
