"""Runs `gatewise score` as a process that can be killed, and finds the processes below it."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.cli.command import SCRIPT

SECONDS = 120


@contextmanager
def driver(*arguments: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start `gatewise score`; it does not outlive the block."""
    process = subprocess.Popen(
        [str(SCRIPT), "score", *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def kill_after_parts(process: subprocess.Popen[bytes], out: Path, count: int) -> None:
    """Kill a driver by SIGKILL as soon as its output has so many parts, or when it has ended."""
    until(lambda: process.poll() is not None or len(list(out.glob("part-*"))) >= count, pause=0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()


def until(condition: Callable[[], bool], *, pause: float = 0.02) -> None:
    """Wait until a condition holds.

    Raises:
        TimeoutError: It does not hold after two minutes.
    """
    end = time.monotonic() + SECONDS
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("The condition does not become true.")
        time.sleep(pause)


def descendants(process: int) -> set[int]:
    """Return the processes that a process has started, and those that they have started."""
    children = _children_of(_parents(), {process})
    return children | workers_of(process)


def workers_of(driver: int) -> set[int]:
    """Return the worker processes of a driver, which its fork server has started."""
    parents = _parents()
    return _children_of(parents, _children_of(parents, {driver}))


def _children_of(parents: dict[int, int], processes: set[int]) -> set[int]:
    return {child for child, parent in parents.items() if parent in processes}


def _parents() -> dict[int, int]:
    """Return the parent of every process."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
    return parents


def is_alive(process: int) -> bool:
    """Return whether a process runs; one that nobody has waited for does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def kill(process: int) -> None:
    """Kill a process, if it still exists."""
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
