"""Defines an engine, which scores parts in processes that it starts and reports their outcomes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from gatewise.service.bulk.job import Job
from gatewise.service.bulk.parts import Part

MOST_ATTEMPTS = 3


@dataclass(frozen=True)
class PartDone:
    """A part whose file was written.

    Attributes:
        index: Number of the part.
        rows: Number of its rows.
        errors: Number of rows with an error.
    """

    index: int
    rows: int
    errors: int


@dataclass(frozen=True)
class PartLeftOut:
    """A part whose worker died in every attempt.

    Attributes:
        index: Number of the part.
        rows: Number of its rows.
        first: Place of its first row in the input.
        last: Place of its last row.
    """

    index: int
    rows: int
    first: str
    last: str


class Engine(Protocol):
    """Scores parts in other processes, each by `PartScorer.score_part`."""

    def run(self, job: Job, parts: Iterator[Part]) -> Iterator[PartDone | PartLeftOut]:
        """Score parts.

        Args:
            job: The run.
            parts: The parts in order. They are taken as workers need them, and not all at once.

        Yields:
            The outcome of each part, in any order. A part whose worker dies is tried again, and
            left out after `MOST_ATTEMPTS`.

        Raises:
            GatewiseError: What loading the model or scoring a part raised. If several parts
                failed, the error is that of the first one in the input.
            OSError: A file cannot be written.
        """
        ...
