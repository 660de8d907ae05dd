"""The engine of many machines: Ray actors, one a core, which score the parts of the local engine.

Ray starts the actors, places them on nodes, and reports actors and nodes that have ended. What
happens then is decided here, as for the local pool: the next free actor scores the part. If Ray
retried it, the part would wait until the same actor is started again, for which the cluster may
have too few cores.
"""

import logging
import os
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import ray
from ray.exceptions import RayError

from gatewise.models.errors import GatewiseError
from gatewise.service.bulk.directory import OutputDirectory
from gatewise.service.bulk.engines.engine import MOST_ATTEMPTS, PartDone, PartLeftOut
from gatewise.service.bulk.engines.part_queue import PartQueue
from gatewise.service.bulk.engines.ray_actor import Launch, PartActor, files_of_model
from gatewise.service.bulk.job import Job
from gatewise.service.bulk.parts import Part

_LOOK = 5.0  # seconds after which the size of the cluster is looked up again
_AHEAD = 32  # parts that are read before an actor can take them
_CLOSE = 10.0  # seconds for idle actors to delete their files
_VISIBLE = 120.0  # seconds until a network file system shows a file that another machine wrote
_PAUSE = 0.5


@dataclass(eq=False)
class _Actor:
    """An actor, the call that it is executing, and the part which that scores."""

    handle: Any
    call: Any
    ready: bool = False
    part: Part | None = None


class RayCluster:
    """Scores parts by actors of a Ray cluster; an `Engine`.

    The cluster is that of the environment variable `RAY_ADDRESS`, else the one that was started on
    this machine, else a new one of this machine alone.
    """

    def __init__(self, workers: int | None = None) -> None:
        """Choose the number of actors.

        Args:
            workers: Number of actors. Each demands one core, so that an autoscaling cluster grows
                to it. By default as many as the cluster has cores, also while it grows.
        """
        self._workers = workers

    def run(self, job: Job, parts: Iterator[Part]) -> Iterator[PartDone | PartLeftOut]:
        """Score parts; see `Engine.run`.

        Raises:
            GatewiseError: There is no cluster, or a node does not see the output.
        """
        job = replace(job, out=job.out.resolve())
        name = uuid.uuid4().hex
        # With this ending it is deleted by the next run, should this one be killed.
        token = job.out / ".parts" / f"{name}.partial"
        token.touch()
        connected = _connect()
        try:
            launch = Launch(name, job, version("gatewise"), token)
            run = _Run(self._workers, launch, parts)
            try:
                yield from run.outcomes()
            finally:
                run.stop()
        finally:
            token.unlink(missing_ok=True)
            if connected:
                ray.shutdown()


