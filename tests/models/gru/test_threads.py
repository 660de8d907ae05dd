"""Threads process every item, and exist again in a forked process."""

import os
import signal
from collections.abc import Callable
from threading import Event, Thread, get_ident

import pytest

from gatewise.models.gru.threads import Threads

SECONDS = 20


def succeeds_in_a_fork(function: Callable[[], bool]) -> bool:
    """Call a function in a forked process, which is killed if the call does not return."""
    child = os.fork()
    if child == 0:
        signal.alarm(SECONDS)  # its default action ends the process
        status = 1
        try:
            status = 0 if function() else 1
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0


def process(threads: Threads, items: int = 6) -> set[int]:
    found: set[int] = set()
    threads.run(found.add, range(items))
    return found


def test_every_item_is_processed() -> None:
    assert process(Threads(3)) == set(range(6))


def test_a_single_item_is_processed_by_the_calling_thread() -> None:
    callers: list[int] = []
    Threads(3).run(lambda _: callers.append(get_ident()), [0])
    assert callers == [get_ident()]


def test_an_error_of_a_call_is_raised() -> None:
    def fail(item: int) -> None:
        raise ArithmeticError(item)

    with pytest.raises(ArithmeticError):
        Threads(2).run(fail, [1, 2])


def test_a_forked_process_has_threads_of_its_own() -> None:
    threads = Threads(3)
    process(threads)
    assert all(succeeds_in_a_fork(lambda: process(threads) == set(range(6))) for _ in range(20))


def test_a_fork_of_a_fork_has_threads_of_its_own() -> None:
    threads = Threads(2)
    process(threads)

    def fork_again() -> bool:
        process(threads)
        return succeeds_in_a_fork(lambda: process(threads) == set(range(6)))

    assert succeeds_in_a_fork(fork_again)


def test_the_parent_keeps_its_threads_after_a_fork() -> None:
    threads = Threads(2)
    process(threads)
    assert succeeds_in_a_fork(lambda: True)
    assert process(threads) == set(range(6))


def test_a_process_can_be_forked_while_the_threads_are_busy() -> None:
    threads = Threads(2)
    started, finish = Event(), Event()

    def wait(item: int) -> None:
        started.set()
        finish.wait(SECONDS)

    busy = Thread(target=threads.run, args=(wait, [1, 2]))
    busy.start()
    started.wait(SECONDS)
    try:
        assert succeeds_in_a_fork(lambda: process(threads) == set(range(6)))
    finally:
        finish.set()
        busy.join()
