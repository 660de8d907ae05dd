"""Runs `gatewise score` as a process that can be killed."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
