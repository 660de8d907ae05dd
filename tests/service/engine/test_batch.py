"""Batches of waiting jobs: divided evenly, and independent of each other's errors."""

import asyncio
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.service.engine.batch import BatchJob
from gatewise.service.engine.errors import ClientDisconnectedError
from gatewise.service.engine.queue import TokenQueue
from tests.service.queues import (
    LONG,
    TextLengths,
    all_threads_busy,
    batch_job,
    open_queue,
    settle,
)


def run_together(
    queue: TokenQueue, jobs: list[BatchJob[int]], *, threads: int = 1
) -> list[list[int] | BaseException]:
    """Let jobs wait behind a busy thread, then run them and return their results and errors."""

    async def run() -> list[list[int] | BaseException]:
        async with all_threads_busy(queue, threads=threads):
            tasks = [asyncio.ensure_future(queue.run(job)) for job in jobs]
            await settle()
        return await asyncio.gather(*tasks, return_exceptions=True)

    return asyncio.run(run())


def test_waiting_jobs_share_a_batch() -> None:
    process = TextLengths()
    with open_queue() as queue:
        jobs = [batch_job(["a", "bb"], process) for _ in range(3)]
        assert run_together(queue, jobs) == [[1, 2]] * 3
    assert process.batches == [["a", "bb"] * 3]


def test_jobs_of_different_models_do_not_share_a_batch() -> None:
    old, new = TextLengths(), TextLengths()
    with open_queue() as queue:
        run_together(queue, [batch_job(["a"], old), batch_job(["b"], new), batch_job(["c"], old)])
    assert (old.batches, new.batches) == ([["a", "c"]], [["b"]])


def test_waiting_jobs_are_divided_between_the_threads() -> None:
    process = TextLengths()
    with open_queue(threads=2) as queue:
        run_together(queue, [batch_job(["a"], process) for _ in range(10)], threads=2)
    assert max(map(len, process.batches)) <= 5


@given(
    st.lists(st.lists(st.integers(1, 60), min_size=1, max_size=4), min_size=1, max_size=8),
    st.integers(1, 100),
)
def test_results_are_in_order_and_batches_within_their_limit(
    requests: list[list[int]], batch_tokens: int
) -> None:
    process = TextLengths()

    async def run() -> list[list[int]]:
        async with all_threads_busy(queue):
            tasks = [
                asyncio.ensure_future(queue.run(batch_job(["x" * n for n in sizes], process)))
                for sizes in requests
            ]
            await asyncio.sleep(0)
        return await asyncio.gather(*tasks)

    with open_queue(batch_tokens=batch_tokens) as queue:
        assert asyncio.run(run()) == requests
    for batch in process.batches:
        assert len(batch) == 1 or sum(map(len, batch)) <= batch_tokens


def test_an_error_in_a_batch_affects_only_its_own_job() -> None:
    process = TextLengths()
    with open_queue() as queue:
        jobs = [batch_job([text], process) for text in ("a", "bad", "cc")]
        first, bad, last = run_together(queue, jobs)
    assert (first, last) == ([1], [2])
    assert isinstance(bad, ValueError)


def test_a_long_job_stops_between_two_parts_when_its_client_disconnects() -> None:
    disconnect_handled, first_part_started = Event(), Event()
    parts: list[list[str]] = []

    def process(texts: list[str]) -> list[int]:
        parts.append(texts)
        first_part_started.set()
        assert disconnect_handled.wait(LONG)
        return [0] * len(texts)

    async def run() -> None:
        disconnected = asyncio.Event()
        job: BatchJob[Any] = batch_job(["x" * 100] * 5, process)
        task = asyncio.ensure_future(queue.run(job, disconnected=disconnected.wait))
        await asyncio.to_thread(first_part_started.wait, LONG)
        disconnected.set()
        with pytest.raises(ClientDisconnectedError):
            await task
        disconnect_handled.set()

    with open_queue(batch_tokens=100) as queue:
        asyncio.run(run())
    assert len(parts) == 1
