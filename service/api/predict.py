"""POST /predict: the sentiment of one review or of a list of reviews."""

from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Body

from gatewise.models.prediction import Prediction
from gatewise.service.api.examples import EXAMPLES
from gatewise.service.api.inference import Inference, InferenceDependency
from gatewise.service.api.schemas.common import prediction_fields
from gatewise.service.api.schemas.predict import (
    InputsRequest,
    LabelScore,
    PredictRequest,
    PredictResponse,
    TextRequest,
)
from gatewise.service.http.json_body import JSONRoute
from gatewise.service.http.problems import inference_responses

router = APIRouter(tags=["model"], route_class=JSONRoute)

_EXAMPLES: dict[str, Any] = {
    "one": {"summary": EXAMPLES[0].title, "value": {"text": EXAMPLES[0].text}},
    "list": {"summary": "Several reviews", "value": {"text": [e.text for e in EXAMPLES]}},
    "hugging-face": {
        "summary": "In the format of Hugging Face clients",
        "value": {"inputs": EXAMPLES[0].text, "parameters": {"top_k": 2}},
    },
}


@router.post(
    "/predict",
    summary="Classify a review, or a list of reviews",
    response_description="For `text`: a prediction, or a list of predictions in the same order. "
    "For `inputs`: for each review, the labels with their probabilities, best first.",
    responses=inference_responses(413, 415),
)
async def predict(
    inference: InferenceDependency,
    body: Annotated[PredictRequest, Body(openapi_examples=_EXAMPLES)],
    tasks: BackgroundTasks,
) -> PredictResponse | list[PredictResponse] | list[list[LabelScore]]:
    """Every text is processed completely or refused; none is truncated.

    If a text of a list is invalid, the whole list is refused, and the response lists each invalid
    text.
    """
    if isinstance(body, InputsRequest):
        labels = body.parameters.labels if body.parameters else None
        predictions = await _predict(inference, body, body.inputs, tasks, field="inputs")
        return [_ranked(prediction)[:labels] for prediction in predictions]
    predictions = await _predict(inference, body, body.text, tasks, field="text")
    responses = [
        PredictResponse(tokens=prediction.tokens, **prediction_fields(prediction, inference.model))
        for prediction in predictions
    ]
    return responses if isinstance(body.text, list) else responses[0]


@router.post(
    "/",
    summary="The same as /predict",
    response_description="As for /predict.",
    responses=inference_responses(413, 415),
)
async def predict_at_root(
    inference: InferenceDependency,
    body: Annotated[PredictRequest, Body(openapi_examples=_EXAMPLES)],
    tasks: BackgroundTasks,
) -> PredictResponse | list[PredictResponse] | list[list[LabelScore]]:
    """Clients of Hugging Face's inference endpoints send their requests to the base URL."""
    return await predict(inference, body, tasks)


async def _predict(
    inference: Inference,
    body: TextRequest | InputsRequest,
    value: str | list[str],
    tasks: BackgroundTasks,
    *,
    field: str,
) -> list[Prediction]:
    texts = [value] if isinstance(value, str) else value
    inference.select(body.model, source="body", text=texts[0])
    inference.check_count(texts, pointer=f"#/{field}")
    locations = [
        {"pointer": f"#/{field}" if isinstance(value, str) else f"#/{field}/{index}"}
        for index in range(len(texts))
    ]
    predictions = await inference.predict(await inference.encode(texts, locations))
    shadow = inference.model_host.shadow
    if shadow and shadow.model.id != inference.model.id:
        tasks.add_task(shadow.submit, texts, predictions)  # after the response was sent
    return predictions


def _ranked(prediction: Prediction) -> list[LabelScore]:
    scores = [
        LabelScore(label=label, score=score) for label, score in prediction.probabilities.items()
    ]
    return sorted(scores, key=lambda item: item.score, reverse=True)
