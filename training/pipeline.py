"""The whole road: read → split → tokenize → learn → evaluate → export."""

import json
import logging
import shutil
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from datasets import Dataset

from models.artifact import CONFIG, Artifact, load_artifact, save_artifact
from models.errors import ArtifactError, ArtifactMissingError, DataError, ResumeError
from models.predictor import Predictor
from models.tokenizer import WordTokenizer
from models.weights import NetworkWeights
from training.config import TrainingConfig
from training.encode import encode_split, train_tokenizer
from training.evaluate import Answers, measure_by_source, predict_all
from training.export import build_predictor, divide_by_temperature, export
from training.finished_model import ask_model, check_held_out, origin
from training.gate_statistics import measure_gates
from training.learn import Learning
from training.metrics import fit_temperature
from training.shared_stages import REPEATED, START, has_learned
from training.sources import Corpus, read_corpus
from training.splits import Split, split_corpus
from training.stages import StageTimer
from training.whole_files import write_json

log = logging.getLogger(__name__)


class Run:
    """One training run in its directory.

    `DIR` itself becomes the artifact at the end; what the run needs to continue after a kill is
    in `DIR/run`. Cheap stages are done again on resuming; what was learned is not.
    """

    def __init__(self, config: TrainingConfig, directory: Path, *, resume: bool) -> None:
        """Claim the directory.

        Raises `ResumeError` if it is in use and `resume` is not asked for, or if what it holds
        was started with another configuration.
        """
        self._directory = directory
        self._state = directory / "run"
        self._start = self._load_start(config)
        if self._start:
            sizes = asdict(self._start.weights.config)
            log.info("going on from %s, with its words: %s", self._start.name, sizes)
            config = config.model_copy(update=sizes)
        self._config = config
        begun = self._state.is_dir()
        if not (begun and resume) and directory.exists() and any(directory.iterdir()):
            advice = "Pass --resume to continue the run in it, or choose" if begun else "Choose"
            raise ResumeError(f"{directory} is not empty. {advice} another --out.")
        self._state.mkdir(parents=True, exist_ok=True)
        started_with = self._recall("config", config.model_dump(mode="json"))
        differences = config.differences(started_with)
        if differences:
            raise ResumeError(
                f"The run in {directory} was started with another configuration "
                f"({'; '.join(differences)}). Use the same, or choose another --out."
            )
        if self._start and not self._is_start_kept:
            save_artifact(self._start, self._kept_start)
        self._stage = StageTimer(self._state / "seconds.json", repeated=REPEATED)

    def __call__(self) -> dict[str, Any]:
        """Run every stage that is still to do; answer the metrics stored in the artifact.

        A finished run is left as it is. Raises `DataError` for reviews that cannot be used,
        `ResumeError` for others than the run was started with, and `DivergedError`. A run that
        is refused before it learned anything gives its directory up: call another one.
        """
        metrics = self._finished()
        if metrics is None:
            try:
                return self._go_on()
            except (DataError, ArtifactError):
                self._let_go()
                raise
        self._read()
        log.info("the run in %s is finished: nothing is left to do", self._directory)
        return metrics

    @property
    def _kept_start(self) -> Path:
        """Where the run keeps a copy of the model that it goes on from, and so needs it once."""
        return self._state / START

    @property
    def _is_start_kept(self) -> bool:
        return (self._kept_start / CONFIG).is_file()  # written last

    def _let_go(self) -> None:
        """Give the directory up, if nothing has been learned in it, for the command put right."""
        if not has_learned(self._state):
            shutil.rmtree(self._state)
            log.info("nothing was learned: %s can be given again", self._directory)

    def _load_start(self, config: TrainingConfig) -> Artifact | None:
        if config.starts_from is None:
            return None
        return load_artifact(self._kept_start if self._is_start_kept else config.starts_from)

    def _finished(self) -> dict[str, Any] | None:
        """Answer the metrics of the artifact that this run has exported, or None."""
        try:
            artifact = load_artifact(self._directory)
        except ArtifactMissingError:
            return None
        except ArtifactError as error:
            log.warning("%s The run exports it again.", error)
            return None
        mine = not self._config.differences(dict(artifact.training))
        return dict(artifact.metrics) if mine else None

    def _go_on(self) -> dict[str, Any]:
        config = self._config
        with self._stage("read"):
            corpus = self._read()
        with self._stage("split"):
            split = split_corpus(
                corpus, validation_fraction=config.validation_fraction, seed=config.split_seed
            )
            if self._start:
                check_held_out(self._start, corpus, split)
        with self._stage("tokenize"):
            tokenizer = self._start.tokenizer if self._start else self._train_tokenizer(split)
            data = encode_split(split, tokenizer)
        learning = Learning(
            data,
            config=config,
            directory=self._state,
            stage=self._stage,
            start=self._start.weights if self._start else None,
            ask_model=partial(ask_model, config.taught_by, corpus, split, threads=config.threads)
            if config.taught_by
            else None,
        )
        weights = learning()
        # What loops count is what their training took, however often it was broken off.
        self._stage.put(learning.seconds)
        with self._stage("evaluate"):
            predictor, figures = self._evaluate(weights, tokenizer, split.validation, corpus.test)
        with self._stage("gate statistics"):
            gates = measure_gates(predictor, split.validation, seed=config.split_seed)
        metrics = {
            **figures,
            "texts": {
                "train": len(split.train),
                "validation": len(split.validation),
                "unlabelled": len(split.unlabelled),
            },
            "seconds": self._stage.seconds,
            "history": learning.history,
            **({"start": origin(self._start)} if self._start else {}),
        }
        export(predictor, metrics, gates, self._directory)
        log.info("wrote %s", self._directory)
        return metrics

    def _read(self) -> Corpus:
        corpus = read_corpus(self._config.source, snippets=self._config.snippets)
        if self._recall("fingerprint", corpus.fingerprint) != corpus.fingerprint:
            raise ResumeError(
                f"The reviews at {self._config.source} have changed since the run in "
                f"{self._directory} was started. Choose another --out."
            )
        return corpus

    def _train_tokenizer(self, split: Split) -> WordTokenizer:
        return train_tokenizer(
            split, vocab_size=self._config.vocab_size, min_frequency=self._config.min_frequency
        )

    def _evaluate(
        self,
        weights: NetworkWeights,
        tokenizer: WordTokenizer,
        validation: Dataset,
        test: Dataset | None,
    ) -> tuple[Predictor, dict[str, Any]]:
        """Calibrate on validation, then measure; the test split, if any, is read here only."""
        raw = predict_all(build_predictor(weights, tokenizer, self._config), validation)
        temperature = fit_temperature(raw.logits, np.asarray(validation["label"][:]))
        predictor = build_predictor(
            divide_by_temperature(weights, temperature), tokenizer, self._config
        )
        figures: dict[str, Any] = {
            "temperature": temperature,
            "validation": measure_by_source(
                Answers(raw.logits / temperature, raw.tokens), validation
            ),
        }
        if test is not None:
            figures["test"] = measure_by_source(predict_all(predictor, test), test)
        return predictor, figures

    def _recall(self, name: str, value: Any) -> Any:
        """Answer what an earlier start stored under `name`; store `value` if there was none."""
        path = self._state / f"{name}.json"
        if path.is_file():
            return json.loads(path.read_text(encoding="utf-8"))
        write_json(value, path)
        return value
