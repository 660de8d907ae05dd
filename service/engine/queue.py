"""A queue of inferences, bounded by their tokens, in front of a few worker threads.

A thread that becomes free takes all waiting jobs that fit into one batch; no job is delayed in
order to fill a batch. Batches therefore grow with the load. Waiting tokens are divided evenly
between the threads, so that no thread is idle while another runs a full batch.

A job is abandoned when its client disconnects, its deadline passes or the shutdown interrupts it.
It is then removed from the queue or, if it runs already, stopped between two of its parts. If there
are two or more threads, jobs of many passes (`heavy`) never occupy all of them, so that short jobs
are not delayed by long ones.
"""

import asyncio
import logging
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import chain
from threading import Condition, Thread
from typing import Any

from gatewise.service.engine.batch import BatchJob, Job, Outcome, Result, deliver, run_jobs
from gatewise.service.engine.errors import (
    ClientDisconnectedError,
    DeadlinePassedError,
    QueueFullError,
    ShuttingDownError,
    WorkerDiedError,
)
from gatewise.service.engine.metrics import Metrics

logger = logging.getLogger("gatewise.queue")

_MAX_RETRY_SECONDS = 60
# Weight of the latest batch in the moving average of the throughput.
_NEWEST_WEIGHT = 0.2
# Time for threads to stop after the queue was closed. A part of a job takes less than a second.
_JOIN_SECONDS = 2.0
_POLL_SECONDS = 0.1


