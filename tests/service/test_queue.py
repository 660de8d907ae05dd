"""The queue by itself: what it refuses, batches, drops and survives."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from threading import Event, Lock, get_ident
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.metrics import Metrics
from service.problems import ProblemError
from service.queue import ClientGoneError, Job, TokenQueue

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


def test_a_job_answers_its_result() -> None:
    async def ask() -> int:
        return await queue.run(Job("add", 1, lambda: 1 + 1))

    with a_queue() as queue:
        assert asyncio.run(ask()) == 2


def test_work_never_runs_in_the_event_loop() -> None:
    with a_queue() as queue:
        assert asyncio.run(queue.run(Job("where", 1, get_ident))) != get_ident()


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


def test_a_full_queue_refuses_at_once_and_says_when_to_ask_again() -> None:
    async def ask() -> ProblemError:
        async with held_up(queue):
            waiting = asyncio.ensure_future(queue.run(judged(["x" * 8], Texts())))
            await settle()
            with pytest.raises(ProblemError) as refused:
                await queue.run(judged(["x" * 3], Texts()))
        await waiting
        return refused.value

    with a_queue(max_tokens=10) as queue:
        error = asyncio.run(ask())
    assert error.status_code == 429
    assert int((error.headers or {})["retry-after"]) >= 1
    assert "8 tokens wait already; the limit is 10" in error.detail


def test_texts_of_one_request_count_together() -> None:
    async def ask() -> None:
        async with held_up(queue):
            waiting = asyncio.ensure_future(queue.run(judged(["x"] * 8, Texts())))
            await settle()
            with pytest.raises(ProblemError):
                await queue.run(judged(["x"] * 3, Texts()))
        await waiting

    with a_queue(max_tokens=10) as queue:
        asyncio.run(ask())


def test_a_request_larger_than_the_queue_is_taken_when_nothing_waits() -> None:
    with a_queue(max_tokens=10) as queue:
        assert asyncio.run(queue.run(judged(["x" * 20] * 20, Texts()))) == [20] * 20


def test_a_job_that_is_late_is_answered_504_and_never_run() -> None:
    together = Texts()

    async def ask() -> ProblemError:
        async with held_up(queue):
            with pytest.raises(ProblemError) as late:
                await queue.run(judged(["a"], together))
            return late.value

    with a_queue(deadline_seconds=0.3) as queue:
        assert asyncio.run(ask()).status_code == 504
        assert queue.waiting_tokens == 0
    assert together.batches == []


def test_a_job_whose_client_hung_up_is_never_run() -> None:
    together = Texts()

    async def ask() -> None:
        hung_up = asyncio.Event()
        async with held_up(queue):
            task = asyncio.ensure_future(queue.run(judged(["a"], together), gone=hung_up.wait))
            await settle()
            hung_up.set()
            with pytest.raises(ClientGoneError):
                await task

    with a_queue() as queue:
        asyncio.run(ask())
        assert queue.waiting_tokens == 0
    assert together.batches == []


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


def test_heavy_jobs_leave_a_thread_to_others() -> None:
    release = Event()

    async def ask() -> int:
        jobs: list[Job[bool]] = [
            Job("effects", 1, lambda: release.wait(LONG), heavy=True) for _ in range(3)
        ]
        heavy = [asyncio.ensure_future(queue.run(job)) for job in jobs]
        await settle()
        light: Job[int] = Job("light", 1, lambda: 5)
        answer = await queue.run(light)
        release.set()
        await asyncio.gather(*heavy)
        return answer

    with a_queue(workers=2) as queue:
        assert asyncio.run(ask()) == 5


def test_no_more_jobs_run_at_a_time_than_there_are_threads() -> None:
    lock, pause = Lock(), Event()
    running = most = 0

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        pause.wait(0.05)
        with lock:
            running -= 1

    async def ask() -> None:
        await asyncio.gather(*(queue.run(Job("test", 1, work)) for _ in range(8)))

    with a_queue(workers=2) as queue:
        asyncio.run(ask())
    assert most == 2


def test_a_queue_that_refuses_still_answers_what_it_accepted() -> None:
    async def ask() -> list[int]:
        async with held_up(queue):
            accepted = asyncio.ensure_future(queue.run(judged(["a"], Texts())))
            await settle()
            queue.refuse()
            with pytest.raises(ProblemError) as refused:
                await queue.run(judged(["a"], Texts()))
            assert refused.value.status_code == 503
            assert not queue.idle
        return await accepted

    with a_queue() as queue:
        assert asyncio.run(ask()) == [1]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_worker_that_dies_is_noticed_and_its_job_is_answered() -> None:
    def die() -> None:
        raise SystemExit

    async def ask() -> int:
        with pytest.raises(RuntimeError, match="worker thread died"):
            await queue.run(Job("die", 1, die))
        await settle()
        return await queue.run(Job("live", 1, lambda: 5))

    with a_queue(workers=2) as queue:
        assert queue.dead_workers == 0
        assert asyncio.run(ask()) == 5
        assert queue.dead_workers == 1
