"""SIGTERM and SIGINT: first finish what was accepted, then let the server end.

While that lasts the server still listens, so that whoever asks learns from /ready, or from a 503,
to go elsewhere, instead of finding a closed door.
"""

import asyncio
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from service.host import Host

logger = logging.getLogger("gatewise")

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_POLL_SECONDS = 0.05


@contextmanager
def drain_on_signals(host: Host) -> Iterator[None]:
    """Put draining before what the server does on a signal. Use it in the event loop.

    A second SIGINT, from someone impatient, goes to the server at once. Only the main thread may
    handle signals: elsewhere this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    drain = _Drain(host)
    for number in _SIGNALS:
        signal.signal(number, drain.on_signal)
    yield
    drain.end()


class _Drain:
    """One shutdown: what the server's own handlers were, and the task that delays them."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._loop = asyncio.get_running_loop()
        self._servers = {number: signal.getsignal(number) for number in _SIGNALS}
        self._task: asyncio.Task[None] | None = None

    def on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self._task is None:
            self._host.drain()
            self._task = self._loop.create_task(self._finish(number))
        elif number == signal.SIGINT:
            self._hand_over(number)

    def end(self) -> None:
        if self._task:
            self._task.cancel()

    async def _finish(self, number: int) -> None:
        host, loop = self._host, self._loop
        logger.info("draining", extra={"fields": {"requests": len(host.requests)}})
        deadline = loop.time() + host.settings.shutdown_seconds
        while not host.drained and loop.time() < deadline:
            await asyncio.sleep(_POLL_SECONDS)
        self._hand_over(number)

    def _hand_over(self, number: int) -> None:
        for each, handler in self._servers.items():
            signal.signal(each, handler)
        signal.raise_signal(number)
