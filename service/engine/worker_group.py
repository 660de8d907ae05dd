"""State that several worker processes share, as files in one directory.

Each process that is ready holds a lock on a file of its own. The kernel releases the lock when the
process ends, in whatever way it ends, so the others can see it without any message.
"""

import fcntl
import os
from pathlib import Path
from typing import IO

from prometheus_client.multiprocess import mark_process_dead

_RELOADS = "reloads"


class WorkerGroup:
    """The processes that serve one address together, seen from one of them."""

    def __init__(self, directory: Path, *, size: int) -> None:
        """Describe the group; `join` adds this process to it.

        Args:
            directory: A directory that all processes of the group use.
            size: How many processes there should be.
        """
        self._directory = directory
        self._size = size
        self._own = directory / f"{os.getpid()}.up"
        self._parent = os.getppid()
        self._file: IO[str] | None = None

    @property
    def orphaned(self) -> bool:
        """Whether the parent process, which restarts workers, has ended."""
        return os.getppid() != self._parent

    @property
    def weights(self) -> Path:
        """Directory of the weights that the processes share in memory."""
        return self._directory / "weights"

    def join(self) -> None:
        """Mark this process as ready."""
        path = self._directory / f"{os.getpid()}.joining"
        self._file = path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)
        # The file gets its name only when it is locked: an unlocked one belongs to a dead process.
        path.replace(self._own)

    def leave(self) -> None:
        """Mark this process as no longer ready."""
        if self._file:
            self._file.close()
            self._file = None

    def missing(self) -> int:
        """Count the processes that are not ready, and delete the files of dead ones."""
        ready = 0
        for path in self._directory.glob("*.up"):
            if (self._file and path == self._own) or _is_locked(path):
                ready += 1
            else:
                path.unlink(missing_ok=True)
                mark_process_dead(int(path.stem))  # type: ignore[no-untyped-call]
        return max(0, self._size - ready)

    def announce_reload(self, model: int) -> None:
        """Signal the other processes to load a model again.

        Args:
            model: Position of the model in the settings.
        """
        path = self._directory / f"{_RELOADS}-{model}"
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.write_text(str(self.reloads(model) + 1))
        temporary.replace(path)

    def reloads(self, model: int) -> int:
        """Count the reloads of a model that were announced so far."""
        try:
            return int((self._directory / f"{_RELOADS}-{model}").read_text())
        except FileNotFoundError:
            return 0


def _is_locked(path: Path) -> bool:
    try:
        with path.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False
