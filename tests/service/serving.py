"""A server on a free port, in a thread of the test process."""

import faulthandler
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import pytest
import uvicorn
from fastapi import FastAPI

from gatewise.service.engine.model_host import ModelHost
from gatewise.service.http.server import build_server
from gatewise.service.settings import Settings

START_SECONDS = STOP_SECONDS = 60.0


@contextmanager
def serve(app: FastAPI, settings: Settings) -> Iterator[str]:
    """Serve an application, and provide its base URL once it is ready."""
    server = build_server(app, settings)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        model_host: ModelHost = app.state.model_host
        deadline = time.monotonic() + START_SECONDS
        while not (server.started and model_host.unready is None):
            assert thread.is_alive()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        address, port = server.servers[0].sockets[0].getsockname()
        yield f"http://{address}:{port}"
    finally:
        _stop(server, thread)


def _stop(server: uvicorn.Server, thread: Thread) -> None:
    """Stop the server. If it does not stop, fail and print the stack of every thread."""
    server.should_exit = True
    # A test run once blocked here, behind a server that had been idle for minutes, for an unknown
    # reason. The signals that normally stop a server wake its event loop, and so does this call.
    for listener in server.servers if server.started else ():
        with suppress(RuntimeError):  # the loop is closed, so the server has stopped
            listener.get_loop().call_soon_threadsafe(_wake)
    thread.join(STOP_SECONDS)
    if thread.is_alive():
        faulthandler.dump_traceback(sys.stderr, all_threads=True)
        pytest.fail(f"The server did not stop within {STOP_SECONDS:g} s.")


def _wake() -> None:
    """Do nothing; the call alone makes the event loop run."""
