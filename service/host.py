"""The model that is served now, the queue before it, and the life of both: warm-up to drain.

Another model takes the place of this one only once it is loaded whole, has given its own stored
answer and has explained a review. Until then, and if it does not, this one serves on.
"""

import asyncio
import logging
import signal
from contextlib import suppress
from pathlib import Path

from models import Predictor
from models.artifact import CONFIG
from models.errors import ArtifactError
from models.predictor import DEFAULT_RELEASE
from models.shared import discard_others
from service.batch import Job
from service.crew import Crew
from service.metrics import Metrics
from service.queue import TokenQueue
from service.schemas import ModelName
from service.settings import Settings

logger = logging.getLogger("gatewise")

_WATCH_SECONDS = 0.5


class Host:
    """One process' model, queue and state. Everything but `load` runs in the event loop."""

    def __init__(
        self, settings: Settings, *, predictor: Predictor | None = None, crew: Crew | None = None
    ) -> None:
        """Load the model, if it is not given. Raises `ArtifactError` if that cannot be done."""
        self.settings = settings
        self.metrics = Metrics()
        self.crew = crew
        self.queue = TokenQueue(
            self.metrics,
            workers=settings.inference_threads,
            max_tokens=settings.queue_tokens,
            batch_tokens=settings.batch_tokens,
            deadline_seconds=settings.deadline_seconds,
        )
        self._reloading = asyncio.Lock()
        self._seen = self._stamp()
        self._warm = False
        self._draining = False
        self._tasks: list[asyncio.Task[None]] = []
        self.requests: set[str] = set()
        self._accepted: set[str] = set()
        self._share_in = crew.weights if crew else None
        self._serve(predictor or self._load())

    @property
    def unready(self) -> str | None:
        """Say why requests should go elsewhere; None if they need not."""
        if self._draining:
            return "The service is shutting down."
        if not self._warm:
            return "The model is warming up."
        if dead := self.queue.dead_workers:
            return f"{dead} of {self.settings.inference_threads} worker threads died. Restart it."
        if self.crew and (missing := self.crew.missing()):
            return f"{missing} of {self.settings.workers} worker processes are not up."
        return None

    def start(self) -> None:
        """Warm up beside the first requests, and watch for new models."""
        self._tasks = [asyncio.create_task(self._warm_up())]
        if self.crew or self.settings.watch_seconds:
            self._tasks.append(asyncio.create_task(self._watch()))

    async def stop(self) -> None:
        """End what `start` began, and the threads. Finishes what they do."""
        for task in self._tasks[1:]:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        if self.crew:
            self.crew.leave()
        await asyncio.to_thread(self.queue.close)

    def drain(self) -> None:
        """Refuse new work and be ready for none; what was accepted is finished."""
        self._draining = True
        self._accepted = set(self.requests)
        self.queue.refuse()

    @property
    def drained(self) -> bool:
        """Whether every request that had come before `drain` is answered."""
        return self._draining and self.queue.idle and not self._accepted & self.requests

    async def reload(self) -> ModelName:
        """Load the model directory anew and serve it.

        Raises `ArtifactError` if it is refused, or `OSError` if it cannot be read or kept: then
        the old model serves on.
        """
        async with self._reloading:
            self._seen = self._stamp()
            try:
                predictor = await asyncio.to_thread(self._load_and_try)
            except (ArtifactError, OSError) as error:
                self.metrics.reloads.labels("refused").inc()
                logger.error("model refused", extra={"fields": {"reason": str(error)}})
                raise
            self.metrics.reloads.labels("served").inc()
            self._serve(predictor)
            return self.model

    def announce(self) -> None:
        """Let the other worker processes load the model directory, too."""
        if self.crew:
            self.crew.announce()
            self._seen = self._stamp()

    def _serve(self, predictor: Predictor) -> None:
        artifact = predictor.artifact
        self.predictor = predictor
        self.model = ModelName(name=artifact.name, version=artifact.version)
        self.metrics.name_model(artifact.name, artifact.version)
        logger.info("serving", extra={"fields": {"model": self.model.model_dump()}})

    def _load(self) -> Predictor:
        settings = self.settings
        return Predictor.load(settings.model, threads=settings.threads, share_in=self._share_in)

    def _load_and_try(self) -> Predictor:
        # The new model needs the room of those that were served before the current one. Newer ones
        # stay: another process of the crew may have written what this one is about to map.
        self._discard(only_older=True)
        try:
            predictor = self._load()
            predictor.warm_up()
        except Exception:
            self._discard(only_older=False)  # what was written of it would be in the next one's way
            raise
        return predictor

    def _discard(self, *, only_older: bool) -> None:
        """Delete weights from the crew's directory, but those of the model that is served."""
        if self._share_in:
            discard_others(self.predictor.artifact.weights, self._share_in, only_older=only_older)

    async def _warm_up(self) -> None:
        job: Job[None] = Job("warm-up", 1, self.predictor.warm_up)
        try:
            await self.queue.run(job, deadline=False)  # nobody asks for it again if it were late
        except Exception:
            logger.exception("warm-up failed, /ready stays 503")
            return
        self._warm = True
        if self.crew:
            self.crew.join()
        logger.info("ready", extra={"fields": {"model": self.model.model_dump()}})

    async def _watch(self) -> None:
        """Reload when the directory has changed, or when another process says so."""
        pause = self.settings.watch_seconds or _WATCH_SECONDS
        while True:
            await asyncio.sleep(min(pause, _WATCH_SECONDS) if self.crew else pause)
            if self.crew and self.crew.orphaned:
                signal.raise_signal(signal.SIGTERM)
                return
            if self._stamp() != self._seen:
                with suppress(ArtifactError, OSError):  # logged, and the old model serves on
                    await self.reload()

    def _stamp(self) -> tuple[object, ...]:
        """Tell one state of the model directory, and of the crew's announcements, from another."""
        parts: list[object] = [self.crew.announced() if self.crew else None]
        if self.settings.watch_seconds:
            parts.append(_file_stamp((self.settings.model or DEFAULT_RELEASE) / CONFIG))
        return tuple(parts)


def _file_stamp(path: Path) -> object:
    """Identify a version of a file. An artifact's config is what is written last."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
