"""SIGTERM and SIGINT: finish accepted requests before the server stops.

During this time the server still listens, so that clients and load balancers receive a 503 from
/ready and from new requests instead of a refused connection. Requests that would take longer
than `shutdown_seconds` are interrupted one second before that time ends, and receive a 503, too.
"""

import asyncio
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from gatewise.service.engine.model_host import ModelHost

logger = logging.getLogger("gatewise")

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_POLL_SECONDS = 0.05
# Time of `shutdown_seconds` that is kept for the responses to interrupted requests.
_INTERRUPTED_SECONDS = 1.0


@contextmanager
def drain_on_signals(model_host: ModelHost) -> Iterator[None]:
    """Delay the signal handlers of the server until accepted requests are finished.

    Use it in the event loop. A second SIGINT is passed to the server at once. Python allows signal
    handlers only in the main thread: in any other, this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    drain = _Drain(model_host)
    for number in _SIGNALS:
        signal.signal(number, drain.on_signal)
    yield
    drain.cancel()


class _Drain:
    """One shutdown: the signal handlers of the server, and the task that delays them."""

    def __init__(self, model_host: ModelHost) -> None:
        self._model_host = model_host
        self._loop = asyncio.get_running_loop()
        self._server_handlers = {number: signal.getsignal(number) for number in _SIGNALS}
        self._task: asyncio.Task[None] | None = None

    def on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self._task is None:
            self._model_host.drain()
            self._task = self._loop.create_task(self._finish(number))
        elif number == signal.SIGINT:
            self._signal_server(number)

    def cancel(self) -> None:
        if self._task:
            self._task.cancel()

    async def _finish(self, number: int) -> None:
        model_host, loop = self._model_host, self._loop
        logger.info("draining", extra={"fields": {"requests": len(model_host.requests)}})
        deadline = loop.time() + model_host.settings.shutdown_seconds
        await self._wait(until=deadline - _INTERRUPTED_SECONDS)
        if not model_host.drained:
            logger.warning("interrupting", extra={"fields": {"requests": len(model_host.requests)}})
            model_host.interrupt()
            await self._wait(until=max(deadline, loop.time() + _INTERRUPTED_SECONDS))
        self._signal_server(number)

    async def _wait(self, *, until: float) -> None:
        """Wait until all accepted requests are finished, or until a time of the event loop."""
        while not self._model_host.drained and self._loop.time() < until:
            await asyncio.sleep(_POLL_SECONDS)

    def _signal_server(self, number: int) -> None:
        for each, handler in self._server_handlers.items():
            signal.signal(each, handler)
        signal.raise_signal(number)
