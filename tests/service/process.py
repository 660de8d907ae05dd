"""The service as a process of its own, for tests of its start, its shutdown and its failures."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

START_SECONDS = 400


@dataclass(frozen=True)
class Running:
    """A running service: its process, its base URL and the file of its log."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, wait until the process has ended, and return its exit status."""
        self.process.send_signal(with_signal)
        return self.process.wait(timeout=START_SECONDS)

    def children(self) -> list[int]:
        """Return the process ids of the worker processes, if there are several."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [pid for pid in map(int, path.read_text().split()) if _is_worker(pid)]


@contextmanager
def running(folder: Path, *arguments: str, **settings: object) -> Iterator[Running]:
    """Start the service on a free port, provide it once it is ready, and stop it in any case."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = {f"GATEWISE_{name.upper()}": str(value) for name, value in settings.items()}
    log = folder / "service.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "service", "--port", str(port), *arguments],
            stdout=output,
            stderr=output,
            env={**os.environ, **variables},
            start_new_session=True,  # a process group of its own, to stop all its children
        )
    service = Running(process, f"http://127.0.0.1:{port}", log)
    try:
        await_ready(service)
        yield service
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def await_ready(service: Running) -> None:
    """Wait until a service reports that it is ready."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and service.process.poll() is None:
        try:
            if httpx.get(f"{service.url}/ready").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"The service did not become ready:\n{service.log.read_text()}")


def _is_worker(pid: int) -> bool:
    """Distinguish a worker from the helper process that multiprocessing starts."""
    return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
