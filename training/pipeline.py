"""The training pipeline: read → split → tokenize → learn → evaluate → export."""

import json
import logging
import shutil
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from gatewise.models.artifact.artifact import Artifact, load_artifact, save_artifact
from gatewise.models.artifact.config import CONFIG
from gatewise.models.artifact.location import locate_model
from gatewise.models.errors import ArtifactError, ArtifactMissingError, DataError, ResumeError
from gatewise.models.predictor import Predictor
from gatewise.models.tokenizer import WordTokenizer
from gatewise.training.atomic_io import write_json
from gatewise.training.config import TrainingConfig
from gatewise.training.data.added_texts import AddedSource, added_fingerprint
from gatewise.training.data.edited_reviews import edited_source
from gatewise.training.data.encoding import train_tokenizer
from gatewise.training.data.exclusion import Exclusion, read_exclusion
from gatewise.training.data.mixture import UNLABELLED_PART, warn_of_unused
from gatewise.training.data.named_sources import read_added
from gatewise.training.data.overlap import check_held_out
from gatewise.training.data.repeated_split import SplitRecipe
from gatewise.training.data.run_texts import assemble, encode_run, limit_unlabelled
from gatewise.training.data.sources import Corpus, read_corpus
from gatewise.training.data.splits import Split, split_corpus
from gatewise.training.distillation.teacher_model import (
    lineage_record,
    teacher_model_logits,
)
from gatewise.training.evaluation.gate_statistics import measure_gates
from gatewise.training.export.artifact import export
from gatewise.training.export.calibrated_model import calibrated_model
from gatewise.training.fitting.memory import keep_freed_memory
from gatewise.training.mix_option import edited_texts, parse_amounts
from gatewise.training.run_state import (
    CONFIG_FILE,
    EDITED_FILE,
    FINGERPRINT_FILE,
    INIT_MODEL,
    REPEATED,
    SECONDS_FILE,
    results,
)
from gatewise.training.stage_timer import StageTimer
from gatewise.training.stored_config import config_differences
from gatewise.training.training_stages import TrainingStages

log = logging.getLogger(__name__)


def train(config: TrainingConfig, out: Path, *, resume: bool = False) -> dict[str, Any]:
    """Train a model and export it as an artifact.

    Args:
        config: The configuration of the run.
        out: Directory of the run, and of the artifact when the run is finished.
        resume: Whether to continue the run in `out`, if there is one.

    Returns:
        The metrics stored in the artifact.

    Raises:
        ResumeError: `out` is in use, or its run was started with another configuration or texts.
        DataError: The texts cannot be used.
        ArtifactError: A model that is needed cannot be loaded.
        DivergedError: A loss is no longer finite.
    """
    keep_freed_memory()
    return Run(config, out, resume=resume).run()


