"""Jobs, and how a batch of them is run: together, and each for itself if that fails."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")
_Together = Callable[[list[Any]], list[Any]]


class _AbandonedError(Exception):
    """Nobody waits for the batch any more: stops it between two parts."""


@dataclass(eq=False)
class Job(Generic[Result]):
    """Work for a thread: `prepare`, and then, together with others of its kind, `together`.

    `together` takes the sized items that `prepare` answers and answers as many results, in order;
    jobs with an equal `together` may share one call. Without it, what `prepare` answers is the
    result. `tokens` is what the job counts for.
    """

    operation: str
    tokens: int
    prepare: Callable[[], Any]
    together: _Together | None = None
    heavy: bool = False
    abandoned: bool = field(default=False, init=False)
    queued: float = field(default_factory=time.perf_counter, init=False)
    future: "asyncio.Future[Result]" = field(init=False)


_Prepared = tuple[Job[Any], Any]


@dataclass
class Outcome:
    """What became of a job: a result or an error."""

    job: Job[Any]
    result: Any = None
    error: BaseException | None = None

    def deliver(self) -> None:
        """Hand it to whoever still waits. Runs in the event loop."""
        if self.job.future.done():
            return
        if self.error is None:
            self.job.future.set_result(self.result)
        else:
            self.job.future.set_exception(self.error)


def run_batch(batch: list[Job[Any]], *, part_tokens: int) -> list[Outcome]:
    """Run jobs of one kind, `part_tokens` at a time; what goes wrong with one is its alone."""
    outcomes: list[Outcome] = []
    prepared: list[_Prepared] = []
    for job in batch:
        try:
            prepared.append((job, job.prepare()))
        except Exception as error:  # a job may fail in any way
            outcomes.append(Outcome(job, error=error))
    together = batch[0].together
    if together is None:
        return outcomes + [Outcome(job, result) for job, result in prepared]
    try:
        return outcomes + _judged(prepared, together, part_tokens)
    except Exception as error:  # and so may a batch: then each is tried alone
        if len(prepared) == 1:
            return [*outcomes, Outcome(prepared[0][0], error=error)]
    for entry in prepared:
        try:
            outcomes += _judged([entry], together, part_tokens)
        except Exception as error:
            outcomes.append(Outcome(entry[0], error=error))
    return outcomes


def _judged(prepared: Sequence[_Prepared], together: _Together, part_tokens: int) -> list[Outcome]:
    """Judge the items of all jobs in parts; stop between two if nobody waits any more."""
    items = [item for _, own in prepared for item in own]
    results: list[Any] = []
    for part in _parts(items, part_tokens):
        if all(job.abandoned for job, _ in prepared):
            raise _AbandonedError
        results += together(part)
    ordered = iter(results)
    return [Outcome(job, [next(ordered) for _ in own]) for job, own in prepared]


def _parts(items: Sequence[Any], most_tokens: int) -> list[list[Any]]:
    """Cut a list so that each part has at most so many tokens, or a single item."""
    parts: list[list[Any]] = []
    room = 0
    for item in items:
        if not parts or len(item) > room:
            parts.append([])
            room = most_tokens
        parts[-1].append(item)
        room -= len(item)
    return parts
