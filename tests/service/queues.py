"""Queues and jobs for tests of the queue by itself."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from threading import Event
from typing import Any

from gatewise.service.engine.batch import BatchJob, SingleJob
from gatewise.service.engine.metrics import Metrics
from gatewise.service.engine.queue import TokenQueue

LONG = 60.0


@contextmanager
def open_queue(
    *,
    threads: int = 1,
    max_tokens: int = 1_000,
    batch_tokens: int = 100,
    deadline_seconds: float = LONG,
) -> Iterator[TokenQueue]:
    queue = TokenQueue(
        Metrics(),
        threads=threads,
        max_tokens=max_tokens,
        batch_tokens=batch_tokens,
        deadline_seconds=deadline_seconds,
    )
    try:
        yield queue
    finally:
        queue.close()


class TextLengths:
    """Returns the lengths of texts, and records the batches that it was called with."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def __call__(self, texts: list[str]) -> list[int]:
        self.batches.append(list(texts))
        if "bad" in texts:
            raise ValueError("bad")
        return [len(text) for text in texts]


def single_job(function: Callable[[], Any], *, heavy: bool = False) -> SingleJob[Any]:
    return SingleJob(operation="test", tokens=1, function=lambda _: function(), heavy=heavy)


def batch_job(texts: list[str], process: Callable[[list[Any]], list[Any]]) -> BatchJob[int]:
    tokens = sum(map(len, texts))
    return BatchJob(operation="test", tokens=tokens, items=texts, process=process)


@asynccontextmanager
async def all_threads_busy(queue: TokenQueue, *, threads: int = 1) -> AsyncIterator[None]:
    """Keep the threads of a queue busy, so that all further jobs have to wait."""
    release = Event()
    jobs = [single_job(lambda: release.wait(LONG)) for _ in range(threads)]
    running = asyncio.gather(*(queue.run(job) for job in jobs), return_exceptions=True)
    await settle()
    try:
        yield
    finally:
        release.set()
        await running


async def settle() -> None:
    """Wait until every task waits, and the threads have taken what they can."""
    for _ in range(5):
        await asyncio.sleep(0.01)
