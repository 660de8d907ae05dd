"""GET and POST /explain: the verdict with the computation that reached it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response

from models.errors import UnknownUnitError
from service.examples import EXAMPLES
from service.explanation import explanation_json
from service.faithfulness import measure_faithfulness
from service.inference import Inference, InferenceDependency
from service.json_body import JSONRoute
from service.problems import ErrorItem, error_responses, invalid_request
from service.schemas import ExplainAnswer, ExplainQuery, ExplainRequest
from service.units import UNIT_ARRAYS, Selection, count_units

router = APIRouter(tags=["model"], route_class=JSONRoute)

_DOCUMENTATION: dict[str, Any] = {
    "summary": "Judge a review, and show the computation",
    "response_model": ExplainAnswer,
    "response_description": "The verdict, and for every token its gates, its contribution and the "
    "running verdict.",
}
_EXAMPLES: dict[str, Any] = {
    "summary": {"summary": EXAMPLES[0].title, "value": {"text": EXAMPLES[0].text}},
    "units": {
        "summary": "With the eight units that moved the logit most",
        "value": {"text": EXAMPLES[1].text, "units": "top:8"},
    },
    "faithfulness": {
        "summary": "With the faithfulness of the ranking by contribution",
        "value": {"text": EXAMPLES[1].text, "faithfulness": True},
    },
    "course": {
        "summary": "Update gate as 1 − z, and two units by number",
        "value": {"text": EXAMPLES[2].text, "units": [0, 9], "convention": "course"},
    },
}


@router.get("/explain", responses=error_responses(422), **_DOCUMENTATION)
async def explain_by_url(
    inference: InferenceDependency, request: Request, query: Annotated[ExplainQuery, Query()]
) -> Response:
    """One forward pass; the explanation is the computation itself. Long reviews: use POST."""
    names = [name for name, _ in request.query_params.multi_items()]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise invalid_request(
            [ErrorItem(detail="Given more than once.", parameter=name) for name in repeated]
        )
    return await _explain(inference, query, asked_in="query")


@router.post("/explain", responses=error_responses(413, 422), **_DOCUMENTATION)
async def explain_by_body(
    inference: InferenceDependency,
    body: Annotated[ExplainRequest, Body(openapi_examples=_EXAMPLES)],
) -> Response:
    """The same as GET, for texts of any length."""
    return await _explain(inference, body, asked_in="body")


async def _explain(
    inference: Inference,
    question: ExplainQuery | ExplainRequest,
    *,
    asked_in: Literal["body", "query"],
) -> Response:
    def place(field: str) -> dict[str, str]:
        return {"pointer": f"#/{field}"} if asked_in == "body" else {"parameter": field}

    def explain() -> bytes:
        encoding = inference.read([question.text], [place("text")])[0]
        if question.units is not None:
            _check_units(inference, question.units, place("units"), tokens=len(encoding))
        if question.faithfulness:
            _check_length(inference, len(encoding), place("faithfulness"))
        explanation = inference.predictor.explain_encoded(encoding)
        inference.metrics.count_verdict(explanation.prediction)
        faithfulness = (
            measure_faithfulness(inference.predictor, explanation)
            if question.faithfulness
            else None
        )
        return explanation_json(
            explanation,
            model=inference.model,
            head_weight=inference.predictor.artifact.weights.head_weight,
            units=question.units,
            convention=question.convention,
            faithfulness=faithfulness,
        )

    return Response(await inference.run("explain", explain), media_type="application/json")


def _check_length(inference: Inference, tokens: int, place: dict[str, str]) -> None:
    """Refuse to measure a text that would hold a worker for many seconds."""
    limit = inference.settings.max_faithfulness_tokens
    if tokens > limit:
        detail = (
            f"The text has {tokens:,} tokens; faithfulness is measured up to {limit:,}, because "
            "its time grows with their square. Leave it out, or send a part of the text."
        )
        raise invalid_request([ErrorItem(detail=detail, **place)])


def _check_units(
    inference: Inference, units: Selection, place: dict[str, str], *, tokens: int
) -> None:
    """Refuse unknown units, and more numbers than one answer may hold."""
    try:
        count = count_units(units, inference.predictor.hidden_size)
    except UnknownUnitError as error:
        raise invalid_request([ErrorItem(detail=str(error), **place)]) from error
    values, limit = tokens * count * UNIT_ARRAYS, inference.settings.max_unit_values
    if values > limit:
        detail = (
            f"{count:,} units of {tokens:,} tokens in {UNIT_ARRAYS} arrays are {values:,} numbers; "
            f"the limit is {limit:,}. Ask for fewer units."
        )
        raise invalid_request([ErrorItem(detail=detail, **place)])
