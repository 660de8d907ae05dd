"""Every choice of a training run, in one frozen record.

Each field is an option of `python -m training run` and is saved in the artifact.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from training.presets import PRESETS, PresetName

Share = Annotated[float, Field(ge=0, lt=1)]
Teacher = Literal["nb_svm", "gru", "backward_gru"]


class Options(BaseModel):
    """A group of choices."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class LanguageModelOptions(Options):
    """How embedding and GRU learn to predict the next word, before they see a verdict."""

    epochs: int = Field(0, ge=0)
    """Passes over all training text; 0 trains no language model."""
    rows: int = Field(128, ge=1)
    """Streams of text that a step reads side by side (B)."""
    steps: int = Field(70, ge=1)
    """Words of each stream that a step reads (T), and how far its gradient goes back."""
    learning_rate: float = Field(3e-3, gt=0)
    """Peak of the one-cycle schedule."""
    warmup_share: float = Field(0.1, gt=0, lt=1)
    """Share of the steps during which the rate still rises."""
    weight_decay: float = Field(0.0, ge=0)
    """Decoupled weight decay (AdamW)."""
    dropout: Share = 0.1
    """Share of embedding dimensions and of units dropped, the same ones along a stream."""
    exact_words: int = Field(512, ge=1)
    """Most frequent words, summed exactly in the softmax."""
    sampled_words: int = Field(768, ge=1)
    """Other words drawn for a step, to stand for the rest of the vocabulary."""
    clip_norm: float = Field(0.5, gt=0)
    """Largest gradient norm."""


class FitOptions(Options):
    """How a network learns verdicts."""

    epochs: int = Field(3, ge=1)
    """Passes over the reviews."""
    batch_size: int = Field(64, ge=1)
    """Reviews a step (B)."""
    learning_rate: float = Field(2e-3, gt=0)
    """Peak of the one-cycle schedule, for the GRU."""
    embedding_rate: float = Field(1.0, gt=0)
    """Rate of the embedding, as a multiple of the GRU's."""
    head_rate: float = Field(1.0, gt=0)
    """Rate of the head, as a multiple of the GRU's."""
    warmup_share: float = Field(0.25, gt=0, lt=1)
    """Share of the steps during which the rate still rises."""
    unfreeze_share: Share = 0.0
    """Share of the steps during which only the head learns; the GRU joins then, and the embedding
    after as many more (gradual unfreezing, Howard & Ruder 2018)."""
    weight_decay: float = Field(0.0, ge=0)
    """Decoupled weight decay (AdamW)."""
    embedding_dropout: Share = 0.3
    """Share of embedding dimensions dropped, the same ones for all words of a review."""
    word_dropout: Share = 0.0
    """Share of words replaced by the unknown word."""
    state_dropout: Share = 0.3
    """Share of units dropped before the head, the same ones for all words of a review."""
    running_loss: float = Field(0.5, ge=0, le=1)
    """Weight of the loss on all running states, later ones more, against the last state's."""
    adversarial: float = Field(0.0, ge=0)
    """Length of the worst small step on a review's embedding, in standard deviations of one of its
    numbers; its loss is added (Miyato et al. 2017). Doubles the time. 0 is off."""
    virtual_adversarial: float = Field(0.0, ge=0)
    """Length, counted likewise, of the step that changes the verdict most; how much it does is
    added, and half of the loss after it (virtual adversarial steps, Miyato et al. 2017). Reviews
    that have neither a label nor a teacher's judgement take part. Doubles the time. 0 is off."""
    crisp_gates: float = Field(0.0, ge=0)
    """Weight of a penalty on gates that are neither open nor shut: mean of 4 g (1 − g)."""
    clip_norm: float = Field(1.0, gt=0)
    """Largest gradient norm."""
    ema_decay: Share = 0.998
    """Decay of the weight average that is evaluated and exported. Early on it is shorter: over
    about a tenth of the steps so far."""
    patience: int = Field(2, ge=1)
    """Epochs without a better validation loss before the fit stops early."""


