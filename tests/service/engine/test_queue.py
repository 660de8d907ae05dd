"""The queue by itself: limits, deadlines, disconnects and dead threads."""

import asyncio
import time
from threading import Event, Lock, get_ident
from weakref import ref

import pytest

from gatewise.service.engine.batch import AbandonedError, Check, SingleJob
from gatewise.service.engine.errors import (
    ClientDisconnectedError,
    DeadlinePassedError,
    QueueFullError,
    ShuttingDownError,
    WorkerDiedError,
)
from tests.service.queues import (
    LONG,
    TextLengths,
    all_threads_busy,
    batch_job,
    open_queue,
    settle,
    single_job,
)


def test_a_single_job_returns_the_result_of_its_function() -> None:
    with open_queue() as queue:
        assert asyncio.run(queue.run(single_job(lambda: 1 + 1))) == 2


def test_a_function_runs_outside_the_event_loop() -> None:
    with open_queue() as queue:
        assert asyncio.run(queue.run(single_job(get_ident))) != get_ident()


def test_a_full_queue_refuses_at_once_and_estimates_when_to_retry() -> None:
    async def run() -> QueueFullError:
        async with all_threads_busy(queue):
            waiting = asyncio.ensure_future(queue.run(batch_job(["x" * 8], TextLengths())))
            await settle()
            with pytest.raises(QueueFullError) as refused:
                await queue.run(batch_job(["x" * 3], TextLengths()))
        await waiting
        return refused.value

    with open_queue(max_tokens=10) as queue:
        error = asyncio.run(run())
    assert (error.waiting_tokens, error.limit) == (8, 10)
    assert error.retry_after >= 1
    assert "8 tokens are waiting already; the limit is 10" in str(error)


def test_all_texts_of_a_request_count_towards_the_limit() -> None:
    async def run() -> None:
        async with all_threads_busy(queue):
            waiting = asyncio.ensure_future(queue.run(batch_job(["x"] * 8, TextLengths())))
            await settle()
            with pytest.raises(QueueFullError):
                await queue.run(batch_job(["x"] * 3, TextLengths()))
        await waiting

    with open_queue(max_tokens=10) as queue:
        asyncio.run(run())


def test_an_empty_queue_accepts_a_job_above_the_limit() -> None:
    with open_queue(max_tokens=10) as queue:
        assert asyncio.run(queue.run(batch_job(["x" * 20] * 20, TextLengths()))) == [20] * 20


def test_a_job_whose_deadline_passes_in_the_queue_is_never_run() -> None:
    process = TextLengths()

    async def run() -> None:
        async with all_threads_busy(queue):
            with pytest.raises(DeadlinePassedError, match=r"within 0\.3 s"):
                await queue.run(batch_job(["a"], process))

    with open_queue(deadline_seconds=0.3) as queue:
        asyncio.run(run())
        assert queue.waiting_tokens == 0
    assert process.batches == []


def test_a_job_without_a_deadline_may_take_longer() -> None:
    async def run() -> list[int]:
        async with all_threads_busy(queue):
            job = batch_job(["a"], TextLengths())
            task = asyncio.ensure_future(queue.run(job, deadline=False))
            await asyncio.sleep(0.3)
        return await task

    with open_queue(deadline_seconds=0.1) as queue:
        assert asyncio.run(run()) == [1]


def test_a_waiting_thread_keeps_no_reference_to_its_last_job() -> None:
    async def run() -> bool:
        process = TextLengths()
        reference = ref(process)
        await queue.run(batch_job(["a"], process))
        del process
        await settle()
        return reference() is None

    with open_queue() as queue:
        assert asyncio.run(run())


def test_a_job_whose_client_disconnects_is_never_run() -> None:
    process = TextLengths()

    async def run() -> None:
        disconnected = asyncio.Event()
        async with all_threads_busy(queue):
            job = batch_job(["a"], process)
            task = asyncio.ensure_future(queue.run(job, disconnected=disconnected.wait))
            await settle()
            disconnected.set()
            with pytest.raises(ClientDisconnectedError):
                await task

    with open_queue() as queue:
        asyncio.run(run())
        assert queue.waiting_tokens == 0
    assert process.batches == []


