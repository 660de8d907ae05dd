"""What several worker processes know of each other, by way of files in one directory.

Each process that is ready holds a lock on a file of its own. The kernel drops the lock when the
process ends, however it ends, so nobody needs to have time for a farewell.
"""

import fcntl
import os
from pathlib import Path
from typing import IO

from prometheus_client.multiprocess import mark_process_dead

_ANNOUNCEMENT = "announcement"


class Crew:
    """The processes that serve together."""

    def __init__(self, directory: Path, *, size: int) -> None:
        """Meet in a directory that all of them know; `size` is how many there should be."""
        self._directory = directory
        self._size = size
        self._own = directory / f"{os.getpid()}.up"
        self._parent = os.getppid()
        self._file: IO[str] | None = None

    @property
    def orphaned(self) -> bool:
        """Whether the process that started this one is gone, and nobody would replace it."""
        return os.getppid() != self._parent

    @property
    def weights(self) -> Path:
        """Where the processes keep the weights that they share."""
        return self._directory / "weights"

    def join(self) -> None:
        """Count this process among those that are up."""
        path = self._directory / f"{os.getpid()}.joining"
        self._file = path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)
        path.replace(self._own)  # locked already: nobody can take it for a dead one's

    def leave(self) -> None:
        """Count this process no longer."""
        if self._file:
            self._file.close()
            self._file = None

    def missing(self) -> int:
        """Count the processes that are not up; forget what dead ones left behind."""
        up = 0
        for path in self._directory.glob("*.up"):
            if (self._file and path == self._own) or _is_locked(path):
                up += 1
            else:
                path.unlink(missing_ok=True)
                mark_process_dead(int(path.stem))  # type: ignore[no-untyped-call]
        return max(0, self._size - up)

    def announce(self) -> None:
        """Tell the others that there is a new model."""
        path = self._directory / _ANNOUNCEMENT
        waiting = path.with_suffix(f".{os.getpid()}")
        waiting.write_text(str(self.announced() + 1))
        waiting.replace(path)

    def announced(self) -> int:
        """Count the announcements so far."""
        try:
            return int((self._directory / _ANNOUNCEMENT).read_text())
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
