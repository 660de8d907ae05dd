"""Jobs, and how a worker thread runs one of them or a batch of them."""

import asyncio
import time
from collections.abc import Callable, Sequence, Sized
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


# Called between the parts of a job; raises an exception if no client waits for its result any more.
Check = Callable[[], None]


class AbandonedError(Exception):
    """No client waits for a job any more; raised between two of its parts, to stop it."""


@dataclass(eq=False, kw_only=True)
class Job(Generic[Result]):
    """What is queued for a worker thread: a `SingleJob` or a `BatchJob`.

    Attributes:
        operation: Name under which the metrics count its time.
        model: Id of the model that it runs, for the metrics.
        tokens: Its size, for the limits on the queue and on a batch.
        heavy: Whether it takes so many passes that it must leave a thread to other jobs.
        abandoned: Whether its client has stopped waiting.
        queued_at: When it was created, by `time.perf_counter`.
        future: Receives the result or the error, in the event loop.
    """

    operation: str
    model: str = ""
    tokens: int
    heavy: bool = False
    abandoned: bool = field(default=False, init=False)
    queued_at: float = field(default_factory=time.perf_counter, init=False)
    future: "asyncio.Future[Result]" = field(init=False)

    def check(self) -> None:
        """Check that a client still waits; a long job calls this between its parts.

        Raises:
            AbandonedError: No client waits any more.
        """
        if self.abandoned:
            raise AbandonedError


@dataclass(eq=False, kw_only=True)
class SingleJob(Job[Result]):
    """A function that a thread runs by itself; its return value is the result.

    Attributes:
        function: The function. Its argument is the `check` of the job.
    """

    function: Callable[[Check], Result]


@dataclass(eq=False, kw_only=True)
class BatchJob(Job[list[Result]]):
    """Items that a thread may process together with the items of other jobs.

    Attributes:
        items: What to process; the length of an item is its number of tokens.
        process: Returns one result for each item of a list, in order. Jobs with an equal `process`
            may share a batch.
    """

    items: Sequence[Sized]
    process: Callable[[list[Any]], list[Result]]


@dataclass(frozen=True)
class Outcome:
    """The result or the error of a job."""

    job: Job[Any]
    result: Any = None
    error: BaseException | None = None


def run_jobs(jobs: Sequence[Job[Any]], *, part_tokens: int) -> list[Outcome]:
    """Run a single job, or several batch jobs together.

    If a batch fails, each of its jobs is run alone, so that an error affects only its own job.

    Args:
        jobs: One `SingleJob`, or any number of `BatchJob`s with an equal `process`.
        part_tokens: Most tokens that are processed in one call, unless one item has more.

    Returns:
        One outcome for each job.
    """
    try:
        if isinstance(jobs[0], SingleJob):
            jobs[0].check()
            return [Outcome(jobs[0], jobs[0].function(jobs[0].check))]
        return _run_batch(jobs, part_tokens)
    except Exception as error:  # a job may raise anything
        if len(jobs) == 1:
            return [Outcome(jobs[0], error=error)]
    return [outcome for job in jobs for outcome in run_jobs([job], part_tokens=part_tokens)]


def _run_batch(jobs: Sequence[Job[Any]], part_tokens: int) -> list[Outcome]:
    """Process the items of all jobs in parts; stop between two parts if no client waits."""
    batch = [job for job in jobs if isinstance(job, BatchJob)]
    items = [item for job in batch for item in job.items]
    results: list[Any] = []
    for part in _parts(items, part_tokens):
        if all(job.abandoned for job in batch):
            raise AbandonedError
        results += batch[0].process(part)
    remaining = iter(results)
    return [Outcome(job, list(islice(remaining, len(job.items)))) for job in batch]


def _parts(items: Sequence[Sized], part_tokens: int) -> list[list[Sized]]:
    """Split a list into parts of at most `part_tokens` tokens, or of a single larger item."""
    parts: list[list[Sized]] = []
    room = 0
    for item in items:
        if not parts or len(item) > room:
            parts.append([])
            room = part_tokens
        parts[-1].append(item)
        room -= len(item)
    return parts


def deliver(outcomes: list[Outcome]) -> None:
    """Pass each outcome to the future of its job, unless no client waits for it any more."""
    for outcome in outcomes:
        future = outcome.job.future
        if future.done():
            continue
        if outcome.error is None:
            future.set_result(outcome.result)
        else:
            future.set_exception(outcome.error)
