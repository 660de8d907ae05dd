"""/v2: the Open Inference Protocol, which KServe, Triton and Seldon clients speak.

Only its HTTP form with JSON tensors: `InferRequest` has the texts as BYTES. Models are named by
their ids. Every error is the protocol's object with the member `error`, which `http.problems`
makes of any problem under /v2; an invalid request has the status 400.
"""

from collections.abc import Callable, Coroutine, Sequence
from importlib.metadata import version
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Request
from starlette.responses import Response

from gatewise.models import Prediction
from gatewise.service.api.examples import EXAMPLES
from gatewise.service.api.inference import Inference, InferenceDependency
from gatewise.service.api.schemas.open_inference import (
    Datatype,
    InferenceError,
    InferRequest,
    InferResponse,
    ModelMetadata,
    ModelReady,
    OutputTensor,
    ServerLive,
    ServerMetadata,
    ServerReady,
    TensorMetadata,
)
from gatewise.service.engine.errors import UnknownModelError
from gatewise.service.engine.served_model import ServedModel
from gatewise.service.http.fields import refuse_parameters
from gatewise.service.http.json_body import JSONRoute
from gatewise.service.http.problems import (
    OPEN_INFERENCE,
    ErrorItem,
    ProblemError,
    error_responses,
    invalid_request,
)

# Clients send it with tensors in binary form, after the JSON.
_BINARY_HEADER = "inference-header-content-length"


class _TensorRoute(JSONRoute):
    """A route that refuses tensors in binary form, an extension of the protocol, with advice."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler of `JSONRoute`."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            if _BINARY_HEADER in request.headers:
                detail = "Binary tensors are not supported. Send JSON: `binary_data=False`."
                raise ProblemError(400, "binary-tensors", detail)
            return await handler(request)

        return handle


router = APIRouter(
    prefix=OPEN_INFERENCE, tags=["open inference protocol"], route_class=_TensorRoute
)

_OUTPUTS: dict[str, tuple[Datatype, Callable[[Prediction], Any]]] = {
    "label": ("BYTES", lambda prediction: prediction.label),
    "score": ("FP64", lambda prediction: prediction.score),
    "probability_positive": ("FP64", lambda prediction: prediction.probabilities["positive"]),
    "undecided": ("BOOL", lambda prediction: prediction.undecided),
    "coverage": ("FP64", lambda prediction: prediction.coverage),
}
_EXAMPLES: dict[str, Any] = {
    "two": {
        "summary": "Two reviews",
        "value": {
            "inputs": [
                {
                    "name": "text",
                    "shape": [2],
                    "datatype": "BYTES",
                    "data": [example.text for example in EXAMPLES[:2]],
                }
            ]
        },
    }
}
_ModelName = Annotated[str, Path(description="Id of the model, as listed by `/info`.")]


def _responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return error_responses(422, *statuses, model=InferenceError)


def _find(inference: Inference, name: str) -> ServedModel:
    try:
        return inference.model_host.find(name)
    except UnknownModelError as error:
        raise ProblemError(404, "unknown-model", str(error)) from error


def _require_ready(reason: str | None) -> None:
    if reason:
        detail = f"{reason} Retry after 1 s."
        raise ProblemError(503, "not-ready", detail, headers={"retry-after": "1"})


@router.get(
    "",
    summary="The server",
    responses=_responses(),
    dependencies=[Depends(refuse_parameters)],
)
async def server_metadata() -> ServerMetadata:
    """Name and version of the server."""
    return ServerMetadata(name="gatewise", version=version("gatewise"), extensions=[])


@router.get(
    "/health/live",
    summary="Whether the process is alive",
    responses=_responses(),
    dependencies=[Depends(refuse_parameters)],
)
async def live() -> ServerLive:
    """The same as /health."""
    return ServerLive(live=True)


@router.get(
    "/health/ready",
    summary="Whether all models can be used",
    responses=_responses(503),
    dependencies=[Depends(refuse_parameters)],
)
async def ready(inference: InferenceDependency) -> ServerReady:
    """The same as /ready."""
    _require_ready(inference.model_host.unready)
    return ServerReady(ready=True)


@router.get(
    "/models/{name}",
    summary="A model and its tensors",
    responses=_responses(404),
    dependencies=[Depends(refuse_parameters)],
)
async def model_metadata(inference: InferenceDependency, name: _ModelName) -> ModelMetadata:
    """Name, version, inputs and outputs."""
    model = _find(inference, name)
    return ModelMetadata(
        name=model.id,
        versions=[model.name.version],
        platform="gatewise_gru",
        inputs=[TensorMetadata(name="text", datatype="BYTES", shape=[-1])],
        outputs=[
            TensorMetadata(name=output, datatype=datatype, shape=[-1])
            for output, (datatype, _) in _OUTPUTS.items()
        ],
    )


@router.get(
    "/models/{name}/ready",
    summary="Whether a model can be used",
    responses=_responses(404, 503),
    dependencies=[Depends(refuse_parameters)],
)
async def model_ready(inference: InferenceDependency, name: _ModelName) -> ModelReady:
    """The status is 503 until the model is warm, and during shutdown."""
    model = _find(inference, name)
    _require_ready(inference.model_host.unready if model.warm else "The model is warming up.")
    return ModelReady(name=model.id, ready=True)


@router.post(
    "/models/{name}/infer",
    summary="Classify reviews",
    response_model_exclude_none=True,
    responses=_responses(404, 413, 415, 429, 503, 504),
)
async def infer(
    inference: InferenceDependency,
    name: _ModelName,
    body: Annotated[InferRequest, Body(openapi_examples=_EXAMPLES)],
) -> InferResponse:
    """The same as /predict, with tensors. Every text is processed completely or refused."""
    inference.use(_find(inference, name))
    (tensor,) = body.inputs
    texts = tensor.texts
    _check_shape(tensor.shape, len(texts))
    inference.check_count(texts, pointer="#/inputs/0/data")
    locations = [{"pointer": f"#/inputs/0/data/{index}"} for index in range(len(texts))]
    predictions = await inference.predict(await inference.encode(texts, locations))
    names = [output.name for output in body.outputs] if body.outputs else list(_OUTPUTS)
    return InferResponse(
        model_name=inference.model.id,
        model_version=inference.model.version,
        id=body.id,
        outputs=[_output(output, predictions, tensor.shape) for output in names],
    )


def _check_shape(shape: Sequence[int], count: int) -> None:
    if list(shape) not in ([count], [count, 1]):
        detail = f"`data` has {count:,} texts, so the shape must be [{count}] or [{count}, 1]."
        raise invalid_request([ErrorItem(detail=detail, pointer="#/inputs/0/shape")])


def _output(name: str, predictions: Sequence[Prediction], shape: Sequence[int]) -> OutputTensor:
    datatype, value = _OUTPUTS[name]
    data = [value(prediction) for prediction in predictions]
    return OutputTensor(name=name, shape=list(shape), datatype=datatype, data=data)
