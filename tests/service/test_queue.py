"""The queue by itself: what it refuses, drops and survives."""

import asyncio
from threading import Event, Lock, get_ident
from weakref import ref

import pytest

from service.batch import Job
from service.problems import ProblemError
from service.queue import ClientGoneError
from tests.service.queues import LONG, Texts, a_queue, held_up, judged, settle


def test_a_job_answers_its_result() -> None:
    async def ask() -> int:
        return await queue.run(Job("add", 1, lambda: 1 + 1))

    with a_queue() as queue:
        assert asyncio.run(ask()) == 2


def test_work_never_runs_in_the_event_loop() -> None:
    with a_queue() as queue:
        assert asyncio.run(queue.run(Job("where", 1, get_ident))) != get_ident()


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


def test_a_job_without_a_deadline_is_never_late() -> None:
    async def ask() -> list[int]:
        async with held_up(queue):
            task = asyncio.ensure_future(queue.run(judged(["a"], Texts()), deadline=False))
            await asyncio.sleep(0.3)
        return await task

    with a_queue(deadline_seconds=0.1) as queue:
        assert asyncio.run(ask()) == [1]


def test_a_thread_that_waits_holds_on_to_nothing_of_its_last_job() -> None:
    async def ask() -> bool:
        together = Texts()
        model = ref(together)
        await queue.run(judged(["a"], together))
        del together
        await settle()
        return model() is None

    with a_queue() as queue:
        assert asyncio.run(ask())


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
