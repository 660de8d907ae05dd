"""GET and POST /explain: the verdict with the computation that reached it."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response

from models.credit import CREDIT_PASSES
from models.intervene import HELD_PASSES
from models.tokenizer import Encoding
from service.examples import EXAMPLES
from service.explain_schemas import ExplainAnswer, ExplainQuery, ExplainRequest
from service.explanation import Answered, explanation_json
from service.exports import export
from service.faithfulness import measure_faithfulness
from service.holds import read_holds
from service.inference import Inference, InferenceDependency
from service.json_body import JSONRoute
from service.problems import ErrorItem, inference_responses, invalid_request
from service.queries import Source, field_place, refuse_repeated
from service.units import UNIT_ARRAYS, Selection, check_units

router = APIRouter(tags=["model"], route_class=JSONRoute)

_DOCUMENTATION: dict[str, Any] = {
    "summary": "Judge a review, and show the computation",
    "response_model": ExplainAnswer,
    "response_description": "The verdict, and for every token its gates, its contribution and the "
    "running verdict.",
}
_FORMATS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "text/html": {"schema": {"type": "string"}},
        }
    }
}
_EXAMPLES: dict[str, Any] = {
    "summary": {"summary": EXAMPLES[0].title, "value": {"text": EXAMPLES[0].text}},
    "effects": {
        "summary": "What each token's own gates did to the logit",
        "value": {"text": EXAMPLES[0].text, "effects": True},
    },
    "reset-open": {
        "summary": "The reset gates held open over the verdict, “But the movie is really boring.”",
        "value": {
            "text": EXAMPLES[0].text,
            "holds": [{"gate": "reset", "value": 1, "tokens": "54-60"}],
        },
    },
    "average": {
        "summary": "Both gates of one token at each unit's own average",
        "value": {
            "text": EXAMPLES[0].text,
            "holds": [
                {"gate": "reset", "value": "average", "tokens": [59]},
                {"gate": "update", "value": "average", "tokens": [59]},
            ],
        },
    },
    "units": {
        "summary": "With the eight units that moved the logit most",
        "value": {"text": EXAMPLES[1].text, "units": "top:8"},
    },
    "faithfulness": {
        "summary": "With the faithfulness of the ranking by contribution",
        "value": {"text": EXAMPLES[1].text, "faithfulness": True},
    },
    "credit": {
        "summary": "With the second exact account of the logit",
        "value": {"text": EXAMPLES[1].text, "credit": True},
    },
    "csv": {
        "summary": "As a table, one row a token",
        "value": {"text": EXAMPLES[0].text, "format": "csv"},
    },
    "course": {
        "summary": "Update gate as u = 1 − z, and two units by number",
        "value": {"text": EXAMPLES[2].text, "units": [0, 9], "convention": "course"},
    },
}


@router.get("/explain", responses=inference_responses() | _FORMATS, **_DOCUMENTATION)
async def explain_by_url(
    inference: InferenceDependency, request: Request, query: Annotated[ExplainQuery, Query()]
) -> Response:
    """One forward pass; the explanation is the computation itself. Long reviews: use POST."""
    refuse_repeated(request)
    question = ExplainRequest.model_validate(query.model_dump())
    return await _explain(inference, question, asked_in="query")


@router.post("/explain", responses=inference_responses(413) | _FORMATS, **_DOCUMENTATION)
async def explain_by_body(
    inference: InferenceDependency,
    body: Annotated[ExplainRequest, Body(openapi_examples=_EXAMPLES)],
) -> Response:
    """The same as GET, for texts of any length, and with gates held on request.

    With `holds` the text is run twice, and `held` is the second run, token by token beside the
    first: what the held gates did to the verdict, to the running verdict and to every later gate.
    """
    return await _explain(inference, body, asked_in="body")


async def _explain(inference: Inference, question: ExplainRequest, *, asked_in: Source) -> Response:
    place = partial(field_place, asked_in=asked_in)

    def explain() -> Response:
        encoding = inference.read([question.text], [place("text")])[0]
        if question.units is not None:
            runs = 2 if question.holds else 1
            _check_values(inference, question.units, place("units"), tokens=len(encoding) * runs)
        if question.effects:
            _check_effects(inference, place("effects"), tokens=len(encoding))
        if question.faithfulness:
            _check_faithfulness(inference, place("faithfulness"), tokens=len(encoding))
        answered = _answer(inference, question, encoding)
        inference.metrics.count_verdict(answered.plain.prediction)
        content = explanation_json(
            answered,
            inference.predictor.artifact,
            model=inference.model,
            units=question.units,
            convention=question.convention,
        )
        return export(content, question.format)

    return await inference.run(
        "explain",
        explain,
        texts=[question.text],
        # So many that a held run is heavy, as credit is: it keeps a thread several times as long.
        passes=1
        + bool(question.holds) * HELD_PASSES
        + (question.credit + question.faithfulness) * CREDIT_PASSES,
        runs_of_own=question.effects + question.faithfulness,
    )


def _answer(inference: Inference, question: ExplainRequest, encoding: Encoding) -> Answered:
    predictor = inference.predictor
    holds = read_holds(
        question.holds,
        tokens=len(encoding),
        convention=question.convention,
        statistics=predictor.artifact.gates,
    )
    plain = predictor.explain_encoded(encoding)
    return Answered(
        plain=plain,
        effects=predictor.gate_effects(plain) if question.effects else None,
        credit=predictor.credits(plain) if question.credit else None,
        faithfulness=measure_faithfulness(predictor, plain) if question.faithfulness else None,
        held=predictor.explain_encoded(encoding, holds=holds) if holds else None,
    )


def _check_values(
    inference: Inference, units: Selection, place: dict[str, str], *, tokens: int
) -> None:
    """Refuse unknown units, and more numbers than one answer may hold."""
    count = check_units(units, inference.predictor.hidden_size, place)
    values, limit = tokens * count * UNIT_ARRAYS, inference.settings.max_unit_values
    if values > limit:
        detail = (
            f"{count:,} units of {tokens:,} tokens in {UNIT_ARRAYS} arrays are {values:,} numbers; "
            f"the limit is {limit:,}. Ask for fewer units."
        )
        raise invalid_request([ErrorItem(detail=detail, **place)])


def _check_effects(inference: Inference, place: dict[str, str], *, tokens: int) -> None:
    limit = inference.settings.max_effect_tokens
    if tokens > limit:
        detail = (
            f"The text has {tokens:,} tokens; effects are answered for up to {limit:,}, since "
            "every token takes runs of its own. Leave `effects` out, hold gates where it matters "
            "with `holds`, or ask about a part of the text."
        )
        raise invalid_request([ErrorItem(detail=detail, **place)])


def _check_faithfulness(inference: Inference, place: dict[str, str], *, tokens: int) -> None:
    limit = inference.settings.max_faithfulness_tokens
    if tokens > limit:
        detail = (
            f"The text has {tokens:,} tokens; faithfulness is measured up to {limit:,}, because "
            "its time grows with their square. Leave it out, or send a part of the text."
        )
        raise invalid_request([ErrorItem(detail=detail, **place)])
