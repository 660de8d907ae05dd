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
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file

from gatewise.models.errors import DataError
from gatewise.models.weights import NetworkWeights
from gatewise.training.config import Teacher, TrainingConfig
from gatewise.training.data.encoding import EncodedReviews, EncodedSplit
from gatewise.training.distillation.nb_svm import NBSVM
from gatewise.training.distillation.teachers import TeacherLogits, add_teacher_labels, blend
from gatewise.training.evaluation.metrics import measure
from gatewise.training.fit_options import FitOptions
from gatewise.training.fits import Fits, Stage, save_arrays
from gatewise.training.nets.interpolation import interpolate
from gatewise.training.nets.predict_logits import predict_logits

log = logging.getLogger(__name__)


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
        teacher_models: Sequence[Callable[[], TeacherLogits]] = (),
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
            teacher_models: Functions that each compute the logits of a trained model that is one
                of the teachers.
        """
        self._data, self._config = data, config
        self._fits = Fits(
            data, config=config, directory=directory, stage=stage, parts=parts, held_out=held_out
        )
        self._init_from, self._teacher_models = init_from, teacher_models
        self._directory, self._stage = directory, stage

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
        taught = bool(config.teachers or self._teacher_models)
        if taught and not data.unlabelled:
            raise DataError(
                "Teachers need reviews without labels, and this source has none. Add some with "
                "label -1, or train without --teachers and --teacher-model."
            )
        given = self._teacher_model_logits()  # first, as they may be refused
        weights = self._init_from or self._fits.initial_network(data, "forward")
        if taught:
            weights, train = self._teach(weights, given)
        else:
            train = data.train_and_unlabelled if config.virtual_adversarial else data.train
        weights = self._fits.fit(weights, train, data.validation, "fit", config.fit)
        if finetune := config.finetune_fit:
            weights = self._fits.fit(weights, data.train, data.validation, "finetune", finetune)
        if self._init_from and config.init_share:
            weights = interpolate(weights, self._init_from, config.init_share)
        return weights

    @property
    def history(self) -> dict[str, list[dict[str, Any]]]:
        """One record of figures per epoch, by stage."""
        return self._fits.history

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds of training by stage, including those before the run was resumed."""
        return self._fits.seconds

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
            start = self._fits.fit(start, learned_from, data.validation, name, self._config.fit)
        return start, train

    def _teacher_model_logits(self) -> dict[str, TeacherLogits]:
        """Compute the logits of the trained models that are teachers."""
        logits = {}
        for number, compute in enumerate(self._teacher_models, start=1):
            name = "teacher model" if number == 1 else f"teacher model {number}"
            path = self._directory / f"{name.replace(' ', '_')}.safetensors"
            if not path.is_file():
                with self._stage(name):
                    save_arrays(vars(compute()), path)
            logits[name] = TeacherLogits(**load_file(path))
        return logits

    def _report(self, round_: int, teachers: Mapping[str, TeacherLogits]) -> None:
        labels = self._data.validation.labels
        for teacher, logits in teachers.items():
            accuracy = measure(logits.validation, labels).accuracy
            log.info("teacher %s, round %d: validation accuracy %.4f", teacher, round_, accuracy)
            self._fits.history.setdefault("teachers", []).append(
                {"teacher": teacher, "round": round_, "validation_accuracy": accuracy}
            )

    def _teacher_logits(
        self, teacher: Teacher, round_: int, start: NetworkWeights, train: EncodedReviews
    ) -> TeacherLogits:
        """Train a teacher and compute its logits, or load them if that is done."""
        name = _round_name(teacher, round_)
        path = self._fits.directory_of(f"{name}.safetensors")
        backward = teacher == "backward_gru"
        if path.is_file():
            if backward:
                self._fits.record_stored("language model backward")
            self._fits.record_stored(name)
        elif teacher == "nb_svm":
            save_arrays(vars(self._nb_svm_logits()), path)
        else:
            options = self._config.teacher_fit if round_ == 1 else self._config.fit
            logits = self._gru_logits(name, start, train, options, backward=backward)
            save_arrays(vars(logits), path)
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
            start = self._fits.initial_network(data, "backward")
        weights = self._fits.fit(start, train, data.validation, name, options, backward=backward)
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
