"""GET and POST /explain/sweep: the prediction with a gate held at each of several values."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from pydantic_core import to_json
from starlette.responses import Response

from gatewise.models.errors import InterventionError
from gatewise.models.explain.sweep import SweepRun, SweepValue, check_sweep
from gatewise.models.prediction import GateSweep
from gatewise.models.tokenizer import Encoding
from gatewise.service.api.examples import EXAMPLES
from gatewise.service.api.explanation.notation import NOTATIONS, in_convention
from gatewise.service.api.inference import Cost, Inference
from gatewise.service.api.methods import get_and_post
from gatewise.service.api.schemas.common import prediction_fields
from gatewise.service.api.schemas.sweep import (
    SweepBody,
    SweepQuery,
    SweepRecord,
    SweepRunRecord,
    SweepStop,
    SweepToken,
)
from gatewise.service.engine.batch import Check
from gatewise.service.http.fields import Source, field_location
from gatewise.service.http.json_body import JSONRoute
from gatewise.service.http.problems import ErrorItem, invalid_request

router = APIRouter(tags=["model"], route_class=JSONRoute)

# Cost in forward passes, measured for ranges of the whole text: so many at once for the steps of
# the range, and so many in batches for each value.
_RANGE_PASSES = 4
_PASSES_PER_VALUE = 2

_EXAMPLES: dict[str, Any] = {
    "reset": {
        "summary": "Reset gates from 0 to 1 over the last sentence",
        "value": {"text": EXAMPLES[0].text, "gate": "reset", "first": 54, "last": 60},
    },
    "chung2014": {
        "summary": "Three values of the update gate, as u = 1 − z",
        "value": {
            "text": EXAMPLES[0].text,
            "gate": "update",
            "first": 54,
            "last": 60,
            "values": [0, 0.5, "average"],
            "convention": "chung2014",
        },
    },
}


@get_and_post(
    router,
    "/explain/sweep",
    query=SweepQuery,
    body=SweepBody,
    examples=_EXAMPLES,
    summary="Hold a gate at several values over a range of tokens",
    body_description="The same as GET, for texts of any length.",
    response_model=SweepRecord,
    response_description="The run as it was, and the run with the gate at each value: the "
    "probability and the running probability.",
)
async def sweep(inference: Inference, request: SweepQuery | SweepBody, source: Source) -> Response:
    """Each run equals that of `/explain` with the one intervention; all are computed in one batch.

    Send long reviews by POST.
    """
    (encoding,) = await inference.encode([request.text], [field_location("text", source)])
    _check_tokens(inference, encoding, source)
    values = _model_values(request)
    try:
        check_sweep(
            gate=request.gate,
            first=request.first,
            last=request.last,
            values=values,
            tokens=len(encoding),
            units=inference.predictor.hidden_size,
        )
    except InterventionError as error:
        # The values are valid here, so the range is not.
        field = "last" if request.first <= request.last else "first"
        item = ErrorItem(detail=str(error), **field_location(field, source))
        raise invalid_request([item]) from error

    def compute(check: Check) -> bytes:
        check()
        result = inference.predictor.sweep_encoded(
            encoding,
            gate=request.gate,
            first=request.first,
            last=request.last,
            values=values,
            check=check,
        )
        inference.count(result.prediction)
        return to_json(_record(inference, request, result))

    cost = Cost(passes=1 + _RANGE_PASSES, batched_passes=_PASSES_PER_VALUE * len(values))
    content = await inference.run("sweep", compute, encodings=[encoding], cost=cost)
    return Response(content, media_type="application/json")


def _check_tokens(inference: Inference, encoding: Encoding, source: Source) -> None:
    """Check that the response does not have too many numbers."""
    limit = inference.settings.max_sweep_tokens
    if len(encoding) > limit:
        detail = (
            f"The text has {len(encoding):,} tokens; the limit of a sweep is {limit:,}. Send a "
            "shorter text, or use the `interventions` of /explain."
        )
        raise invalid_request([ErrorItem(detail=detail, **field_location("text", source))])


def _model_values(request: SweepQuery | SweepBody) -> Sequence[SweepValue]:
    """Return the values in PyTorch's convention."""
    if request.gate == "reset":
        return request.stops
    return [
        value if isinstance(value, str) else in_convention(value, request.convention)
        for value in request.stops
    ]


def _record(
    inference: Inference, request: SweepQuery | SweepBody, result: GateSweep
) -> SweepRecord:
    encoding = result.encoding
    return SweepRecord(
        **prediction_fields(result.prediction, inference.model),
        text=encoding.text,
        gate=result.gate,
        first=result.first,
        last=result.last,
        convention=request.convention,
        notation=NOTATIONS[request.convention],
        tokens=[_token(encoding, token) for token in range(len(encoding))],
        as_it_was=_run(result.as_it_was),
        stops=[
            SweepStop(value=value, **_run(stop))
            for value, stop in zip(request.stops, result.stops, strict=True)
        ],
    )


def _token(encoding: Encoding, token: int) -> SweepToken:
    return SweepToken(
        text=encoding.word(token),
        start=int(encoding.starts[token]),
        end=int(encoding.ends[token]),
        known=bool(encoding.known[token]),
    )


def _run(run: SweepRun) -> SweepRunRecord:
    return SweepRunRecord(
        probability_positive=run.probability_positive,
        logit=run.logit,
        label=run.label,
        running=run.running_probability.tolist(),
    )
