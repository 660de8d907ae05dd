"""The stages of a run that train networks, in order.

    initial network    word2vec, a language model, or a trained model
    teachers           label the unlabelled reviews, if there are any teachers
    fit                on true labels and teacher probabilities
    finetune           on true labels alone, if configured

The result of every stage is stored in the directory of the run, so that a run which is resumed does
not repeat it.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float32
from safetensors.numpy import load_file, save_file

from gatewise.models.errors import DataError
from gatewise.models.weights import ModelConfig, NetworkWeights
from gatewise.training.atomic_io import written_whole
from gatewise.training.config import FitOptions, Teacher, TrainingConfig
from gatewise.training.data.encoding import EncodedReviews, EncodedSplit
from gatewise.training.data.mixture import UNLABELLED_PART, Mixture
from gatewise.training.distillation.nb_svm import NBSVM
from gatewise.training.distillation.teachers import TeacherLogits, add_teacher_labels, blend
from gatewise.training.evaluation.metrics import measure
from gatewise.training.fitting.classifier_fit import ClassifierFit
from gatewise.training.fitting.language_model_fit import LanguageModelFit
from gatewise.training.fitting.trainer import Trainer, read_figures
from gatewise.training.mix_option import parse_amounts
from gatewise.training.nets.network import SentimentGRU
from gatewise.training.nets.predict_logits import predict_logits
from gatewise.training.nets.word_vectors import train_word_vectors

log = logging.getLogger(__name__)

Stage = Callable[[str], AbstractContextManager[None]]


class TrainingStages:
    """The training stages of one configuration in one directory."""

    def __init__(
        self,
        data: EncodedSplit,
        *,
        config: TrainingConfig,
        directory: Path,
        stage: Stage,
        parts: Sequence[str] | None = None,
        held_out: Mapping[str, EncodedReviews] | None = None,
        init_from: NetworkWeights | None = None,
        teacher_model: Callable[[], TeacherLogits] | None = None,
    ) -> None:
        """Prepare the stages.

        Args:
            data: The encoded texts.
            config: The configuration of the run.
            directory: Where the results of stages are stored.
            stage: Returns a context manager that is entered for the duration of a stage, by name.
            parts: The source of every training text, if `config.mix` has amounts of them.
            held_out: Held-out texts of added sources, which choose the epoch, too.
            init_from: Weights to start from, instead of word vectors or a language model.
            teacher_model: Computes the logits of a trained model that is one of the teachers.
        """
        self._data, self._config = data, config
        self._parts = list(parts or [])
        self._held_out = dict(held_out or {})
        self._init_from, self._teacher_model = init_from, teacher_model
        self._directory, self._stage = directory, stage
        self._history: dict[str, list[dict[str, Any]]] = {}
        self._seconds: dict[str, float] = {}

    def run(self) -> NetworkWeights:
        """Run all stages.

        Returns:
            The weights to export.

        Raises:
            DataError: There is no unlabelled text for the teachers, or too little text for a
                language model.
            DivergedError: A loss is no longer finite.
            ResumeError: A checkpoint cannot be used.
        """
        config, data = self._config, self._data
        taught = bool(config.teachers or self._teacher_model)
        if taught and not data.unlabelled:
            raise DataError(
                "Teachers need reviews without labels, and this source has none. Add some with "
                "label -1, or train without --teachers and --teacher-model."
            )
        weights = self._init_from or self._initial_network(data, "forward")
        if taught:
            weights, train = self._teach(weights, self._teacher_model_logits())
        else:
            train = data.train_and_unlabelled if config.virtual_adversarial else data.train
        weights = self._fit(weights, train, data.validation, "fit", config.fit)
        if finetune := config.finetune_fit:
            weights = self._fit(weights, data.train, data.validation, "finetune", finetune)
        return weights

    @property
    def history(self) -> dict[str, list[dict[str, Any]]]:
        """One record of figures per epoch, by stage."""
        return self._history

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds of training by stage, including those before the run was resumed."""
        return self._seconds

    def _initial_network(self, data: EncodedSplit, direction: str) -> NetworkWeights:
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
            _save_arrays({"vectors": vectors}, path)
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
                directory=self._directory_of(name),
            )
            weights = fit.run()
        self._record(name, fit)
        return weights

    def _fit(
        self,
        start: NetworkWeights,
        train: EncodedReviews,
        validation: EncodedReviews,
        name: str,
        options: FitOptions,
        *,
        backward: bool = False,
    ) -> NetworkWeights:
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
                directory=self._directory_of(name),
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
        torch.backends.cuda.matmul.allow_tf32 = True  # as cuDNN does by default
        torch.manual_seed(self._config.seed)

    def _record(self, name: str, fit: Trainer[Any]) -> None:
        self._history[name], self._seconds[name] = fit.history, fit.seconds

    def _record_stored(self, name: str) -> None:
        """Record the figures of a stage that was finished before the run was resumed."""
        figures = read_figures(self._directory_of(name))
        if figures:
            self._history[name], self._seconds[name] = figures

    def _directory_of(self, name: str) -> Path:
        return self._directory / name.replace(" ", "_")

    def _teach(
        self, start: NetworkWeights, given: Mapping[str, TeacherLogits]
    ) -> tuple[NetworkWeights, EncodedReviews]:
        """Train the teachers, round by round, and label the unlabelled reviews with them.

        Args:
            start: The weights that GRU teachers start from.
            given: Logits of other teachers, which take part in every round.

        Returns:
            The weights for the network to start from, and its labelled reviews.
        """
        data, train = self._data, self._data.train
        rounds = self._config.teaching_rounds
        logits = dict(given)
        for round_ in range(1, rounds + 1):
            learned_from = train
            for teacher in self._config.teachers:
                # NB-SVM learns from true labels only, so it is the same in every round.
                if teacher != "nb_svm" or round_ == 1:
                    logits[teacher] = self._teacher_logits(teacher, round_, start, learned_from)
            blended = blend(logits, data.validation.labels)
            self._report(round_, {**logits, "all teachers": blended})
            train = add_teacher_labels(data.train, data.unlabelled, blended.unlabelled)
        if rounds > 1 and "gru" in self._config.teachers:
            # The forward teacher of the last round, from its finished checkpoint.
            name = _round_name("gru", rounds)
            start = self._fit(start, learned_from, data.validation, name, self._config.fit)
        return start, train

    def _teacher_model_logits(self) -> dict[str, TeacherLogits]:
        """Compute the logits of the trained model that is a teacher, if there is one."""
        if not self._teacher_model:
            return {}
        path = self._directory / "teacher_model.safetensors"
        if not path.is_file():
            with self._stage("teacher model"):
                _save_arrays(vars(self._teacher_model()), path)
        return {"teacher model": TeacherLogits(**load_file(path))}

    def _report(self, round_: int, teachers: Mapping[str, TeacherLogits]) -> None:
        labels = self._data.validation.labels
        for teacher, logits in teachers.items():
            accuracy = measure(logits.validation, labels).accuracy
            log.info("teacher %s, round %d: validation accuracy %.4f", teacher, round_, accuracy)
            self._history.setdefault("teachers", []).append(
                {"teacher": teacher, "round": round_, "validation_accuracy": accuracy}
            )

    def _teacher_logits(
        self, teacher: Teacher, round_: int, start: NetworkWeights, train: EncodedReviews
    ) -> TeacherLogits:
        """Train a teacher and compute its logits, or load them if that is done."""
        name = _round_name(teacher, round_)
        path = self._directory_of(f"{name}.safetensors")
        backward = teacher == "backward_gru"
        if path.is_file():
            if backward:
                self._record_stored("language model backward")
            self._record_stored(name)
        elif teacher == "nb_svm":
            _save_arrays(vars(self._nb_svm_logits()), path)
        else:
            options = self._config.teacher_fit if round_ == 1 else self._config.fit
            logits = self._gru_logits(name, start, train, options, backward=backward)
            _save_arrays(vars(logits), path)
        return TeacherLogits(**load_file(path))

    def _nb_svm_logits(self) -> TeacherLogits:
        data = self._data
        with self._stage("nb_svm"):
            # It learns from labels alone: texts with another probability are left out.
            rows = np.flatnonzero(np.isin(data.train.labels, (0, 1)))  # (n,)
            ids, labels = [data.train.ids[row] for row in rows], data.train.labels[rows]
            model = NBSVM.fit(ids, labels, seed=self._config.seed)
            return TeacherLogits(model.logits(data.validation.ids), model.logits(data.unlabelled))

    def _gru_logits(
        self,
        name: str,
        start: NetworkWeights,
        train: EncodedReviews,
        options: FitOptions,
        *,
        backward: bool,
    ) -> TeacherLogits:
        data = self._data
        if backward:
            data, train = data.reversed(), train.reversed()
            start = self._initial_network(data, "backward")
        weights = self._fit(start, train, data.validation, name, options, backward=backward)
        with self._stage(f"{name} predicts"):
            logits = partial(
                predict_logits,
                weights,
                precision=self._config.precision,
                threads=self._config.threads,
            )
            return TeacherLogits(logits(data.validation.ids), logits(data.unlabelled))


def _round_name(teacher: Teacher, round_: int) -> str:
    return teacher if round_ == 1 else f"{teacher} round {round_}"


def _save_arrays(arrays: dict[str, np.ndarray], path: Path) -> None:
    with written_whole(path) as staging:
        save_file(arrays, staging)
