"""How large the lab's nets and experiments are: in full, or a quick look at all of it."""

from pydantic import BaseModel, ConfigDict, Field


class LabOptions(BaseModel):
    """Every size of a run of the lab."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    source: str = "packaged"
    """Where reviews come from: `packaged`, `hub`, or a file or directory, as for `run`."""
    seeds: int = Field(5, ge=1)
    """Trainings of every net on reviews and snippets."""
    reviews: int = Field(10_000, ge=200)
    """Reviews that a net learns from."""
    validation_reviews: int = Field(2_500, ge=20)
    """Held-out reviews that it is measured on."""
    snippets: int = Field(4_000, ge=200)
    """Snippets that a net learns from, in experiments on snippets."""
    vocab_size: int = Field(12_000, ge=3)
    """Words to keep."""
    max_tokens: int = Field(160, ge=2)
    """Last tokens of a review that are read, in training and after."""
    embedding_size: int = Field(64, ge=1)
    """Length of a word vector (E)."""
    hidden_size: int = Field(64, ge=1)
    """Units of the GRU (H)."""
    word_vector_epochs: int = Field(3, ge=0)
    """Passes of word2vec over the reviews."""
    epochs: int = Field(3, ge=2)
    """Passes over the reviews."""
    snippet_epochs: int = Field(4, ge=2)
    """Passes over the snippets."""
    synthetic_seeds: int = Field(5, ge=1)
    """Trainings of every net on a synthetic task, at every width."""
    synthetic_steps: int = Field(1_500, ge=8)
    """Batches of a synthetic task."""
    synthetic_length: int = Field(32, ge=8)
    """Symbols in a sequence of a synthetic task."""
    widths: tuple[int, ...] = (2, 3, 4, 8)
    """Units of the GRU on the synthetic tasks."""
    gradient_texts: int = Field(96, ge=1)
    """Reviews over which a gradient is followed back."""
    story_texts: int = Field(200, ge=4)
    """Texts of each kind in the experiments on the shipped models."""
    gate_texts: int = Field(200, ge=2)
    """Held-out reviews on which gates of the shipped models are read."""
    workers: int = Field(2, ge=1)
    """Trainings that run side by side, one thread each."""


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
    gradient_texts=16,
    story_texts=24,
    gate_texts=24,
)