def test_heavy_jobs_leave_one_thread_to_others() -> None:
    release = Event()

    async def run() -> int:
        jobs = [single_job(lambda: release.wait(LONG), heavy=True) for _ in range(3)]
        heavy = [asyncio.ensure_future(queue.run(job)) for job in jobs]
        await settle()
        result: int = await queue.run(single_job(lambda: 5))
        release.set()
        await asyncio.gather(*heavy)
        return result

    with open_queue(threads=2) as queue:
        assert asyncio.run(run()) == 5


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

    async def run() -> None:
        await asyncio.gather(*(queue.run(single_job(work)) for _ in range(8)))

    with open_queue(threads=2) as queue:
        asyncio.run(run())
    assert most == 2


def test_a_queue_that_refuses_new_jobs_still_runs_those_it_has() -> None:
    async def run() -> list[int]:
        async with all_threads_busy(queue):
            accepted = asyncio.ensure_future(queue.run(batch_job(["a"], TextLengths())))
            await settle()
            queue.stop_accepting()
            with pytest.raises(ShuttingDownError):
                await queue.run(batch_job(["a"], TextLengths()))
            assert not queue.idle
        return await accepted

    with open_queue() as queue:
        assert asyncio.run(run()) == [1]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dead_thread_is_counted_and_its_job_fails() -> None:
    def die() -> None:
        raise SystemExit

    async def run() -> int:
        with pytest.raises(WorkerDiedError):
            await queue.run(single_job(die))
        await settle()
        result: int = await queue.run(single_job(lambda: 5))
        return result

    with open_queue(threads=2) as queue:
        assert queue.dead_threads == 0
        assert asyncio.run(run()) == 5
        assert queue.dead_threads == 1


def test_an_interrupted_queue_fails_waiting_and_running_jobs_and_stops_them_between_parts() -> None:
    parts: list[int] = []
    begun = Event()

    def run_long(check: Check) -> None:
        for part in range(1_000):
            check()
            parts.append(part)
            begun.set()
            time.sleep(0.01)

    async def run() -> list[BaseException | None]:
        jobs = [SingleJob(operation="test", tokens=1, function=run_long) for _ in range(2)]
        results = asyncio.gather(*(queue.run(job) for job in jobs), return_exceptions=True)
        await asyncio.to_thread(begun.wait, LONG)
        assert not queue.idle
        queue.interrupt()
        assert queue.idle
        return await results

    with open_queue() as queue:
        errors = asyncio.run(run())
    assert [type(error) for error in errors] == [ShuttingDownError] * 2
    assert "interrupted the request" in str(errors[0])
    assert 0 < len(parts) < 1_000


def test_a_closed_queue_does_not_wait_for_an_abandoned_job_that_does_not_stop() -> None:
    release = Event()

    async def run() -> None:
        task = asyncio.ensure_future(queue.run(single_job(lambda: release.wait(LONG))))
        await settle()
        queue.interrupt()
        with pytest.raises(ShuttingDownError):
            await task

    with open_queue() as queue:
        asyncio.run(run())
        started = time.monotonic()
        queue.close()
        assert time.monotonic() - started < LONG / 2
        release.set()


def test_a_running_job_stops_between_parts_when_its_client_disconnects() -> None:
    stopped = Event()

    def run_long(check: Check) -> None:
        try:
            while True:
                check()
                time.sleep(0.01)
        except AbandonedError:
            stopped.set()
            raise

    async def run() -> None:
        job = SingleJob(operation="test", tokens=1, function=run_long)
        with pytest.raises(ClientDisconnectedError):
            await queue.run(job, disconnected=settle)

    with open_queue() as queue:
        asyncio.run(run())
        assert stopped.wait(LONG)
