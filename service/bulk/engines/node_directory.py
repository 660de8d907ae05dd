"""A directory on a machine that processes share, and that the last of them deletes."""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

_PREFIX = "gatewise-node-"
try:
    import fcntl
except ImportError:  # Windows: every process has a directory of its own
    fcntl: Any = None  # type: ignore[no-redef]


class NodeDirectory:
    """A directory below that of temporary files, for processes that know its name.

    Each holds a shared lock on it, which the system releases when the process dies. So a directory
    that nobody has locked is left over from processes that were killed, and is deleted by the next
    process that opens one.

    Attributes:
        path: The directory.
    """

    def __init__(self, name: str) -> None:
        """Create the directory, or join the processes that have it.

        Args:
            name: Its name, as different as a random one: any user of the machine may make it.

        Raises:
            OSError: It cannot be created.
        """
        temporary = Path(tempfile.gettempdir())
        for other in temporary.glob(f"{_PREFIX}*"):
            _delete_unused(other)
        own = "" if fcntl else f"-{os.getpid()}"
        self.path = temporary / f"{_PREFIX}{name}{own}"
        self._lock: int | None = None
        while self._lock is None:
            self.path.mkdir(mode=0o700, exist_ok=True)
            with suppress(FileNotFoundError):  # another process has deleted it: make it again
                self._lock = _locked(self.path)

    def close(self) -> None:
        """Leave the directory, and delete it if no other process has it."""
        if self._lock is not None:
            _release(self._lock)
            self._lock = None
            _delete_unused(self.path)


def _locked(path: Path) -> int:
    """Share a directory with other processes, and return the descriptor that has the lock.

    Raises:
        FileNotFoundError: It was deleted meanwhile.
    """
    if not fcntl:
        return -1
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        if not os.path.samestat(os.fstat(descriptor), path.stat()):
            raise FileNotFoundError(path)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _release(descriptor: int) -> None:
    if fcntl:
        os.close(descriptor)


def _delete_unused(path: Path) -> None:
    """Delete a directory unless a process has it locked, or it is another user's."""
    if not fcntl:
        if path.name.endswith(f"-{os.getpid()}"):
            shutil.rmtree(path, ignore_errors=True)
        return
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
        finally:
            os.close(descriptor)
