"""A bounded queue of inferences, counted in tokens, before a few worker threads.

Whatever waits when a thread becomes free is judged together: nobody waits for company, and the
busier the service, the larger its batches. What waits is shared out evenly between the threads, so
that none stands idle beside a full batch.

A job leaves the queue unread if its client hangs up or its deadline passes. Where there
are two or more threads, jobs that take many runs (`heavy`) never occupy them all, so that short
ones get through.
"""

import asyncio
import logging
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from threading import Condition, Thread
from typing import Any

from service.batch import Job, Outcome, Result, run_batch
from service.metrics import Metrics
from service.problems import ProblemError

logger = logging.getLogger("gatewise.queue")

_LONGEST_RETRY_SECONDS = 60
# How much of the measured pace is the latest batch's.
_NEWEST = 0.2


class ClientGoneError(Exception):
    """The client hung up, so that nobody is left to answer."""


class TokenQueue:
    """Jobs that wait, and the threads that take them."""

    def __init__(
        self,
        metrics: Metrics,
        *,
        workers: int,
        max_tokens: int,
        batch_tokens: int,
        deadline_seconds: float,
    ) -> None:
        """Set up the queue; its threads start with its first job."""
        self._metrics = metrics
        self._max_tokens = max_tokens
        self._batch_tokens = batch_tokens
        self._deadline_seconds = deadline_seconds
        self._workers = workers
        self._threads: list[Thread] = []
        self._condition = Condition()
        self._waiting: deque[Job[Any]] = deque()
        self._waiting_tokens = 0
        self._running = 0
        self._running_heavy = 0
        self._refusing = False
        self._closed = False
        self._tokens_per_second = 0.0

    @property
    def waiting_tokens(self) -> int:
        """Tokens of all jobs that no thread has taken."""
        return self._waiting_tokens

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing runs."""
        with self._condition:
            return not self._waiting and not self._running

    @property
    def dead_workers(self) -> int:
        """Number of threads that ended although the queue is open."""
        return 0 if self._closed else sum(not thread.is_alive() for thread in self._threads)

    async def run(
        self,
        job: Job[Result],
        *,
        gone: Callable[[], Awaitable[object]] | None = None,
        deadline: bool = True,
    ) -> Result:
        """Queue a job and answer its result.

        `gone` returns once the client has hung up; without a `deadline` the job may take as long as
        it needs. Raises a `ProblemError`: 429 at once if the queue is full, 503 at shutdown, 504
        once the deadline has passed; `ClientGoneError`; or what the job raised.
        """
        loop = asyncio.get_running_loop()
        job.future = loop.create_future()
        self._admit(job)
        seconds = self._deadline_seconds if deadline else math.inf
        timer = loop.call_later(seconds, self._fail, job, self._too_late)
        watch = asyncio.ensure_future(gone()) if gone else None
        if watch:
            watch.add_done_callback(lambda _: self._fail(job, ClientGoneError))
        try:
            return await job.future
        finally:
            timer.cancel()
            if watch:
                watch.cancel()
            self._abandon(job)

    def refuse(self) -> None:
        """Refuse all further jobs (503), and do those that are there."""
        self._refusing = True

    def close(self) -> None:
        """Let the threads end once they have done what they do."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
        for thread in self._threads:
            thread.join()

    def check(self, tokens: int = 1) -> None:
        """Raise as `run` would for a job of so many tokens, before it is worth making one."""
        if self._refusing:
            raise _shutting_down()
        if self._waiting and self._waiting_tokens + tokens > self._max_tokens:
            self._metrics.refused.labels("overload").inc()
            raise self._overloaded()

    def _admit(self, job: Job[Any]) -> None:
        with self._condition:
            self.check(job.tokens)
            self._waiting.append(job)
            self._waiting_tokens += job.tokens
            self._metrics.queue_tokens.inc(job.tokens)
            while len(self._threads) < self._workers:
                thread = Thread(target=self._work, name="inference", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._condition.notify()

    def _abandon(self, job: Job[Any]) -> None:
        """Nobody waits for this job any more: take it out if no thread has taken it."""
        job.abandoned = True
        with self._condition:
            if job in self._waiting:
                self._waiting.remove(job)
                self._leave(job)

    def _fail(self, job: Job[Any], make_error: Callable[[], Exception]) -> None:
        if not job.future.done():
            job.future.set_exception(make_error())

    def _overloaded(self) -> ProblemError:
        seconds = self._waiting_tokens / self._tokens_per_second if self._tokens_per_second else 1
        retry_after = min(max(math.ceil(seconds), 1), _LONGEST_RETRY_SECONDS)
        return ProblemError(
            429,
            "overloaded",
            f"Texts of {self._waiting_tokens:,} tokens wait already; the limit is "
            f"{self._max_tokens:,}. Ask again in {retry_after} s, or send less at a time.",
            headers={"retry-after": str(retry_after)},
        )

    def _too_late(self) -> ProblemError:
        self._metrics.refused.labels("deadline").inc()
        return ProblemError(
            504,
            "deadline-passed",
            f"No answer within {self._deadline_seconds:g} s. Ask again when the service is less "
            "busy, send less at a time, or ask for less.",
        )

    def _leave(self, job: Job[Any]) -> None:
        self._waiting_tokens -= job.tokens
        self._metrics.queue_tokens.dec(job.tokens)

    def _work(self) -> None:
        """Take and run batches until the queue is closed: the life of a thread."""
        while self._work_once():
            pass

    def _work_once(self) -> bool:
        """Wait for a batch and run it; false once the queue is closed.

        A call of its own, so that a thread that waits holds on to no batch, and by it to a model
        that is served no more.
        """
        batch = self._take()
        if not batch:
            return False
        started = time.perf_counter()
        outcomes: list[Outcome] = []
        try:
            outcomes = run_batch(batch, part_tokens=self._batch_tokens)
        except BaseException as error:
            # Not of the jobs' making, such as an interpreter that ends: /ready will say so.
            logger.critical("worker died", extra={"fields": {"error": type(error).__name__}})
            failure = RuntimeError("a worker thread died")
            outcomes = [Outcome(job, error=failure) for job in batch]
            raise
        finally:
            self._finish(batch, outcomes, time.perf_counter() - started)
        return True

    def _take(self) -> list[Job[Any]]:
        """Wait for a job, and take what may be run along with it; nothing once closed."""
        with self._condition:
            while (first := self._next()) is None:
                if self._closed:
                    return []
                self._condition.wait()
            batch = [first, *self._company(first)]
            now = time.perf_counter()
            for job in batch:
                self._metrics.wait_seconds.observe(now - job.queued)
            self._running += 1
            self._running_heavy += first.heavy
            return batch

    def _next(self) -> Job[Any] | None:
        """Remove the oldest job that may run now from the queue."""
        heavy_may_run = self._running_heavy < max(1, self._workers - 1)
        for job in self._waiting:
            if heavy_may_run or not job.heavy:
                self._waiting.remove(job)
                self._leave(job)
                return job
        return None

    def _company(self, first: Job[Any]) -> list[Job[Any]]:
        """Remove from the queue, oldest first, what fits into a batch with the first job."""
        if first.together is None:
            return []
        share = math.ceil((self._waiting_tokens + first.tokens) / self._workers)
        room = min(self._batch_tokens, share) - first.tokens
        company: list[Job[Any]] = []
        others: deque[Job[Any]] = deque()
        for job in self._waiting:
            if job.together == first.together and job.tokens <= room:
                room -= job.tokens
                company.append(job)
                self._leave(job)
            else:
                others.append(job)
        self._waiting = others
        return company

    def _finish(self, batch: list[Job[Any]], outcomes: list[Outcome], seconds: float) -> None:
        tokens = sum(job.tokens for job in batch)
        with self._condition:
            self._running -= 1
            self._running_heavy -= batch[0].heavy
            pace = tokens / max(seconds, 1e-6) * self._workers
            known = self._tokens_per_second or pace
            self._tokens_per_second = known + _NEWEST * (pace - known)
            self._condition.notify()  # a heavy job that had to wait may run now
        self._metrics.inference_seconds.labels(batch[0].operation).observe(seconds)
        self._metrics.batch_tokens.observe(tokens)
        with suppress(RuntimeError):  # the loop is closed: nobody is left to hand it to
            batch[0].future.get_loop().call_soon_threadsafe(_deliver, outcomes)


def _shutting_down() -> ProblemError:
    return ProblemError(
        503,
        "shutting-down",
        "The service is shutting down and takes no new work. Ask another one, or again later.",
        headers={"retry-after": "5", "connection": "close"},
    )


def _deliver(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        outcome.deliver()
