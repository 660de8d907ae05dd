"""One of the models that a process serves: where it is, what is loaded now, and how it is replaced.

A reload replaces the model only after the new one was loaded, passed its self-check and explained
a text. Until then, and if any of this fails, the current model stays in service.
"""

import asyncio
import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from gatewise.models import Predictor
from gatewise.models.errors import ArtifactError
from gatewise.models.mmap_weights import discard_others
from gatewise.service.engine.metrics import Metrics
from gatewise.service.settings import ModelSource, Settings

logger = logging.getLogger("gatewise")


@dataclass(frozen=True)
class ModelName:
    """The model that computed a response."""

    name: str
    version: str
    id: Annotated[str, Field(description="What selects it in the field `model` of a request.")]


class ServedModel:
    """A model that is served.

    Use it in the event loop. A request should read `predictor` and `name` once, at its start: a
    reload replaces both.

    Attributes:
        id: What selects it in a request. It stays the same when the model is reloaded.
        predictor: The model.
        name: Its name and version.
        warm: Whether it has been warmed up.
        reloads_seen: Number of reloads that other processes announced and this one has followed.
    """

    def __init__(
        self,
        source: ModelSource,
        settings: Settings,
        *,
        metrics: Metrics,
        share_in: Path | None,
        predictor: Predictor | None = None,
    ) -> None:
        """Load the model, unless a `predictor` is passed.

        Args:
            source: Where it is.
            settings: The settings of the service.
            metrics: The metrics of this process.
            share_in: Directory through which processes share its weights, if there are several.
            predictor: The model, if it is loaded already.

        Raises:
            ArtifactError: The model cannot be loaded.
        """
        self._source = source
        self._settings = settings
        self._metrics = metrics
        self._share_in = share_in
        self._reloading = asyncio.Lock()
        self.warm = False
        self.reloads_seen = 0
        loaded = predictor or self._load()
        self.id = source.id or loaded.artifact.name
        self._serve(loaded)

    async def reload(self) -> ModelName:
        """Load the model again from where it is and serve it.

        If it fails, the current model stays in service.

        Returns:
            Name and version of the new model.

        Raises:
            ArtifactError: The model is refused.
            OSError: The model cannot be read, or its shared weights cannot be written.
        """
        async with self._reloading:
            try:
                predictor = await asyncio.to_thread(self._load_and_try)
            except (ArtifactError, OSError) as error:
                self._metrics.reloads.labels(self.id, "refused").inc()
                logger.error(
                    "model refused", extra={"fields": {"id": self.id, "reason": str(error)}}
                )
                raise
            self._metrics.reloads.labels(self.id, "served").inc()
            self._serve(predictor)
            return self.name

    def _serve(self, predictor: Predictor) -> None:
        artifact = predictor.artifact
        self.predictor = predictor
        self.name = ModelName(name=artifact.name, version=artifact.version, id=self.id)
        self._metrics.name_model(self.id, artifact.name, artifact.version)
        logger.info("serving", extra={"fields": {"model": asdict(self.name)}})

    def _load(self) -> Predictor:
        settings = self._settings
        return Predictor.load(
            self._source.location,
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
            predictor.load_dictionaries()
        except Exception:
            self._discard_weights(only_older=False)
            raise
        return predictor

    def _discard_weights(self, *, only_older: bool) -> None:
        """Delete shared weights, except those of the model that is served."""
        if self._share_in:
            discard_others(self.predictor.artifact.weights, self._share_in, only_older=only_older)
