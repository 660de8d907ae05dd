"""A service in a process of its own, and a simple client of it."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from gatewise.models.artifact.location import locate_model
from gatewise.service.settings import ENV_PREFIX, Settings

_START_SECONDS = 400.0


@dataclass(frozen=True)
class Server:
    """A server that accepts requests."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return "127.0.0.1", self.port

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.port}"


def served_model(model: str | None) -> Path:
    """Return the directory of the model to serve: as given, or as the settings name it.

    Raises:
        ArtifactMissingError: There is no such model.
        ModelDownloadError: The Hub could not provide the model.
    """
    return locate_model(model if model is not None else Settings().model)


@contextmanager
def serve(model: Path, **settings: object) -> Iterator[Server]:
    """Run the service until the end of the context.

    Args:
        model: The model directory.
        **settings: Settings of the service, in addition to those of the environment.
    """
    changes = {f"{ENV_PREFIX}{name.upper()}": str(value) for name, value in settings.items()}
    with _running("gatewise.service", {**changes, f"{ENV_PREFIX}MODEL": str(model)}) as server:
        yield server


@contextmanager
def serve_empty_route() -> Iterator[Server]:
    """Run the server of the service with a route that does nothing."""
    with _running("benchmarks.empty_route", {}) as server:
        yield server


@contextmanager
def connect(server: Server) -> Iterator[http.client.HTTPConnection]:
    """Open one kept-alive connection."""
    connection = http.client.HTTPConnection(*server.address)
    try:
        yield connection
    finally:
        connection.close()


def send(connection: http.client.HTTPConnection, path: str, body: bytes = b"") -> bytes:
    """Send a request, POST if it has a body, and return the body of the response.

    Raises:
        RuntimeError: The status of the response is not 200.
    """
    connection.request("POST" if body else "GET", path, body)
    response = connection.getresponse()
    content = response.read()
    if response.status != http.client.OK:
        raise RuntimeError(f"{path}: HTTP status {response.status}: {content.decode()}")
    return content


def resident_bytes(pid: int) -> int:
    """Read the resident memory of a process and of its children from /proc."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    status = Path(f"/proc/{pid}/status").read_text()
    own = int(status.partition("VmRSS:")[2].split()[0]) * 1024
    return own + sum(resident_bytes(int(child)) for child in children)


@contextmanager
def _running(module: str, environment: dict[str, str]) -> Iterator[Server]:
    """Run a module that serves on `--port`, and end it with its child processes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", module, "--port", str(port)],
            stdout=log,
            stderr=log,
            env={**os.environ, **environment},
            start_new_session=True,  # so that a signal can be sent to it and to its children
        )
        server = Server(process, port)
        try:
            if not _wait_until_ready(server):
                log.seek(0)
                raise RuntimeError(f"The server did not start:\n{log.read().decode()}")
            yield server
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_until_ready(server: Server) -> bool:
    """Wait until `/ready` succeeds; return whether it did before the process or the time ended."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(f"{server.url}/ready").is_success:
                return True
        time.sleep(0.05)
    return False
