"""POST /predict: the verdict on one review or on a list of them."""

from typing import Annotated, Any

from fastapi import APIRouter, Body

from models.predictor import Prediction
from service.examples import EXAMPLES
from service.inference import Inference, InferenceDependency
from service.json_body import JSONRoute
from service.problems import ErrorItem, inference_responses, invalid_request
from service.schemas import InputsRequest, LabelScore, PredictAnswer, PredictRequest, verdict_fields

router = APIRouter(tags=["model"], route_class=JSONRoute)

_EXAMPLES: dict[str, Any] = {
    "one": {"summary": EXAMPLES[0].title, "value": {"text": EXAMPLES[0].text}},
    "list": {"summary": "Several reviews", "value": {"text": [e.text for e in EXAMPLES]}},
    "hugging-face": {
        "summary": "As Hugging Face clients ask",
        "value": {"inputs": EXAMPLES[0].text, "parameters": {"top_k": 2}},
    },
}


@router.post(
    "/predict",
    summary="Judge a review, or a list of reviews",
    response_description="For `text`: the verdict, or a list of verdicts in the order given. "
    "For `inputs`: for each review, the labels with their probabilities, best first.",
    responses=inference_responses(413),
)
async def predict(
    inference: InferenceDependency,
    body: Annotated[PredictRequest, Body(openapi_examples=_EXAMPLES)],
) -> PredictAnswer | list[PredictAnswer] | list[list[LabelScore]]:
    """Every text is read whole or refused: nothing is cut.

    One unreadable text refuses the whole list, and the answer names each such text.
    """
    if isinstance(body, InputsRequest):
        top_k = body.parameters.top_k if body.parameters else None
        verdicts = await _judge(inference, body.inputs, field="inputs")
        return [_ranked(verdict)[:top_k] for verdict in verdicts]
    answers = [
        PredictAnswer(tokens=verdict.tokens, **verdict_fields(verdict, inference.model))
        for verdict in await _judge(inference, body.text, field="text")
    ]
    return answers if isinstance(body.text, list) else answers[0]


async def _judge(inference: Inference, given: str | list[str], *, field: str) -> list[Prediction]:
    texts = [given] if isinstance(given, str) else given
    limit = inference.settings.max_texts
    if len(texts) > limit:
        detail = f"The list has {len(texts):,} texts; the limit is {limit:,}. Send them in parts."
        raise invalid_request([ErrorItem(detail=detail, pointer=f"#/{field}")])
    places = [
        {"pointer": f"#/{field}" if isinstance(given, str) else f"#/{field}/{index}"}
        for index in range(len(texts))
    ]
    verdicts = await inference.judge(texts, places)
    for verdict in verdicts:
        inference.metrics.count_verdict(verdict)
    return verdicts


def _ranked(verdict: Prediction) -> list[LabelScore]:
    scores = [
        LabelScore(label=label, score=score) for label, score in verdict.probabilities.items()
    ]
    return sorted(scores, key=lambda item: item.score, reverse=True)
