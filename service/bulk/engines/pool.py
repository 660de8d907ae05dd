"""The engine of one machine: a pool of single-threaded processes that share the weights."""

import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from gatewise.models.errors import GatewiseError
from gatewise.service.bulk.engines.engine import MOST_ATTEMPTS, PartDone, PartLeftOut
from gatewise.service.bulk.engines.fork_server import process_context
from gatewise.service.bulk.engines.part_queue import PartQueue
from gatewise.service.bulk.engines.worker import DONE, FAILED, READY, work
from gatewise.service.bulk.job import Job
from gatewise.service.bulk.parts import Part

_WAIT = 10  # seconds for a process that was killed


@dataclass(eq=False)
class _Worker:
    """A process, and the part that it is scoring."""

    process: BaseProcess
    connection: Connection
    ready: bool = False
    part: Part | None = None


class LocalPool:
    """Scores parts in processes of this machine; an `Engine`."""

    def __init__(self, workers: int) -> None:
        """Choose the number of processes; none is started yet."""
        self._size = workers

    def run(self, job: Job, parts: Iterator[Part]) -> Iterator[PartDone | PartLeftOut]:
        """Score parts; see `Engine.run`."""
        # Windows does not delete a file that a process has mapped.
        with tempfile.TemporaryDirectory(prefix="gatewise-", ignore_cleanup_errors=True) as shared:
            run = _Run(self._size, job, parts, Path(shared))
            try:
                yield from run.outcomes()
            finally:
                run.stop()


class _Run:
    """One run of a pool."""

    def __init__(self, size: int, job: Job, parts: Iterator[Part], shared: Path) -> None:
        self._context = process_context()
        self._size, self._job, self._shared = size, job, shared
        self._queue = PartQueue(parts)
        self._workers: list[_Worker] = []
        self._failed_starts = 0

    def outcomes(self) -> Iterator[PartDone | PartLeftOut]:
        """Score all parts, and yield the outcome of each."""
        while True:
            self._feed()
            if not self._queue and not any(worker.part for worker in self._workers):
                break
            connections = {worker.connection: worker for worker in self._workers}
            for connection in wait(list(connections)):
                worker = connections[connection]  # type: ignore[index]
                if worker not in self._workers:
                    continue  # it was ended, because an earlier part failed
                outcome = self._receive(worker)
                if outcome is not None:
                    yield outcome
        self._queue.raise_error()

    def stop(self) -> None:
        """End all processes."""
        for worker in self._workers:
            _end(worker)
        self._workers.clear()

    def _feed(self) -> None:
        """Give parts out, start workers for the parts that wait, and read one part ahead."""
        self._give()
        busy = sum(worker.part is not None for worker in self._workers)
        self._queue.fill(self._size - busy + 1)
        while len(self._workers) < min(self._size, busy + len(self._queue)):
            self._workers.append(self._start())
        self._give()

    def _give(self) -> None:
        for worker in self._workers:
            if worker.ready and worker.part is None and self._queue:
                worker.part = self._queue.take()
                with suppress(OSError):  # if it is dead, `wait` returns its connection
                    worker.connection.send(worker.part)

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=work, args=(theirs, self._job, self._shared), daemon=True
        )
        process.start()
        theirs.close()
        return _Worker(process, ours)

    def _receive(self, worker: _Worker) -> PartDone | PartLeftOut | None:
        try:
            kind, value = worker.connection.recv()
        except (EOFError, OSError):
            return self._bury(worker)
        if kind == READY:
            worker.ready, self._failed_starts = True, 0
            if all(other.ready for other in self._workers):
                _delete_files(self._shared)
        elif kind == FAILED:
            self._fail(worker, value)
        elif kind == DONE:
            part, worker.part = worker.part, None
            if part is not None:
                return PartDone(part.index, len(part), value)
        return None

    def _bury(self, worker: _Worker) -> PartLeftOut | None:
        """Remove a dead worker. Its part is scored again, or left out after several attempts.

        Raises:
            GatewiseError: Workers die before they have loaded the model.
        """
        self._workers.remove(worker)
        _end(worker)
        part = worker.part
        if part is None:
            self._failed_starts += not worker.ready
            if self._failed_starts >= MOST_ATTEMPTS:
                raise GatewiseError(
                    "The worker processes die while they load the model "
                    f"(exit status {worker.process.exitcode}). Is there enough memory? "
                    "Pass fewer --workers."
                )
            return None
        return self._queue.try_again(part)

    def _fail(self, worker: _Worker, error: BaseException) -> None:
        """Keep the error of the first part that failed, and wait for the parts before it.

        Raises:
            BaseException: The error, if the worker had no part: it could not load the model.
        """
        if worker.part is None:
            raise error
        self._queue.fail(worker.part, error)
        worker.part = None
        for other in [*self._workers]:
            if other is worker or (other.part and not self._queue.is_wanted(other.part)):
                self._workers.remove(other)
                _end(other)


def _end(worker: _Worker) -> None:
    """Kill a process; files that it has not finished do not appear."""
    worker.connection.close()
    worker.process.kill()
    worker.process.join(_WAIT)


def _delete_files(directory: Path) -> None:
    """Delete the files of the shared weights, in case the driver is killed; mappings stay valid."""
    for file in directory.glob("*/*"):
        with suppress(OSError):  # Windows does not delete a file that a process has mapped
            file.unlink(missing_ok=True)
