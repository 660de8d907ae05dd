"""The errors that Gatewise raises on purpose, in one tree.

    GatewiseError
    ├── InvalidTextError         a text that cannot be tokenized: empty, blank, NUL, lone surrogate
    ├── TextTooLongError         a text with more tokens than the caller allows
    ├── UnknownUnitError         a hidden unit that the network does not have
    ├── InvalidStepError         a token position that the text does not have
    ├── InterventionError        an intervention that cannot be applied to the text
    ├── ArtifactError            a model that was not loaded
    │   ├── ArtifactMissingError     the model or one of its files does not exist
    │   ├── ArtifactCorruptError     a file is truncated, edited or of another format
    │   ├── ArtifactMismatchError    the files are valid but do not belong together
    │   └── ModelDownloadError       the Hugging Face Hub could not provide the model
    ├── DataError                training or evaluation data that cannot be used
    ├── ResumeError              a run that cannot be resumed with these options
    └── DivergedError            a training run whose loss is no longer a finite number

Each message states what is wrong and what to do. HTTP statuses belong to the service. Errors that
only one package raises are defined there: `service.engine.errors`, `service.app`, `training.lab`.
"""

from typing import Any


class GatewiseError(Exception):
    """Base class of every error that Gatewise raises on purpose."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the message and attributes, so that an error of a worker process is raised.

        By default an exception is unpickled by calling its class with the message alone, which
        fails for the classes below that take keyword arguments, and a `multiprocessing.Pool` then
        never stops waiting.
        """
        return _unpickle, (type(self), self.args, self.__dict__)


def _unpickle(kind: type[GatewiseError], args: tuple[Any, ...], state: dict[str, Any]) -> Any:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class InvalidTextError(GatewiseError, ValueError):
    """A text that cannot be tokenized: empty, blank, or with invalid characters."""


class TextTooLongError(GatewiseError, ValueError):
    """A text with more tokens than the caller allows. Texts are never truncated.

    Attributes:
        tokens: Number of tokens of the text.
        limit: Number of tokens that is allowed.
    """

    def __init__(self, *, tokens: int, limit: int) -> None:
        """Store both numbers and build the message from them."""
        self.tokens = tokens
        self.limit = limit
        super().__init__(
            f"The text has {tokens:,} tokens; the limit is {limit:,}. "
            "Texts are never truncated: split it, or raise the limit."
        )


class UnknownUnitError(GatewiseError, ValueError):
    """A hidden unit that the network does not have."""


class InvalidStepError(GatewiseError, ValueError):
    """A token position that the text does not have."""


class InterventionError(GatewiseError, ValueError):
    """An intervention with a gate, value, token or unit that does not exist."""


class ArtifactError(GatewiseError):
    """A model that was not loaded; no part of it is in use."""


class ArtifactMissingError(ArtifactError, FileNotFoundError):
    """The model, its directory or one of its files does not exist."""


class ArtifactCorruptError(ArtifactError):
    """A file is truncated, was edited since the export, or has another format."""


class ArtifactMismatchError(ArtifactError):
    """Each file is valid, but together they are not one model of this version."""


class ModelDownloadError(ArtifactError):
    """The Hugging Face Hub could not provide the model."""


class DataError(GatewiseError, ValueError):
    """Training or evaluation data that cannot be used."""


class ResumeError(GatewiseError):
    """A run that cannot be resumed with these options."""


class DivergedError(GatewiseError, ArithmeticError):
    """A training run whose loss is no longer a finite number.

    Attributes:
        loop: Name of the training stage.
        epoch: Epoch at which it was detected, counted from 1.
        batch: Batch of that epoch, counted from 1.
    """

    def __init__(self, *, loop: str, epoch: int, batch: int) -> None:
        """Store the position and build the message from it."""
        self.loop = loop
        self.epoch = epoch
        self.batch = batch
        super().__init__(
            f"{loop} diverged: its loss is not a finite number at epoch {epoch}, batch {batch:,}. "
            "Start again in another --out with a lower --learning-rate, or with "
            "the option of that stage (--language-model.learning-rate, for example)."
        )
