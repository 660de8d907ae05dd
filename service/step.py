"""GET and POST /explain/step: one step of the recurrence, worked out."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request

from models.errors import InvalidStepError
from models.step import DECIMALS, UnitStep, worked_step
from models.tokenizer import Encoding
from service.examples import EXAMPLES
from service.inference import Inference, InferenceDependency
from service.json_body import JSONRoute
from service.notation import NOTATIONS, in_convention
from service.problems import ErrorItem, inference_responses, invalid_request
from service.queries import Source, field_place, refuse_repeated
from service.schemas import Convention
from service.step_schemas import StepAnswer, StepQuery, StepRequest, StepToken, UnitStepReport
from service.units import check_units, select_units

router = APIRouter(tags=["model"], route_class=JSONRoute)

_DOCUMENTATION: dict[str, Any] = {
    "summary": "Work out one step, unit by unit",
    "response_description": "For each unit, the parts of every gate with both biases apart, the "
    "gates, the candidate and the new state.",
}
_EXAMPLES: dict[str, Any] = {
    "step": {
        "summary": "Token 34 at two units",
        "value": {"text": EXAMPLES[0].text, "step": 34, "units": "0,9"},
    },
    "course": {
        "summary": "The same, with the update gate as u = 1 − z",
        "value": {
            "text": EXAMPLES[0].text,
            "step": 34,
            "units": [0, 9],
            "convention": "course",
        },
    },
}


@router.get("/explain/step", responses=inference_responses(), **_DOCUMENTATION)
async def step_by_url(
    inference: InferenceDependency, request: Request, query: Annotated[StepQuery, Query()]
) -> StepAnswer:
    """A calculation to redo by hand: each line follows from the numbers printed above it."""
    refuse_repeated(request)
    question = StepRequest.model_validate(query.model_dump())
    return await _work(inference, question, asked_in="query")


@router.post("/explain/step", responses=inference_responses(413), **_DOCUMENTATION)
async def step_by_body(
    inference: InferenceDependency,
    body: Annotated[StepRequest, Body(openapi_examples=_EXAMPLES)],
) -> StepAnswer:
    """The same as GET, for texts of any length."""
    return await _work(inference, body, asked_in="body")


async def _work(inference: Inference, question: StepRequest, *, asked_in: Source) -> StepAnswer:
    place = partial(field_place, asked_in=asked_in)

    def work() -> StepAnswer:
        encoding = inference.read([question.text], [place("text")])[0]
        check_units(question.units, inference.predictor.hidden_size, place("units"))
        try:
            units = _units(inference, question, encoding)
        except InvalidStepError as error:
            raise invalid_request([ErrorItem(detail=str(error), **place("step"))]) from error
        return StepAnswer(
            text=encoding.text,
            step=question.step,
            tokens=len(encoding),
            token=_token(encoding, question.step),
            convention=question.convention,
            notation=NOTATIONS[question.convention],
            decimals=DECIMALS,
            units=[_report(unit, question.convention) for unit in units],
            model=inference.model,
        )

    return await inference.run("step", work, texts=[question.text])


def _units(inference: Inference, question: StepRequest, encoding: Encoding) -> list[UnitStep]:
    predictor = inference.predictor
    weights = predictor.artifact.weights
    trace = predictor.explain_encoded(encoding).trace
    chosen = select_units(question.units, trace.hidden[-1], weights.head_weight)
    return worked_step(weights, trace, encoding.ids, step=question.step, units=chosen)


def _token(encoding: Encoding, step: int) -> StepToken:
    return StepToken(
        text=encoding.word(step),
        start=int(encoding.starts[step]),
        end=int(encoding.ends[step]),
        known=bool(encoding.known[step]),
    )


def _report(unit: UnitStep, convention: Convention) -> UnitStepReport:
    report = UnitStepReport.model_validate(unit)
    report.update.value = float(in_convention(unit.update.value, convention))
    return report
