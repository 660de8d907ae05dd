"""The model that is served now, the queue in front of it, and the life cycle of both.

A reload replaces the model only after the new one was loaded, passed its self-check and explained
a text. Until then, and if any of this fails, the current model stays in service.
"""

import asyncio
import logging
import signal
from contextlib import suppress
from dataclasses import asdict, dataclass

from gatewise.models import Predictor
from gatewise.models.errors import ArtifactError
from gatewise.models.mmap_weights import discard_others
from gatewise.service.engine.batch import SingleJob
from gatewise.service.engine.metrics import Metrics
from gatewise.service.engine.queue import TokenQueue
from gatewise.service.engine.worker_group import WorkerGroup
from gatewise.service.settings import Settings

logger = logging.getLogger("gatewise")

_POLL_SECONDS = 0.5


@dataclass(frozen=True)
class ModelName:
    """The model that computed a response."""

    name: str
    version: str


class ModelHost:
    """Model, queue and state of one process.

    Use it in the event loop. A request should read `predictor` and `name` once, at its start: a
    reload replaces both.

    Attributes:
        settings: The settings of the service.
        metrics: The metrics of this process.
        group: The worker processes that this one belongs to, if there are several.
        queue: The queue of inferences.
        predictor: The model that is served.
        name: Its name and version.
        requests: Identifiers of the requests that are being processed.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        predictor: Predictor | None = None,
        group: WorkerGroup | None = None,
    ) -> None:
        """Load the model of the settings, unless a `predictor` is passed.

        Raises:
            ArtifactError: The model cannot be loaded.
        """
        self.settings = settings
        self.metrics = Metrics()
        self.group = group
        self.queue = TokenQueue(
            self.metrics,
            threads=settings.inference_threads,
            max_tokens=settings.queue_tokens,
            batch_tokens=settings.batch_tokens,
            deadline_seconds=settings.deadline_seconds,
        )
        self._reloading = asyncio.Lock()
        self._reloads_seen = group.reloads() if group else 0
        self._warm = False
        self._draining = False
        self._tasks: list[asyncio.Task[None]] = []
        self.requests: set[str] = set()
        self._accepted: set[str] = set()
        self._share_in = group.weights if group else None
        self._serve(predictor or self._load())

    @property
    def unready(self) -> str | None:
        """Why requests should go to another instance; None if this one is ready."""
        if self._draining:
            return "The service is shutting down."
        if not self._warm:
            return "The model is warming up."
        if dead := self.queue.dead_threads:
            return f"{dead} of {self.settings.inference_threads} worker threads died. Restart it."
        if self.group and (missing := self.group.missing()):
            return f"{missing} of {self.settings.workers} worker processes are not up."
        return None

    def start(self) -> None:
        """Start to warm up the model, and to watch the worker group."""
        self._tasks = [asyncio.create_task(self._warm_up())]
        if self.group:
            self._tasks.append(asyncio.create_task(self._watch(self.group)))

    async def stop(self) -> None:
        """Stop what `start` began, and the threads after the batches that clients wait for."""
        for task in self._tasks[1:]:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        if self.group:
            self.group.leave()
        await asyncio.to_thread(self.queue.close)

    def drain(self) -> None:
        """Refuse new work and report unready; accepted requests are still finished."""
        self._draining = True
        self._accepted = set(self.requests)
        self.queue.stop_accepting()

    def interrupt(self) -> None:
        """Fail the work that is not finished, so that its clients receive a 503 before the end."""
        self.queue.interrupt()

    @property
    def drained(self) -> bool:
        """Whether every request that had arrived before `drain` is finished."""
        return self._draining and self.queue.idle and not self._accepted & self.requests

    async def reload(self) -> ModelName:
        """Load the model of the settings again and serve it.

        If it fails, the current model stays in service.

        Returns:
            Name and version of the new model.

        Raises:
            ArtifactError: The model is refused.
            OSError: The model cannot be read, or its shared weights cannot be written.
        """
        async with self._reloading:
            if self.group:
                self._reloads_seen = self.group.reloads()
            try:
                predictor = await asyncio.to_thread(self._load_and_try)
            except (ArtifactError, OSError) as error:
                self.metrics.reloads.labels("refused").inc()
                logger.error("model refused", extra={"fields": {"reason": str(error)}})
                raise
            self.metrics.reloads.labels("served").inc()
            self._serve(predictor)
            return self.name

    def announce_reload(self) -> None:
        """Make the other worker processes load the model again, too."""
        if self.group:
            self.group.announce_reload()
            self._reloads_seen = self.group.reloads()

    def _serve(self, predictor: Predictor) -> None:
        artifact = predictor.artifact
        self.predictor = predictor
        self.name = ModelName(name=artifact.name, version=artifact.version)
        self.metrics.name_model(artifact.name, artifact.version)
        logger.info("serving", extra={"fields": {"model": asdict(self.name)}})

    def _load(self) -> Predictor:
        settings = self.settings
        return Predictor.load(
            settings.model,
            threads=settings.threads,
            precision=settings.precision,
            share_in=self._share_in,
        )

    def _load_and_try(self) -> Predictor:
        # Free the weights of models before the current one, but not newer ones: another process
        # may have written those of the model that this one is about to map.
        self._discard_weights(only_older=True)
        try:
            predictor = self._load()
            predictor.warm_up()
        except Exception:
            self._discard_weights(only_older=False)
            raise
        return predictor

    def _discard_weights(self, *, only_older: bool) -> None:
        """Delete shared weights, except those of the model that is served."""
        if self._share_in:
            discard_others(self.predictor.artifact.weights, self._share_in, only_older=only_older)

    async def _warm_up(self) -> None:
        job: SingleJob[None] = SingleJob(
            operation="warm-up", tokens=1, function=lambda _: self.predictor.warm_up()
        )
        try:
            # No deadline, since a warm-up that failed would not be repeated.
            await self.queue.run(job, deadline=False)
        except Exception:
            logger.exception("warm-up failed, /ready stays 503")
            return
        self._warm = True
        if self.group:
            self.group.join()
        logger.info("ready", extra={"fields": {"model": asdict(self.name)}})

    async def _watch(self, group: WorkerGroup) -> None:
        """Reload when another process announces it; stop when the parent process has ended."""
        while True:
            await asyncio.sleep(_POLL_SECONDS)
            if group.orphaned:
                signal.raise_signal(signal.SIGTERM)
                return
            if group.reloads() != self._reloads_seen:
                with suppress(ArtifactError, OSError):  # logged; the current model stays
                    await self.reload()
