"""Every choice of a training run, in one frozen record.

Each field is an option of `python -m training run` and is saved in the artifact.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class TrainingConfig(BaseModel):
    """The recipe. The defaults are the shipped one, but for its source and name."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    source: str = "packaged"
    """`packaged` (from PyPI), `hub` (stanfordnlp/imdb), or a file or directory of
    parquet/CSV/JSONL with `text,label`; label -1 marks text without a verdict."""
    snippets: bool = True
    """Add the packaged Rotten Tomatoes snippets to a source that is not `packaged`."""
    name: str = "gatewise-gru"
    """Name of the model, shown in every answer."""
    version: str = "0.1.0"
    """Version of the model, shown in every answer."""
    seed: int = 0
    """Seed of the split, the word vectors, the initial weights, the order and the dropout."""
    validation_fraction: float = Field(0.1, gt=0, lt=1)
    """Share of the labelled texts held out to choose and report on, per source and label."""
    threads: int = Field(2, ge=1)
    """CPU threads of the fit. Another number rounds differently: it is part of the recipe."""

    vocab_size: int = Field(40_000, ge=3)
    """Most words to keep (V), the two special entries included."""
    min_frequency: int = Field(5, ge=1)
    """Leave out words seen fewer times than this."""

    embedding_size: int = Field(128, ge=1)
    """Length of a word vector (E)."""
    word_vector_epochs: int = Field(5, ge=0)
    """Passes of word2vec over all training text; 0 starts from random vectors."""
    word_vector_window: int = Field(8, ge=1)
    """Words on either side that word2vec predicts."""
    word_vector_workers: int = Field(1, ge=1)
    """Threads of word2vec. More than 1 is faster and no longer reproducible."""

    hidden_size: int = Field(256, ge=1)
    """Units of the GRU (H)."""
    max_train_tokens: int = Field(400, ge=1)
    """Train on the last so many tokens of a review. Predictions read all of it."""
    epochs: int = Field(3, ge=1)
    """Passes over the labelled training reviews."""
    batch_size: int = Field(64, ge=1)
    """Reviews a step (B)."""
    learning_rate: float = Field(2e-3, gt=0)
    """Peak of the one-cycle schedule."""
    warmup_share: float = Field(0.25, gt=0, lt=1)
    """Share of the steps during which the rate still rises."""
    weight_decay: float = Field(0.0, ge=0)
    """Decoupled weight decay (AdamW)."""
    embedding_dropout: float = Field(0.3, ge=0, lt=1)
    """Share of embedding dimensions dropped, the same ones for all words of a review."""
    word_dropout: float = Field(0.0, ge=0, lt=1)
    """Share of words replaced by the unknown word."""
    state_dropout: float = Field(0.3, ge=0, lt=1)
    """Share of units dropped before the head."""
    running_loss: float = Field(0.5, ge=0, le=1)
    """Weight of the loss on all running states, later ones more, against the last state's."""
    clip_norm: float = Field(1.0, gt=0)
    """Largest gradient norm."""
    ema_decay: float = Field(0.998, ge=0, lt=1)
    """Decay of the weight average that is evaluated and exported."""
    patience: int = Field(2, ge=1)
    """Epochs without a better validation loss before the fit stops early."""
    checkpoint_seconds: float = Field(120.0, ge=0)
    """Write a checkpoint at least this often, and after every epoch."""
    tensorboard: bool = False
    """Write TensorBoard event files into the run directory."""

    def differences(self, other: dict[str, Any]) -> list[str]:
        """Name the fields in which a stored configuration differs from this one."""
        mine = self.model_dump(mode="json")
        names = sorted(mine.keys() | other.keys())
        return [
            f"{name}: {other.get(name)!r} then, {mine.get(name)!r} now"
            for name in names
            if mine.get(name) != other.get(name)
        ]
