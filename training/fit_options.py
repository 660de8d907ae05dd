"""The options of the single fits of a training run, in groups.

Each field is an option of `gatewise train`, and its docstring is the help text.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, lt=1)]


class Options(BaseModel):
    """A group of options."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class LanguageModelOptions(Options):
    """Language-model pretraining of the embedding and the GRU."""

    epochs: int = Field(0, ge=0)
    """Passes over all training text. 0 trains no language model."""
    batch_size: int = Field(128, ge=1)
    """Streams of text read side by side in a step."""
    sequence_length: int = Field(70, ge=1)
    """Words of each stream read in a step; gradients go back no further."""
    learning_rate: float = Field(3e-3, gt=0)
    """Peak of the one-cycle schedule."""


class TeacherOptions(Options):
    """What the teachers `gru` and `backward_gru` do differently from the exported network."""

    epochs: int | None = Field(None, ge=1)
    """Passes of a teacher over the labelled reviews. By default `epochs`."""
    batch_size: int | None = Field(None, ge=1)
    """Reviews in a step of a teacher. By default `batch_size`."""
    learning_rate: float | None = Field(None, gt=0)
    """Peak learning rate of a teacher. By default `learning_rate`."""


class FinetuneOptions(Options):
    """A last fit on labelled reviews alone, after the fit on labels and teacher probabilities."""

    epochs: int = Field(0, ge=0)
    """Passes over the labelled reviews. 0 leaves this stage out."""
    learning_rate: float | None = Field(None, gt=0)
    """Peak learning rate of this stage. By default `learning_rate`."""
    gate_saturation_penalty: float = Field(0.0, ge=0)
    """Weight of the gate saturation penalty in this stage."""


class FitOptions(Options):
    """How a network is fitted to labels."""

    epochs: int = Field(3, ge=1)
    """Passes over the reviews."""
    batch_size: int = Field(64, ge=1)
    """Reviews in a step."""
    learning_rate: float = Field(2e-3, gt=0)
    """Peak of the one-cycle schedule, for the GRU."""
    embedding_rate: float = Field(1.0, gt=0)
    """Learning rate of the embedding, as a multiple of that of the GRU."""
    head_rate: float = Field(1.0, gt=0)
    """Learning rate of the head, as a multiple of that of the GRU."""
    warmup_share: float = Field(0.25, gt=0, lt=1)
    """Share of the steps in which the learning rate rises."""
    embedding_dropout: Share = 0.3
    """Share of embedding dimensions dropped, the same ones for all words of a review."""
    state_dropout: Share = 0.3
    """Share of units dropped before the head, the same ones for all words of a review."""
    running_loss: float = Field(0.5, ge=0, le=1)
    """Weight of the loss at all tokens, later ones more; the rest is the loss at the last token."""
    virtual_adversarial: float = Field(0.0, ge=0)
    """Length of virtual adversarial perturbations of the embedding, in standard deviations of its
    values (Miyato et al. 2017). Unlabelled reviews are used, too. Doubles the time. 0 is off."""
    gate_saturation_penalty: float = Field(0.0, ge=0)
    """Weight of a penalty on gate values between 0 and 1: the mean of 4 g (1 − g)."""
    patience: int = Field(2, ge=1)
    """Epochs without a lower validation loss after which the fit stops early."""