class _Run:
    """One run on a cluster."""

    def __init__(self, workers: int | None, launch: Launch, parts: Iterator[Part]) -> None:
        self._workers, self._launch = workers, launch
        self._queue = PartQueue(parts)
        self._actors: list[_Actor] = []
        self._done: list[int] = []
        self._failed_starts = 0
        self._model = ray.put(files_of_model(launch.job.model))
        # No restart and no retry by Ray: see above.
        self._actor_class: Any = ray.remote(num_cpus=1, max_restarts=0, max_task_retries=0)(
            PartActor
        )
        self._size, self._looked = 1, -_LOOK

    def outcomes(self) -> Iterator[PartDone | PartLeftOut]:
        """Score all parts, and yield the outcome of each."""
        while True:
            self._feed()
            if not self._queue and not any(actor.part for actor in self._actors):
                break
            calls = {actor.call: actor for actor in self._actors if actor.call}
            finished, _ = ray.wait(list(calls), num_returns=1, timeout=_LOOK)
            for call in finished:
                outcome = self._receive(calls[call])
                if outcome is not None:
                    yield outcome
        self._queue.raise_error()
        _await_files(
            OutputDirectory(self._launch.job.out, self._launch.job.options.format), self._done
        )

    def stop(self) -> None:
        """End all actors; idle ones delete their files before."""
        idle = [actor for actor in self._actors if actor.ready and actor.part is None]
        for actor in self._actors:
            if actor not in idle:
                ray.kill(actor.handle)
        if idle:
            closing = [actor.handle.close.remote() for actor in idle]
            ray.wait(closing, num_returns=len(closing), timeout=_CLOSE)
        for actor in idle:
            ray.kill(actor.handle)
        self._actors.clear()

    def _feed(self) -> None:
        """Give parts out, request actors for the parts that wait, and read some parts ahead."""
        self._give()
        busy = sum(actor.part is not None for actor in self._actors)
        size = self._number_of_actors()
        self._queue.fill(min(size - busy + 1, _AHEAD))
        while len(self._actors) < min(size, busy + len(self._queue)):
            handle = self._actor_class.remote(self._launch, self._model)
            self._actors.append(_Actor(handle, handle.load.remote()))
        self._give()

    def _give(self) -> None:
        for actor in self._actors:
            if actor.ready and actor.part is None and self._queue:
                actor.part = self._queue.take()
                actor.call = actor.handle.score.remote(actor.part)

    def _number_of_actors(self) -> int:
        if self._workers is None and time.monotonic() - self._looked >= _LOOK:
            resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
            self._size = max(1, int(resources.get("CPU", 0)))
            self._looked = time.monotonic()
        return self._workers or self._size

    def _receive(self, actor: _Actor) -> PartDone | PartLeftOut | None:
        try:
            value = ray.get(actor.call)
        except RayError as error:
            return self._bury(actor, error)
        actor.call, part, actor.part = None, actor.part, None
        if isinstance(value, BaseException):
            if part is None:
                raise value  # it cannot load the model
            self._queue.fail(part, value)
            return None
        if part is None:
            actor.ready, self._failed_starts = True, 0
            return None
        self._done.append(part.index)
        return PartDone(part.index, len(part), value)

    def _bury(self, actor: _Actor, error: RayError) -> PartLeftOut | None:
        """Remove a dead actor. Its part is scored again, or left out after several attempts.

        Raises:
            GatewiseError: Actors die before they have loaded the model.
        """
        self._actors.remove(actor)
        ray.kill(actor.handle)
        if actor.part is not None:
            return self._queue.try_again(actor.part)
        self._failed_starts += 1
        if self._failed_starts >= MOST_ATTEMPTS:
            lines = str(error).strip().splitlines()
            raise GatewiseError(
                "The Ray actors die while they load the model. Is gatewise "
                f"{self._launch.version} with the extra ray installed on all nodes, and is there "
                "enough memory? "
                f"{type(error).__name__}: {lines[-1] if lines else ''}"
            ) from error
        return None


def _connect() -> bool:
    """Connect to the cluster unless this process is connected, and return whether it was not.

    Raises:
        GatewiseError: There is no cluster.
    """
    if ray.is_initialized():
        return False
    # Ray sends usage statistics to its developers unless this is set.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    # Ray would warn that it is going to leave the variables of accelerators alone, which is right.
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        ray.init(logging_level=logging.WARNING, include_dashboard=False)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise GatewiseError(
            f"There is no Ray cluster to connect to: {error} RAY_ADDRESS is the address of one."
        ) from error
    return True


def _await_files(directory: OutputDirectory, parts: Sequence[int]) -> None:
    """Wait until the files that other nodes have written exist here.

    Raises:
        GatewiseError: It does not see one of them.
    """
    end = time.monotonic() + _VISIBLE
    for part in parts:
        while not directory.is_done(part):
            if time.monotonic() > end:
                raise GatewiseError(
                    f"Part {part} was written on another machine, but is not in {directory.path}. "
                    "With --engine ray, --out must be on storage that all nodes have at the same "
                    "path, such as NFS. The same command resumes the run."
                )
            list(directory.path.iterdir())  # makes a client of NFS look again
            time.sleep(_PAUSE)
