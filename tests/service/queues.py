"""A queue by itself, kept busy, and jobs whose batches are remembered."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from threading import Event
from typing import Any

from service.batch import Job
from service.metrics import Metrics
from service.queue import TokenQueue

LONG = 60.0


@contextmanager
def a_queue(
    *,
    workers: int = 1,
    max_tokens: int = 1_000,
    batch_tokens: int = 100,
    deadline_seconds: float = LONG,
) -> Iterator[TokenQueue]:
    queue = TokenQueue(
        Metrics(),
        workers=workers,
        max_tokens=max_tokens,
        batch_tokens=batch_tokens,
        deadline_seconds=deadline_seconds,
    )
    try:
        yield queue
    finally:
        queue.close()


class Texts:
    """Judges texts by their length, and keeps the batches it was given."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def __call__(self, texts: list[str]) -> list[int]:
        self.batches.append(list(texts))
        if "bad" in texts:
            raise ValueError("bad")
        return [len(text) for text in texts]


def judged(texts: list[str], together: Callable[[list[Any]], list[Any]]) -> Job[list[int]]:
    return Job("judge", sum(map(len, texts)), lambda: texts, together=together)


@asynccontextmanager
async def held_up(queue: TokenQueue, *, threads: int = 1) -> AsyncIterator[None]:
    """Keep threads busy, so that what comes has to wait."""
    release = Event()
    jobs: list[Job[bool]] = [Job("hold", 1, lambda: release.wait(LONG)) for _ in range(threads)]
    holding = asyncio.gather(*(queue.run(job) for job in jobs), return_exceptions=True)
    await settle()
    try:
        yield
    finally:
        release.set()
        await holding


async def settle() -> None:
    """Let every task run until it waits, and threads take what there is."""
    for _ in range(5):
        await asyncio.sleep(0.01)
