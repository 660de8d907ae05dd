"""The models that a process serves, the queue in front of them, and the life cycle of both."""

import asyncio
import logging
import signal
from contextlib import suppress
from dataclasses import asdict
from functools import partial

from gatewise.models import Predictor
from gatewise.models.errors import ArtifactError
from gatewise.service.engine.batch import Check, SingleJob
from gatewise.service.engine.errors import ServedModelsError, UnknownModelError
from gatewise.service.engine.metrics import Metrics
from gatewise.service.engine.queue import TokenQueue
from gatewise.service.engine.served_model import ModelName, ServedModel
from gatewise.service.engine.shadow import Shadow
from gatewise.service.engine.traffic import Traffic
from gatewise.service.engine.worker_group import WorkerGroup
from gatewise.service.settings import Settings

logger = logging.getLogger("gatewise")

_POLL_SECONDS = 0.5


class ModelHost:
    """Models, queue and state of one process.

    All models share one queue, its threads and its limits; no batch mixes two models.

    Attributes:
        settings: The settings of the service.
        metrics: The metrics of this process.
        group: The worker processes that this one belongs to, if there are several.
        queue: The queue of inferences.
        models: The models by id, in the order of the settings. The first is the default.
        traffic: The shares of the models in requests that name none.
        shadow: The shadow model, if there is one.
        requests: Identifiers of the requests that are being processed.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        predictor: Predictor | None = None,
        group: WorkerGroup | None = None,
    ) -> None:
        """Load the models of the settings.

        Args:
            settings: The settings of the service.
            predictor: The first model, if it is loaded already.
            group: The worker processes that this one belongs to, if there are several.

        Raises:
            ArtifactError: A model cannot be loaded.
            ServedModelsError: Two models have the same id, or a setting names one that does not
                exist.
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
        self._draining = False
        self._tasks: list[asyncio.Task[None]] = []
        self.requests: set[str] = set()
        self._accepted: set[str] = set()
        self.models = self._load_models(predictor)
        self.traffic = Traffic(settings.traffic_shares, list(self.models))
        self.shadow = self._make_shadow()

    @property
    def default(self) -> ServedModel:
        """The model of requests that have no text and name no model."""
        return next(iter(self.models.values()))

    def find(self, model: str) -> ServedModel:
        """Return a model by its id.

        Raises:
            UnknownModelError: No model has this id.
        """
        if model not in self.models:
            raise UnknownModelError(self.models)
        return self.models[model]

    @property
    def unready(self) -> str | None:
        """Why requests should go to another replica; None if this one is ready."""
        if self._draining:
            return "The service is shutting down."
        if not all(model.warm for model in self.models.values()):
            return "The model is warming up."
        if dead := self.queue.dead_threads:
            return f"{dead} of {self.settings.inference_threads} worker threads died. Restart it."
        if self.group and (missing := self.group.missing()):
            return f"{missing} of {self.settings.workers} worker processes are not up."
        return None

    def start(self) -> None:
        """Start to warm up the models, and to watch the worker group."""
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
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        if self.shadow:
            self.shadow.close()
        self.queue.close()

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

    async def reload(self, model: ServedModel) -> ModelName:
        """Load a model again and serve it; see `ServedModel.reload`.

        Raises:
            ArtifactError: The model is refused.
            OSError: The model cannot be read, or its shared weights cannot be written.
        """
        if self.group:
            model.reloads_seen = self.group.reloads(self._index(model))
        return await model.reload()

    def announce_reload(self, model: ServedModel) -> None:
        """Make the other worker processes load a model again, too."""
        if self.group:
            self.group.announce_reload(self._index(model))
            model.reloads_seen = self.group.reloads(self._index(model))

    def _load_models(self, predictor: Predictor | None) -> dict[str, ServedModel]:
        models: dict[str, ServedModel] = {}
        for index, source in enumerate(self.settings.model_sources):
            model = ServedModel(
                source,
                self.settings,
                metrics=self.metrics,
                # Of its own, because a reload deletes the other weights of the directory.
                share_in=self.group.weights / str(index) if self.group else None,
                predictor=None if index else predictor,
            )
            if model.id in models:
                raise ServedModelsError(
                    f"Two models are named {model.id!r}. Give one of them another id: "
                    "`new=runs/mine`."
                )
            models[model.id] = model
            if self.group:
                model.reloads_seen = self.group.reloads(index)
        return models

    def _make_shadow(self) -> Shadow | None:
        name = self.settings.shadow
        if not name:
            return None
        if name not in self.models:
            raise ServedModelsError(
                f"GATEWISE_SHADOW is {name!r}, which is not served. The models are "
                f"{', '.join(self.models)}."
            )
        return Shadow(self.models[name], self.metrics, is_idle=lambda: self.queue.idle)

    def _index(self, model: ServedModel) -> int:
        return list(self.models).index(model.id)

    async def _warm_up(self) -> None:
        try:
            for model in self.models.values():
                job: SingleJob[None] = SingleJob(
                    operation="warm-up",
                    model=model.id,
                    tokens=1,
                    function=partial(_warm_up, model.predictor),
                )
                # No deadline, since a warm-up that failed would not be repeated.
                await self.queue.run(job, deadline=False)
                model.warm = True
        except Exception:
            logger.exception("warm-up failed, /ready stays 503")
            return
        if self.group:
            self.group.join()
        names = [asdict(model.name) for model in self.models.values()]
        logger.info("ready", extra={"fields": {"models": names}})
        await self._load_dictionaries()

    async def _load_dictionaries(self) -> None:
        try:
            for model in self.models.values():
                await asyncio.to_thread(model.predictor.load_dictionaries)
        except Exception:
            logger.exception("dictionaries not loaded; texts that need them will load them")

    async def _watch(self, group: WorkerGroup) -> None:
        """Reload when another process announces it; stop when the parent process has ended."""
        while True:
            await asyncio.sleep(_POLL_SECONDS)
            if group.orphaned:
                signal.raise_signal(signal.SIGTERM)
                return
            for index, model in enumerate(self.models.values()):
                if group.reloads(index) != model.reloads_seen:
                    with suppress(ArtifactError, OSError):  # logged; the current model stays
                        await self.reload(model)


def _warm_up(predictor: Predictor, _: Check) -> None:
    predictor.warm_up()