class TrainingConfig(FitOptions):
    """The recipe. The defaults are the preset `quick`; another preset changes some of them.

    Its own fit options are those of the network that is exported.
    """

    preset: PresetName = "quick"
    """Recipe to start from: `quick`, `standard` or `best`. Every other option overrides it."""
    source: str = "packaged"
    """`packaged` (from PyPI), `hub` (stanfordnlp/imdb), or a file or directory of
    parquet/CSV/JSONL with `text,label`; label -1 marks text without a verdict."""
    snippets: bool = True
    """Add the packaged Rotten Tomatoes snippets to a source that is not `packaged`."""
    name: str = "gatewise-gru"
    """Name of the model, shown in every answer."""
    version: str = "0.1.0"
    """Version of the model, shown in every answer."""
    seed: int = Field(0, ge=0)
    """Seed of the word vectors, the initial weights, the order and the dropout."""
    split_seed: int = Field(default_factory=lambda given: given.get("seed", 0), ge=0)
    """Seed of the split and of samples drawn from what is held out; by default it is `seed`. Runs
    of the same texts that share it and `validation_fraction` hold out the same of them."""
    validation_fraction: float = Field(0.1, gt=0, lt=1)
    """Share of the labelled texts held out to choose and report on, per source and label."""
    threads: int = Field(2, ge=1)
    """CPU threads of the fit. Another number rounds differently: it is part of the recipe."""
    precision: Literal["float32", "bfloat16"] = "float32"
    """Of the matrix products in training; gates, states and weights stay float32. bfloat16 is two
    to three times as fast with AMX or on AMD's Zen 4, and slower on other CPUs."""

    vocab_size: int = Field(40_000, ge=3)
    """Most words to keep (V), the two special entries included."""
    min_frequency: int = Field(5, ge=1)
    """Leave out words seen fewer times than this."""

    embedding_size: int = Field(128, ge=1)
    """Length of a word vector (E)."""
    word_vector_epochs: int = Field(5, ge=0)
    """Passes of word2vec over all training text; 0 starts from random vectors. A language model
    takes their place."""
    word_vector_window: int = Field(8, ge=1)
    """Words on either side that word2vec predicts."""
    word_vector_workers: int = Field(1, ge=1)
    """Threads of word2vec. More than 1 is faster and no longer reproducible."""

    hidden_size: int = Field(256, ge=1)
    """Units of the GRU (H)."""
    max_train_tokens: int = Field(400, ge=1)
    """Train on the last so many tokens of a review. Predictions read all of it."""
    language_model: LanguageModelOptions = LanguageModelOptions()
    """Language-model pretraining."""
    starts_from: Path | None = None
    """Directory of a finished model that the network goes on from, in place of word vectors or a
    language model; its words and sizes are taken, too. It must have held out the texts that this
    run holds out."""
    teachers: tuple[Teacher, ...] = ()
    """Models that judge the unlabelled reviews for the network to learn from: `nb_svm`, `gru` (the
    same network, on labels alone), `backward_gru` (one that reads from the end)."""
    taught_by: Path | None = None
    """Directory of a finished model, which judges those reviews, too; larger ones teach smaller
    ones. It must have held out the texts that this run holds out."""
    teacher: FitOptions = FitOptions()
    """How a GRU that teaches learns verdicts, in the first round."""
    teaching_rounds: int = Field(1, ge=1)
    """After a round, GRUs that teach learn anew from the labels and from what all teachers judged
    together, and all judge again. The exported network goes on from the last forward GRU."""
    smooth: FitOptions | None = None
    """Another fit on the same reviews, from where the fit ended: with virtual adversarial steps it
    leaves verdicts that small steps do not change."""
    finish: FitOptions | None = None
    """A last fit on labelled reviews alone, from where the fits before it ended."""

    checkpoint_seconds: float = Field(120.0, ge=0)
    """Write a checkpoint at least this often, and after every epoch."""
    tensorboard: bool = False
    """Write TensorBoard event files into the run directory."""

    @model_validator(mode="before")
    @classmethod
    def _start_from_preset(cls, given: Any) -> Any:
        """Fill in what the named preset says about options that are not given."""
        if not isinstance(given, dict):
            return given
        preset = given.get("preset", cls.model_fields["preset"].default)
        return _merge(PRESETS.get(preset, {}), given)

    def differences(self, other: dict[str, Any]) -> list[str]:
        """Name the fields in which a stored configuration differs from this one.

        An option that is newer than the stored one was off then, and has its default.
        """
        mine, then = self.model_dump(mode="json"), self._completed(other)
        return [
            f"{name}: {then.get(name)!r} then, {mine.get(name)!r} now"
            for name in sorted(mine.keys() | then.keys())
            if mine.get(name) != then.get(name)
        ]

    @classmethod
    def _completed(cls, stored: dict[str, Any]) -> dict[str, Any]:
        """Fill in defaults, but not what the preset says by now; leave alone what is not ours."""
        no_preset = {**stored, "preset": "quick"}  # it changes none of the defaults
        try:
            complete = cls.model_validate(no_preset).model_dump(mode="json")
        except ValidationError:
            return stored
        return {**complete, "preset": stored.get("preset")}


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Lay one tree of options over another."""
    merged = {**base, **over}
    for name in base.keys() & over.keys():
        if isinstance(base[name], dict) and isinstance(over[name], dict):
            merged[name] = _merge(base[name], over[name])
    return merged
