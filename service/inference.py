"""The model behind worker threads: the event loop never waits for an inference."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, TypeVar, cast

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import Depends, Request

from models import Predictor
from models.errors import InvalidTextError, TextTooLongError
from models.tokenizer import Encoding
from service.metrics import Metrics
from service.problems import ErrorItem, invalid_request
from service.schemas import ModelName
from service.settings import Settings

Result = TypeVar("Result")


class Inference:
    """One predictor, a bounded number of threads to run it in, and the limits on what it reads."""

    def __init__(self, predictor: Predictor, settings: Settings, metrics: Metrics) -> None:
        """Take the predictor; it is not ready until `ready` says so."""
        self.predictor = predictor
        self.settings = settings
        self.metrics = metrics
        self.model = ModelName(name=predictor.artifact.name, version=predictor.artifact.version)
        self.ready = False
        self._limiter = CapacityLimiter(settings.concurrency)

    async def run(self, operation: str, work: Callable[[], Result]) -> Result:
        """Do `work` in a worker thread, once one is free."""

        def timed() -> Result:
            with self.metrics.inference_seconds.labels(operation).time():
                return work()

        return await run_sync(timed, limiter=self._limiter)

    def read(self, texts: Sequence[str], places: Sequence[Mapping[str, str]]) -> list[Encoding]:
        """Tokenize texts, in order. Blocks: call it in `run`.

        Raises a `ProblemError` (422) that names the place of every text that cannot be read.
        """
        encodings: list[Encoding] = []
        errors: list[ErrorItem] = []
        for text, place in zip(texts, places, strict=True):
            try:
                encodings += self.predictor.encode([text], max_tokens=self.settings.max_tokens)
            except (InvalidTextError, TextTooLongError) as error:
                errors.append(ErrorItem(detail=str(error), **place))
        if errors:
            raise invalid_request(errors)
        return encodings


async def _inference(request: Request) -> Inference:
    return cast("Inference", request.app.state.inference)


InferenceDependency = Annotated[Inference, Depends(_inference)]
