"""Batches of what waits: shared evenly, and nobody harmed by another's job."""

import asyncio
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.batch import Job
from service.problems import ProblemError
from service.queue import ClientGoneError
from tests.service.queues import LONG, Texts, a_queue, held_up, judged, settle


def test_jobs_that_wait_share_a_batch() -> None:
    together = Texts()

    async def ask() -> list[list[int]]:
        async with held_up(queue):
            tasks = [asyncio.ensure_future(queue.run(judged(["a", "bb"], together))) for _ in "xyz"]
            await settle()
        return await asyncio.gather(*tasks)

    with a_queue() as queue:
        assert asyncio.run(ask()) == [[1, 2]] * 3
    assert together.batches == [["a", "bb"] * 3]


def test_jobs_of_another_model_do_not_share_a_batch() -> None:
    old, new = Texts(), Texts()

    async def ask() -> None:
        async with held_up(queue):
            tasks = [
                asyncio.ensure_future(queue.run(judged([text], together)))
                for text, together in (("a", old), ("b", new), ("c", old))
            ]
            await settle()
        await asyncio.gather(*tasks)

    with a_queue() as queue:
        asyncio.run(ask())
    assert (old.batches, new.batches) == ([["a", "c"]], [["b"]])


def test_what_waits_is_shared_out_between_the_threads() -> None:
    together = Texts()

    async def ask() -> None:
        async with held_up(queue, threads=2):
            tasks = [asyncio.ensure_future(queue.run(judged(["a"], together))) for _ in range(10)]
            await settle()
        await asyncio.gather(*tasks)

    with a_queue(workers=2) as queue:
        asyncio.run(ask())
    assert max(map(len, together.batches)) <= 5


@given(
    st.lists(st.lists(st.integers(1, 60), min_size=1, max_size=4), min_size=1, max_size=8),
    st.integers(1, 100),
)
def test_any_mix_of_lengths_is_answered_in_order_and_in_batches_within_their_limit(
    requests: list[list[int]], batch_tokens: int
) -> None:
    together = Texts()

    async def ask() -> list[list[int]]:
        async with held_up(queue):
            tasks = [
                asyncio.ensure_future(queue.run(judged(["x" * n for n in sizes], together)))
                for sizes in requests
            ]
            await asyncio.sleep(0)
        return await asyncio.gather(*tasks)

    with a_queue(batch_tokens=batch_tokens) as queue:
        assert asyncio.run(ask()) == requests
    for batch in together.batches:
        assert len(batch) == 1 or sum(map(len, batch)) <= batch_tokens


def test_a_job_that_cannot_be_prepared_fails_alone() -> None:
    together = Texts()

    def refuse() -> list[str]:
        raise ProblemError(422, "invalid-request", "no")

    async def ask() -> list[Any]:
        async with held_up(queue):
            jobs = [judged(["a"], together), Job("judge", 1, refuse, together=together)]
            tasks = [asyncio.ensure_future(queue.run(job)) for job in jobs]
            await settle()
        return await asyncio.gather(*tasks, return_exceptions=True)

    with a_queue() as queue:
        good, bad = asyncio.run(ask())
    assert good == [1]
    assert isinstance(bad, ProblemError)


def test_a_job_that_breaks_its_batch_fails_alone() -> None:
    together = Texts()

    async def ask() -> list[Any]:
        async with held_up(queue):
            tasks = [
                asyncio.ensure_future(queue.run(judged([text], together)))
                for text in ("a", "bad", "cc")
            ]
            await settle()
        return await asyncio.gather(*tasks, return_exceptions=True)

    with a_queue() as queue:
        first, bad, last = asyncio.run(ask())
    assert (first, last) == ([1], [2])
    assert isinstance(bad, ValueError)


def test_a_long_job_stops_between_parts_when_its_client_hangs_up() -> None:
    hung_up_in_thread, first_part = Event(), Event()
    parts: list[list[str]] = []

    def together(texts: list[str]) -> list[int]:
        parts.append(texts)
        first_part.set()
        assert hung_up_in_thread.wait(LONG)
        return [0] * len(texts)

    async def ask() -> None:
        hung_up = asyncio.Event()
        job = judged(["x" * 100] * 5, together)
        task = asyncio.ensure_future(queue.run(job, gone=hung_up.wait))
        await asyncio.to_thread(first_part.wait, LONG)
        hung_up.set()
        with pytest.raises(ClientGoneError):
            await task
        hung_up_in_thread.set()

    with a_queue(batch_tokens=100) as queue:
        asyncio.run(ask())
    assert len(parts) == 1