class TokenQueue:
    """Waiting jobs, and the threads that run them.

    All methods are called in the event loop, except `close`, which may be called in any thread.
    """

    def __init__(
        self,
        metrics: Metrics,
        *,
        threads: int,
        max_tokens: int,
        batch_tokens: int,
        deadline_seconds: float,
    ) -> None:
        """Create an empty queue; its threads start with the first job.

        Args:
            metrics: Where waiting times, batch sizes and refusals are counted.
            threads: Number of threads.
            max_tokens: Tokens that may wait. A larger job is accepted only into an empty queue.
            batch_tokens: Most tokens that are processed together.
            deadline_seconds: Time that a job may take, including the wait.
        """
        self._metrics = metrics
        self._max_tokens = max_tokens
        self._batch_tokens = batch_tokens
        self._deadline_seconds = deadline_seconds
        self._thread_count = threads
        self._threads: list[Thread] = []
        self._condition = Condition()
        self._waiting: deque[Job[Any]] = deque()
        self._waiting_tokens = 0
        self._running: list[list[Job[Any]]] = []  # batches, one for each busy thread
        self._running_heavy = 0
        self._refusing = False
        self._closed = False
        self._tokens_per_second = 0.0

    @property
    def waiting_tokens(self) -> int:
        """Tokens of all jobs that no thread has taken yet."""
        return self._waiting_tokens

    @property
    def idle(self) -> bool:
        """Whether no job waits and none runs, except abandoned ones."""
        with self._condition:
            running = chain.from_iterable(self._running)
            return not self._waiting and all(job.abandoned for job in running)

    @property
    def dead_threads(self) -> int:
        """Number of threads that ended although the queue is open."""
        return 0 if self._closed else sum(not thread.is_alive() for thread in self._threads)

    async def run(
        self,
        job: Job[Result],
        *,
        disconnected: Callable[[], Awaitable[object]] | None = None,
        deadline: bool = True,
    ) -> Result:
        """Queue a job and wait for its result.

        Args:
            job: The job.
            disconnected: Returns once the client has closed its connection.
            deadline: Whether the job fails when the deadline of the queue has passed.

        Raises:
            QueueFullError: Too many tokens are waiting.
            ShuttingDownError: The queue accepts no new jobs.
            DeadlinePassedError: The result was not ready in time.
            ClientDisconnectedError: The client closed its connection.
            WorkerDiedError: The thread that ran the job ended.
            Exception: Whatever the job itself raised.
        """
        job.future = asyncio.get_running_loop().create_future()
        self._admit(job)
        watcher = asyncio.ensure_future(disconnected()) if disconnected else None
        seconds = self._deadline_seconds if deadline else None
        try:
            awaited: set[asyncio.Future[Any]] = {job.future, watcher} if watcher else {job.future}
            await asyncio.wait(awaited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if job.future.done():
                return job.future.result()
            if watcher and watcher.done():
                self._metrics.refused.labels("disconnected").inc()
                raise ClientDisconnectedError("The client closed its connection.")
            self._metrics.refused.labels("deadline").inc()
            raise DeadlinePassedError(seconds=self._deadline_seconds)
        finally:
            if watcher:
                watcher.cancel()
            if not job.future.done():
                self._abandon(job)

    def stop_accepting(self) -> None:
        """Refuse all further jobs; those in the queue are still run."""
        self._refusing = True

    def interrupt(self) -> None:
        """Refuse all further jobs, and fail those that wait or run with `ShuttingDownError`."""
        self._refusing = True
        with self._condition:
            unfinished = [*self._waiting, *chain.from_iterable(self._running)]
        for job in unfinished:
            if not job.future.done():
                job.future.set_exception(ShuttingDownError(interrupted=True))
                self._abandon(job)

    def close(self) -> None:
        """Stop the threads after the batches that they are running.

        Those of abandoned batches are not waited for long. As daemons, they end with the process.
        """
        with self._condition:
            self._closed = True
            self._condition.notify_all()
        deadline = time.monotonic() + _JOIN_SECONDS
        for thread in self._threads:
            while thread.is_alive() and not (self.idle and time.monotonic() > deadline):
                thread.join(_POLL_SECONDS)

    def require_room(self, tokens: int = 1) -> None:
        """Check that a job of this size would be accepted now.

        Raises:
            ShuttingDownError: The queue accepts no new jobs.
            QueueFullError: Too many tokens are waiting.
        """
        if self._refusing:
            raise ShuttingDownError
        if self._waiting and self._waiting_tokens + tokens > self._max_tokens:
            self._metrics.refused.labels("overload").inc()
            raise QueueFullError(
                waiting_tokens=self._waiting_tokens,
                limit=self._max_tokens,
                retry_after=self._retry_after(),
            )

    def _admit(self, job: Job[Any]) -> None:
        with self._condition:
            self.require_room(job.tokens)
            self._waiting.append(job)
            self._waiting_tokens += job.tokens
            self._metrics.queue_tokens.inc(job.tokens)
            while len(self._threads) < self._thread_count:
                thread = Thread(target=self._work, name="inference", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._condition.notify()

    def _abandon(self, job: Job[Any]) -> None:
        """Remove a job that no client waits for; stop it between two parts if a thread has it."""
        job.abandoned = True
        job.future.cancel()
        with self._condition:
            if job in self._waiting:
                self._waiting.remove(job)
                self._subtract_tokens(job)

    def _retry_after(self) -> int:
        """Estimate the seconds until the queue is empty, from the measured throughput."""
        seconds = self._waiting_tokens / self._tokens_per_second if self._tokens_per_second else 1
        return min(max(math.ceil(seconds), 1), _MAX_RETRY_SECONDS)

    def _subtract_tokens(self, job: Job[Any]) -> None:
        self._waiting_tokens -= job.tokens
        self._metrics.queue_tokens.dec(job.tokens)

    def _work(self) -> None:
        """Take and run batches until the queue is closed. This is what a thread runs."""
        while self._work_once():
            pass

    def _work_once(self) -> bool:
        """Wait for a batch and run it; return False once the queue is closed.

        This is a function of its own so that a waiting thread keeps no reference to its last
        batch, which would keep a model in memory that is no longer served.
        """
        batch = self._take()
        if not batch:
            return False
        started = time.perf_counter()
        outcomes: list[Outcome] = []
        try:
            outcomes = run_jobs(batch, part_tokens=self._batch_tokens)
        except BaseException as error:
            # Not an error of the jobs, but for example SystemExit. /ready reports the dead thread.
            logger.critical("worker died", extra={"fields": {"error": type(error).__name__}})
            failure = WorkerDiedError("A worker thread died.")
            outcomes = [Outcome(job, error=failure) for job in batch]
            raise
        finally:
            self._finish(batch, outcomes, time.perf_counter() - started)
        return True

    def _take(self) -> list[Job[Any]]:
        """Wait for a job and take what can run in one batch with it; nothing once closed."""
        with self._condition:
            while (first := self._next()) is None:
                if self._closed:
                    return []
                self._condition.wait()
            batch = [first, *self._batch_partners(first)]
            self._running.append(batch)
            now = time.perf_counter()
            for job in batch:
                self._metrics.wait_seconds.observe(now - job.queued_at)
            self._running_heavy += first.heavy
            return batch

    def _next(self) -> Job[Any] | None:
        """Remove the oldest job that may run now from the queue."""
        heavy_may_run = self._running_heavy < max(1, self._thread_count - 1)
        for job in self._waiting:
            if heavy_may_run or not job.heavy:
                self._waiting.remove(job)
                self._subtract_tokens(job)
                return job
        return None

    def _batch_partners(self, first: Job[Any]) -> list[Job[Any]]:
        """Remove from the queue, oldest first, what fits into a batch with the first job."""
        if not isinstance(first, BatchJob):
            return []
        share = math.ceil((self._waiting_tokens + first.tokens) / self._thread_count)
        room = min(self._batch_tokens, share) - first.tokens
        partners: list[Job[Any]] = []
        others: deque[Job[Any]] = deque()
        for job in self._waiting:
            belongs = isinstance(job, BatchJob) and job.process == first.process
            if belongs and job.tokens <= room:
                room -= job.tokens
                partners.append(job)
                self._subtract_tokens(job)
            else:
                others.append(job)
        self._waiting = others
        return partners

    def _finish(self, batch: list[Job[Any]], outcomes: list[Outcome], seconds: float) -> None:
        tokens = sum(job.tokens for job in batch)
        with self._condition:
            self._running.remove(batch)
            self._running_heavy -= batch[0].heavy
            latest = tokens / max(seconds, 1e-6) * self._thread_count
            average = self._tokens_per_second or latest
            self._tokens_per_second = average + _NEWEST_WEIGHT * (latest - average)
            self._condition.notify()  # a heavy job that had to wait may run now
        labels = batch[0].operation, batch[0].model
        self._metrics.inference_seconds.labels(*labels).observe(seconds)
        self._metrics.batch_tokens.observe(tokens)
        with suppress(RuntimeError):  # the event loop is closed, so no client waits
            batch[0].future.get_loop().call_soon_threadsafe(deliver, outcomes)