class Run:
    """One training run in its directory.

    The directory becomes the artifact at the end. What is needed to resume the run is in its
    subdirectory `run`: the results of the training stages. Cheap stages are repeated instead.
    """

    def __init__(self, config: TrainingConfig, directory: Path, *, resume: bool) -> None:
        """Create the directory, or open that of a run which is resumed.

        Args:
            config: The configuration of the run.
            directory: Directory of the run.
            resume: Whether to continue the run in `directory`, if there is one.

        Raises:
            ResumeError: The directory is in use and `resume` is false, or its run was started with
                another configuration.
            ArtifactError: The model to continue from cannot be loaded.
        """
        self._directory = directory
        self._state = directory / "run"
        self._init_model = self._load_init_model(config)
        if self._init_model:
            sizes = asdict(self._init_model.weights.config)
            log.info("continues from %s, with its words: %s", self._init_model.name, sizes)
            config = config.model_copy(update={**sizes, **self._inherited_key(config)})
        self._config = config
        started = self._state.is_dir()
        if not (started and resume) and directory.exists() and any(directory.iterdir()):
            advice = "Pass --resume to continue the run in it, or choose" if started else "Choose"
            raise ResumeError(f"{directory} is not empty. {advice} another --out.")
        self._state.mkdir(parents=True, exist_ok=True)
        stored = self._load_or_store(CONFIG_FILE, config.model_dump(mode="json"))
        if differences := config_differences(config, stored):
            raise ResumeError(
                f"The run in {directory} was started with another configuration "
                f"({'; '.join(differences)}). Use the same, or choose another --out."
            )
        if self._init_model and not self._is_init_model_stored:
            save_artifact(self._init_model, self._stored_init_model)
        self._stage = StageTimer(self._state / SECONDS_FILE, repeated=REPEATED)

    def run(self) -> dict[str, Any]:
        """Run every stage that is not done yet.

        A finished run is left unchanged. A run that fails before anything was trained leaves its
        directory to another attempt.

        Returns:
            The metrics stored in the artifact.

        Raises:
            DataError: The texts cannot be used.
            ResumeError: The texts are not those that the run was started with.
            ArtifactError: The teacher model cannot be loaded.
            DivergedError: A loss is no longer finite.
        """
        metrics = self._finished_metrics()
        if metrics is None:
            try:
                return self._run_stages()
            except (DataError, ArtifactError):
                self._remove_empty_state()
                raise
        self._read()
        log.info("the run in %s is finished; there is nothing left to do", self._directory)
        return metrics

    @property
    def _stored_init_model(self) -> Path:
        """Where the run stores a copy of the model it continues from, to be resumed without it."""
        return self._state / INIT_MODEL

    @property
    def _is_init_model_stored(self) -> bool:
        return (self._stored_init_model / CONFIG).is_file()  # written last

    def _remove_empty_state(self) -> None:
        """Remove the state of the run if nothing was trained, so that the directory can be used."""
        if not results(self._state):
            shutil.rmtree(self._state)
            log.info("nothing was trained; %s can be used again", self._directory)

    def _load_init_model(self, config: TrainingConfig) -> Artifact | None:
        if config.init_from is None:
            return None
        stored = self._is_init_model_stored
        return load_artifact(self._stored_init_model if stored else locate_model(config.init_from))

    def _inherited_key(self, config: TrainingConfig) -> dict[str, str]:
        """Return the kind of duplicates of the model to continue from, unless one is chosen.

        Another kind would hold out texts that the model was trained on.
        """
        if self._init_model is None or "split_key" in config.model_fields_set:
            return {}
        return {"split_key": SplitRecipe.of(self._init_model).key}

    def _finished_metrics(self) -> dict[str, Any] | None:
        """Return the metrics of the artifact that this run has exported, or None."""
        try:
            artifact = load_artifact(self._directory)
        except ArtifactMissingError:
            return None
        except ArtifactError as error:
            log.warning("%s The run exports it again.", error)
            return None
        is_of_this_run = not config_differences(self._config, artifact.training)
        return dict(artifact.metrics) if is_of_this_run else None

    def _run_stages(self) -> dict[str, Any]:
        config = self._config
        with self._stage("read"):
            corpus, added, exclusion = self._read()
        with self._stage("split"):
            split = split_corpus(
                corpus,
                validation_fraction=config.validation_fraction,
                seed=config.split_seed,
                key=config.split_key,
            )
            if self._init_model:
                check_held_out(self._init_model, corpus, split)
        added += self._edited(split)
        with self._stage("assemble"):
            texts = assemble(split, added, exclusion)
            amounts = parse_amounts(config.mix)
            unlabelled = amounts.get(UNLABELLED_PART)
            if self._init_model and unlabelled and unlabelled.count is not None:
                most = unlabelled.count * config.epochs
                texts = limit_unlabelled(texts, most, seed=config.seed)
        with self._stage("tokenize"):
            tokenizer = self._tokenizer(texts.vocabulary_split)
            data = encode_run(texts, tokenizer)
        warn_of_unused(amounts, data.parts)
        stages = TrainingStages(
            data.split,
            parts=data.parts,
            held_out=data.held_out,
            config=config,
            directory=self._state,
            stage=self._stage,
            init_from=self._init_model.weights if self._init_model else None,
            teacher_models=[
                partial(teacher_model_logits, model, corpus, texts.split, threads=config.threads)
                for model in config.teacher_model
            ],
        )
        weights = stages.run()
        # The trainers' own seconds exclude what an interrupted start did after its last checkpoint.
        self._stage.put(stages.seconds)
        with self._stage("evaluate"):
            predictor, figures = calibrated_model(
                weights, tokenizer, texts, test=corpus.test, config=config
            )
        with self._stage("gate statistics"):
            gates = measure_gates(predictor, texts.split.validation, seed=config.split_seed)
        metrics = {
            **figures,
            "texts": {
                "train": len(split.train),
                "validation": len(split.validation),
                "unlabelled": len(split.unlabelled),
                **texts.counts,
            },
            "seconds": self._stage.seconds,
            "history": stages.history,
            **({"start": lineage_record(self._init_model)} if self._init_model else {}),
        }
        export(predictor, metrics, gates, self._directory, held_out=texts.split.validation)
        log.info("wrote %s", self._directory)
        return metrics

    def _read(self) -> tuple[Corpus, list[AddedSource], Exclusion]:
        """Read all texts, and check that they are those that the run was started with."""
        config = self._config
        corpus = read_corpus(config.source, snippets=config.snippets, options=config.read_options)
        added = read_added(
            config.add,
            seed=config.split_seed,
            fraction=config.validation_fraction,
        )
        exclusion = read_exclusion(config.exclude)
        fingerprint = "-".join(
            [
                corpus.fingerprint,
                *([added_fingerprint(added)] if added else []),
                *([exclusion.fingerprint] if config.exclude else []),
            ]
        )
        if self._load_or_store(FINGERPRINT_FILE, fingerprint) != fingerprint:
            raise ResumeError(
                f"The reviews at {config.source}, or the texts of --add and --exclude, have "
                f"changed since the run in {self._directory} was started. Choose another --out."
            )
        return corpus, added, exclusion

    def _edited(self, split: Split) -> list[AddedSource]:
        """Make the added source `edited`, if it is requested."""
        config = self._config
        count = edited_texts(config.add)
        if not count:
            return []
        with self._stage("minimal edits"):
            if config.teacher_model:
                editor = Predictor.load(config.teacher_model[0], threads=config.threads)
            else:
                editor = Predictor.load(self._stored_init_model, threads=config.threads)
            stored = self._state / EDITED_FILE
            seed = config.split_seed
            return [edited_source(editor, split.train, count=count, seed=seed, stored=stored)]

    def _tokenizer(self, split: Split) -> WordTokenizer:
        if self._init_model:
            return self._init_model.tokenizer
        return train_tokenizer(
            split, vocab_size=self._config.vocab_size, min_frequency=self._config.min_frequency
        )

    def _load_or_store(self, name: str, value: Any) -> Any:
        """Return what an earlier start stored in a file of the state; store `value` if nothing."""
        path = self._state / name
        if path.is_file():
            return json.loads(path.read_text(encoding="utf-8"))
        write_json(value, path)
        return value
