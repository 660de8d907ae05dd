"""Every error that Gatewise raises on purpose, in one tree.

    GatewiseError
    ├── InvalidTextError         a text that cannot be read: empty, blank, NUL, lone surrogate
    ├── TextTooLongError         a text with more tokens than the caller allows
    ├── UnknownUnitError         a hidden unit that the network does not have
    ├── InvalidStepError         a step that the text does not have
    ├── InterventionError        a gate that cannot be held as asked
    ├── ArtifactError            a model directory that is refused whole
    │   ├── ArtifactMissingError     a file is not there
    │   ├── ArtifactCorruptError     a file is truncated, edited or not what its name says
    │   └── ArtifactMismatchError    the files are sound but do not belong together
    ├── DataError                training or evaluation data that cannot be used
    ├── ResumeError              a run directory that cannot be continued as asked
    └── DivergedError            a training whose loss is no longer a number

Each message says what was wrong and what to do. HTTP statuses are the service's business.
"""


class GatewiseError(Exception):
    """The root: catch this to catch everything that Gatewise raises on purpose."""


class InvalidTextError(GatewiseError, ValueError):
    """A text that cannot be read: empty, blank, or with characters no tokenizer accepts."""


class TextTooLongError(GatewiseError, ValueError):
    """A text with more tokens than the caller allows. Nothing is ever cut silently."""

    def __init__(self, *, tokens: int, limit: int) -> None:
        """Keep both numbers, and say them."""
        self.tokens = tokens
        self.limit = limit
        super().__init__(
            f"The text has {tokens:,} tokens; the limit is {limit:,}. "
            "Texts are read whole or refused: split it, or raise the limit."
        )


class UnknownUnitError(GatewiseError, ValueError):
    """A hidden unit that the network does not have."""


class InvalidStepError(GatewiseError, ValueError):
    """A step that the text does not have."""


class InterventionError(GatewiseError, ValueError):
    """A gate that cannot be held as asked."""


class ArtifactError(GatewiseError):
    """A model directory that is refused whole: nothing of it has been loaded."""


class ArtifactMissingError(ArtifactError, FileNotFoundError):
    """The directory, or one of the files an artifact consists of, is not there."""


class ArtifactCorruptError(ArtifactError):
    """A file is truncated, edited since export, or not of the format its name promises."""


class ArtifactMismatchError(ArtifactError):
    """The files are sound one by one but do not belong together."""


class DataError(GatewiseError, ValueError):
    """Training or evaluation data that cannot be used."""


class ResumeError(GatewiseError):
    """A run directory that cannot be continued as asked."""


class DivergedError(GatewiseError, ArithmeticError):
    """A training whose loss is no longer a number: going on would be in vain."""

    def __init__(self, *, loop: str, epoch: int, batch: int) -> None:
        """Keep where it was noticed, epoch and batch counted from 1, and say it."""
        self.loop = loop
        self.epoch = epoch
        self.batch = batch
        super().__init__(
            f"{loop} diverged: its loss is no number at epoch {epoch}, batch {batch:,}. Start "
            "again in another --out with a lower --learning-rate or --clip-norm, or with a lower "
            "one of that stage (--language-model.learning-rate, for example)."
        )
