"""A real server on a free port, in a thread, for tests that ask over HTTP."""

import faulthandler
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import pytest
import uvicorn
from fastapi import FastAPI

from service.host import Host
from service.server import build_server
from service.settings import Settings

START_SECONDS = STOP_SECONDS = 60.0


@contextmanager
def serve(app: FastAPI, settings: Settings) -> Iterator[str]:
    """Serve `app` as `python -m service` would, and answer its base URL once it is ready."""
    server = build_server(app, settings)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        host: Host = app.state.host
        deadline = time.monotonic() + START_SECONDS
        while not (server.started and host.unready is None):
            assert thread.is_alive()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        address, port = server.servers[0].sockets[0].getsockname()
        yield f"http://{address}:{port}"
    finally:
        _stop(server, thread)


def _stop(server: uvicorn.Server, thread: Thread) -> None:
    """End the server; if it does not, fail and show where every thread stands, and do not hang."""
    server.should_exit = True
    # A whole run of the suite once hung here, behind a server that had idled for minutes; why is
    # not known. The signals that end a server wake its loop, and so does this.
    for listener in server.servers if server.started else ():
        with suppress(RuntimeError):  # the loop is closed: it has ended by itself
            listener.get_loop().call_soon_threadsafe(_wake)
    thread.join(STOP_SECONDS)
    if thread.is_alive():
        faulthandler.dump_traceback(sys.stderr, all_threads=True)
        pytest.fail(f"The server did not stop within {STOP_SECONDS:g} s.")


def _wake() -> None:
    """Have the loop do something."""
