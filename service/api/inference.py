"""How a request uses the model: its texts are tokenized once, then queued with their ids.

A request keeps the model that was served when it began, even if another is loaded meanwhile.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar, cast

from fastapi import Depends, Request

from gatewise.models import Prediction, Predictor
from gatewise.models.errors import InvalidTextError, TextTooLongError
from gatewise.models.tokenizer import Encoding
from gatewise.service.engine.batch import BatchJob, Check, SingleJob
from gatewise.service.engine.errors import UnknownModelError
from gatewise.service.engine.model_host import ModelHost
from gatewise.service.engine.served_model import ServedModel
from gatewise.service.http.fields import Source, field_location
from gatewise.service.http.problems import ErrorItem, invalid_request

logger = logging.getLogger("gatewise.texts")

Result = TypeVar("Result")

# Texts of more characters are tokenized in a thread. The tokenizer releases the interpreter's lock;
# for shorter texts, it takes less time than the change of threads.
_INLINE_CHARACTERS = 500
# Overhead of a text, in tokens, so that many short texts are not free.
_TOKENS_PER_TEXT = 10
# Size of a job without texts.
_TOKENS_WITHOUT_TEXT = 1_000
# A job of more passes is heavy: if there are several threads, it leaves one to other jobs.
_LIGHT_PASSES = 2
# A batch of runs is so many times as fast as the same runs one by one.
_BATCH_SPEEDUP = 3


@dataclass(frozen=True, kw_only=True)
class Cost:
    """How much of the network a job runs, for each of its texts.

    Attributes:
        passes: Passes over the text, one by one.
        batched_passes: Passes over the text, or over parts of it that are as long together, in
            batches.
        runs_per_token: Runs for every token, in batches, each over half of the text on average.
    """

    passes: int = 1
    batched_passes: int = 0
    runs_per_token: int = 0

    def of_text(self, tokens: int) -> int:
        """Return the cost of a text in tokens that are processed one by one."""
        batched = self.batched_passes + self.runs_per_token * tokens / 2
        return round((self.passes + batched / _BATCH_SPEEDUP) * tokens)

    @property
    def is_heavy(self) -> bool:
        """Whether the job must leave a thread to other jobs, if there are several threads."""
        return self.passes > _LIGHT_PASSES or self.batched_passes + self.runs_per_token > 0


_ONE_PASS = Cost()


class Inference:
    """A model as one request uses it.

    Attributes:
        model_host: The model host of the process.
        predictor: The model: the default one, until `select` or `use` is called.
        model: Its name.
        settings: The settings of the service.
    """

    def __init__(self, request: Request) -> None:
        """Use the model that is served now."""
        self.model_host = cast("ModelHost", request.app.state.model_host)
        self.settings = self.model_host.settings
        self._request = request
        self.use(self.model_host.default)

    def use(self, model: ServedModel) -> None:
        """Use another model, as it is served now."""
        self.predictor: Predictor = model.predictor
        self.model = model.name

    def select(self, model: str | None, *, source: Source, text: str | None = None) -> None:
        """Use the model that a request names or, if it names none, the one that its text goes to.

        Args:
            model: Id of a model.
            source: Where the request names it, for the error message.
            text: The text of the request, or the first of several.

        Raises:
            ProblemError: There is no such model (422).
        """
        if model is None and text is not None:
            model = self.model_host.traffic.choose(text)
        if model is None:
            return
        try:
            self.use(self.model_host.find(model))
        except UnknownModelError as error:
            item = ErrorItem(detail=str(error), **field_location("model", source))
            raise invalid_request([item]) from error

    def count(self, prediction: Prediction) -> None:
        """Record that the model classified a text."""
        self.model_host.metrics.count_prediction(prediction, model=self.model.id)

    def check_count(self, texts: Sequence[str], *, pointer: str) -> None:
        """Check that a request does not have too many texts.

        Args:
            texts: The texts.
            pointer: Where they are in the body.

        Raises:
            ProblemError: There are more than the limit (422).
        """
        limit = self.settings.max_texts
        if len(texts) > limit:
            detail = (
                f"The list has {len(texts):,} texts; the limit is {limit:,}. Send them in parts."
            )
            raise invalid_request([ErrorItem(detail=detail, pointer=pointer)])

    async def encode(
        self, texts: Sequence[str], locations: Sequence[Mapping[str, str]]
    ) -> list[Encoding]:
        """Tokenize texts.

        Args:
            texts: The texts.
            locations: Where each text was in the request, for error messages.

        Raises:
            ProblemError: At least one text is invalid or too long (422); it lists all of them.
            QueueFullError: Too many tokens are waiting already.
            ShuttingDownError: The service accepts no new work.
        """
        self.model_host.queue.require_room()
        if sum(map(len, texts)) > _INLINE_CHARACTERS:
            return await asyncio.to_thread(self._encode, texts, locations)
        return self._encode(texts, locations)

    async def predict(self, encodings: Sequence[Encoding]) -> list[Prediction]:
        """Classify texts, in a batch with those of other requests that are waiting.

        Raises:
            EngineError: The queue did not process the texts; see `TokenQueue.run`.
        """
        job: BatchJob[Prediction] = BatchJob(
            operation="predict",
            model=self.model.id,
            tokens=_tokens(encodings, _ONE_PASS),
            items=encodings,
            process=self.predictor.predict_encoded,
        )
        predictions = await self.model_host.queue.run(job, disconnected=self._disconnected)
        for prediction in predictions:
            self.count(prediction)
        return predictions

    async def run(
        self,
        operation: str,
        function: Callable[[Check], Result],
        *,
        encodings: Sequence[Encoding] = (),
        cost: Cost = _ONE_PASS,
    ) -> Result:
        """Call a function in a worker thread, once one is free.

        Args:
            operation: Name under which the metrics count its time.
            function: The function. It calls its argument between its parts, which raises an
                exception if no client waits for the result any more.
            encodings: The texts that it processes, which determine the size of the job.
            cost: How much of the network it runs for each of them.

        Raises:
            EngineError: The queue did not call the function; see `TokenQueue.run`.
        """
        job: SingleJob[Result] = SingleJob(
            operation=operation,
            model=self.model.id,
            tokens=_tokens(encodings, cost) if encodings else _TOKENS_WITHOUT_TEXT,
            function=function,
            heavy=cost.is_heavy,
        )
        return await self.model_host.queue.run(job, disconnected=self._disconnected)

    def _encode(
        self, texts: Sequence[str], locations: Sequence[Mapping[str, str]]
    ) -> list[Encoding]:
        encodings: list[Encoding] = []
        errors: list[ErrorItem] = []
        for text, location in zip(texts, locations, strict=True):
            if self.settings.log_texts:
                request_id = self._request.scope.get("request_id")
                fields = {"request_id": request_id, "text": text, **location}
                logger.info("text", extra={"fields": fields})
            try:
                encodings += self.predictor.encode([text], max_tokens=self.settings.max_tokens)
            except (InvalidTextError, TextTooLongError) as error:
                errors.append(ErrorItem(detail=str(error), **location))
        if errors:
            raise invalid_request(errors)
        return encodings

    async def _disconnected(self) -> None:
        """Return once the client has closed its connection."""
        while (await self._request.receive())["type"] != "http.disconnect":
            pass


def _tokens(encodings: Sequence[Encoding], cost: Cost) -> int:
    return sum(cost.of_text(_TOKENS_PER_TEXT + len(encoding)) for encoding in encodings)


async def _inference(request: Request) -> Inference:
    return Inference(request)


InferenceDependency = Annotated[Inference, Depends(_inference)]
