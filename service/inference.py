"""What a request may do with the model: read texts, and run inferences through the queue.

A request keeps the model it began with, even if another one is loaded meanwhile.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, TypeVar, cast

from fastapi import Depends, Request

from models import Prediction, Predictor
from models.errors import InvalidTextError, TextTooLongError
from models.tokenizer import Encoding
from service.batch import Job
from service.host import Host
from service.problems import ErrorItem, invalid_request

logger = logging.getLogger("gatewise.texts")

Result = TypeVar("Result")

# Never fewer matches than the tokenizer's tokens, and for English hardly more.
_TOKEN = re.compile(r"[^\W_]+|[^\s]")
# What a text costs beside its tokens, so that many tiny ones count, too.
_TOKENS_PER_TEXT = 10
# For work whose texts are not said.
_UNSIZED_TOKENS = 1_000
# Work of more passes than this is heavy: of two or more threads it never holds the last one.
_FEW = 2
# Counted in a thread beyond so many characters, in pieces that hold the interpreter for 1 ms.
_LONG, _PIECE = 50_000, 10_000


class Inference:
    """One request's way to the model, and the limits on what it reads."""

    def __init__(
        self,
        host: Host,
        *,
        request_id: str | None = None,
        gone: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        """Hold on to the model that is served now; `gone` returns once the client hung up."""
        self.host = host
        self.predictor: Predictor = host.predictor
        self.model = host.model
        self.settings = host.settings
        self.metrics = host.metrics
        self._request_id = request_id
        self._gone = gone

    async def run(
        self,
        operation: str,
        work: Callable[[], Result],
        *,
        texts: Sequence[str] | None = None,
        passes: int = 1,
        runs_of_own: int = 0,
    ) -> Result:
        """Do `work` in a worker thread, once one is free.

        `texts` are those that it reads, and count by their tokens, once for each of the `passes`.
        Work that runs the network anew for every token counts for so many `runs_of_own` besides.
        Raises as `TokenQueue.run`.
        """
        self.host.queue.check()
        tokens = _UNSIZED_TOKENS if texts is None else await count_tokens(texts)
        # T runs of T / 2 tokens on average, many at a time: three times as fast as one by one.
        tokens = passes * tokens + runs_of_own * tokens * tokens // 6
        job: Job[Result] = Job(operation, tokens, work, heavy=runs_of_own > 0 or passes > _FEW)
        return await self.host.queue.run(job, gone=self._gone)

    async def judge(
        self, texts: Sequence[str], places: Sequence[Mapping[str, str]]
    ) -> list[Prediction]:
        """Judge texts, in a batch with those of others that wait. Raises as `read` and `run` do."""
        self.host.queue.check()
        job: Job[list[Prediction]] = Job(
            "predict",
            await count_tokens(texts),
            lambda: self.read(texts, places),
            together=self.predictor.predict_encoded,
        )
        return await self.host.queue.run(job, gone=self._gone)

    def read(self, texts: Sequence[str], places: Sequence[Mapping[str, str]]) -> list[Encoding]:
        """Tokenize texts, in order. Blocks: call it in `run`.

        Raises a `ProblemError` (422) that names the place of every text that cannot be read.
        """
        encodings: list[Encoding] = []
        errors: list[ErrorItem] = []
        for text, place in zip(texts, places, strict=True):
            if self.settings.log_texts:
                fields = {"request_id": self._request_id, "text": text, **place}
                logger.info("text", extra={"fields": fields})
            try:
                encodings += self.predictor.encode([text], max_tokens=self.settings.max_tokens)
            except (InvalidTextError, TextTooLongError) as error:
                errors.append(ErrorItem(detail=str(error), **place))
        if errors:
            raise invalid_request(errors)
        return encodings


async def count_tokens(texts: Sequence[str]) -> int:
    """Bound the tokens of texts from above, before they are tokenized."""
    if sum(map(len, texts)) > _LONG:
        return await asyncio.to_thread(_count, texts)
    return _count(texts)


def _count(texts: Sequence[str]) -> int:
    return sum(
        _TOKENS_PER_TEXT
        + sum(
            len(_TOKEN.findall(text, start, start + _PIECE))
            for start in range(0, len(text), _PIECE)
        )
        for text in texts
    )


async def _inference(request: Request) -> Inference:
    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    host = cast("Host", request.app.state.host)
    return Inference(host, request_id=request.scope.get("request_id"), gone=gone)


InferenceDependency = Annotated[Inference, Depends(_inference)]
