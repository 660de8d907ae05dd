"""The sizes of the lab's nets and experiments: the full run, and a fast one."""

from pydantic import BaseModel, ConfigDict, Field

from gatewise.training.lab.reckoning.study import FAST as FAST_RECKONING
from gatewise.training.lab.reckoning.study import Sizes


class LabOptions(BaseModel):
    """All sizes of a run of the lab."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    source: str = "packaged"
    """Where reviews come from: `packaged`, `hub`, or a file or directory."""
    seeds: int = Field(5, ge=1)
    """Trainings of every net on reviews and snippets."""
    reviews: int = Field(10_000, ge=200)
    """Reviews in the training set."""
    validation_reviews: int = Field(2_500, ge=20)
    """Reviews in the validation set."""
    snippets: int = Field(4_000, ge=200)
    """Snippets in the training set of the experiments on snippets."""
    vocab_size: int = Field(12_000, ge=3)
    """Number of words V."""
    max_tokens: int = Field(160, ge=2)
    """Number of last tokens of a review that the lab's nets read."""
    embedding_size: int = Field(64, ge=1)
    """Length of a word vector E."""
    hidden_size: int = Field(64, ge=1)
    """Units of the GRU H."""
    word_vector_epochs: int = Field(3, ge=0)
    """Passes of word2vec over the texts."""
    epochs: int = Field(3, ge=2)
    """Passes over the reviews."""
    snippet_epochs: int = Field(4, ge=2)
    """Passes over the snippets."""
    synthetic_seeds: int = Field(5, ge=1)
    """Trainings of every net on a synthetic task, at every width."""
    synthetic_steps: int = Field(1_500, ge=8)
    """Training batches of a synthetic task."""
    synthetic_length: int = Field(32, ge=8)
    """Symbols in a sequence of a synthetic task."""
    widths: tuple[int, ...] = (2, 3, 4, 8)
    """Units of the GRU on the synthetic tasks."""
    reckoning: Sizes = Sizes()
    """Sizes of the experiment on dead reckoning."""
    gradient_texts: int = Field(96, ge=1)
    """Reviews through which gradients are propagated."""
    story_texts: int = Field(200, ge=4)
    """Texts of each kind in the experiments on the shipped models."""
    gate_texts: int = Field(200, ge=2)
    """Held-out reviews on which gates of the shipped models are measured."""
    workers: int = Field(2, ge=1)
    """Trainings that run in parallel, with one thread each."""


FAST = LabOptions(
    seeds=1,
    reviews=1_200,
    validation_reviews=600,
    snippets=1_200,
    vocab_size=6_000,
    max_tokens=60,
    embedding_size=32,
    hidden_size=24,
    word_vector_epochs=1,
    epochs=2,
    snippet_epochs=2,
    synthetic_seeds=1,
    synthetic_steps=150,
    synthetic_length=16,
    widths=(2, 4),
    reckoning=FAST_RECKONING,
    gradient_texts=16,
    story_texts=24,
    gate_texts=24,
)
