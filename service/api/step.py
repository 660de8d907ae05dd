"""GET and POST /explain/step: one step of the recurrence as a calculation."""

from typing import Any

from fastapi import APIRouter

from gatewise.models.errors import InvalidStepError
from gatewise.models.explain.worked_step import DECIMALS, UnitStep, worked_step
from gatewise.models.tokenizer import Encoding
from gatewise.service.api.examples import EXAMPLES
from gatewise.service.api.explanation.notation import NOTATIONS, in_convention
from gatewise.service.api.explanation.selected_units import check_units, select_units
from gatewise.service.api.inference import Inference
from gatewise.service.api.methods import get_and_post
from gatewise.service.api.schemas.common import Convention
from gatewise.service.api.schemas.step import (
    StepBody,
    StepQuery,
    StepResponse,
    StepToken,
    UnitCalculation,
)
from gatewise.service.engine.batch import Check
from gatewise.service.http.fields import Source, field_location
from gatewise.service.http.json_body import JSONRoute
from gatewise.service.http.problems import ErrorItem, invalid_request

router = APIRouter(tags=["model"], route_class=JSONRoute)

_EXAMPLES: dict[str, Any] = {
    "step": {
        "summary": "Token 34 at two units",
        "value": {"text": EXAMPLES[0].text, "step": 34, "units": "0,9"},
    },
    "chung2014": {
        "summary": "The same, with the update gate as u = 1 − z",
        "value": {
            "text": EXAMPLES[0].text,
            "step": 34,
            "units": [0, 9],
            "convention": "chung2014",
        },
    },
}


@get_and_post(
    router,
    "/explain/step",
    query=StepQuery,
    body=StepBody,
    examples=_EXAMPLES,
    summary="Show the calculation of one step, unit by unit",
    body_description="The same as GET, for texts of any length.",
    response_model=StepResponse,
    response_description="For each unit, the terms of every gate with both biases separately, "
    "the gates, the candidate and the new state.",
)
async def step(inference: Inference, request: StepQuery | StepBody, source: Source) -> StepResponse:
    """Every line of the calculation follows from the numbers above it and can be verified by hand.

    Send long reviews by POST.
    """
    (encoding,) = await inference.encode([request.text], [field_location("text", source)])
    hidden_size = inference.predictor.hidden_size
    check_units(request.units, hidden_size, field_location("units", source))

    def calculate(_: Check) -> StepResponse:
        try:
            steps = _unit_steps(inference, request, encoding)
        except InvalidStepError as error:
            item = ErrorItem(detail=str(error), **field_location("step", source))
            raise invalid_request([item]) from error
        return StepResponse(
            text=encoding.text,
            step=request.step,
            tokens=len(encoding),
            token=_token(encoding, request.step),
            convention=request.convention,
            notation=NOTATIONS[request.convention],
            decimals=DECIMALS,
            units=[_calculation(step, request.convention) for step in steps],
            model=inference.model,
        )

    return await inference.run("step", calculate, encodings=[encoding])


def _unit_steps(
    inference: Inference, request: StepQuery | StepBody, encoding: Encoding
) -> list[UnitStep]:
    predictor = inference.predictor
    weights = predictor.artifact.weights
    trace = predictor.explain_encoded(encoding).trace
    units = select_units(request.units, trace.hidden[-1], weights.head_weight)
    return worked_step(weights, trace, encoding.ids, step=request.step, units=units)


def _token(encoding: Encoding, step: int) -> StepToken:
    return StepToken(
        text=encoding.word(step),
        start=int(encoding.starts[step]),
        end=int(encoding.ends[step]),
        known=bool(encoding.known[step]),
    )


def _calculation(step: UnitStep, convention: Convention) -> UnitCalculation:
    calculation = UnitCalculation.model_validate(step)
    calculation.update.value = float(in_convention(step.update.value, convention))
    return calculation
