"""A real server on a free port, in a thread, for tests that ask over HTTP."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from fastapi import FastAPI

from service.host import Host
from service.server import build_server
from service.settings import Settings

_DEADLINE_SECONDS = 60


@contextmanager
def serve(app: FastAPI, settings: Settings) -> Iterator[str]:
    """Serve `app` as `python -m service` would, and answer its base URL once it is ready."""
    server = build_server(app, settings)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        host: Host = app.state.host
        deadline = time.monotonic() + _DEADLINE_SECONDS
        while not (server.started and host.unready is None):
            assert thread.is_alive()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        address, port = server.servers[0].sockets[0].getsockname()
        yield f"http://{address}:{port}"
    finally:
        server.should_exit = True
        thread.join()
