"""Endpoints for operators and monitoring: liveness, readiness, models and limits, metrics."""

from typing import Any, get_args

from fastapi import APIRouter, Depends
from starlette.responses import Response

from gatewise.service.api.examples import EXAMPLES
from gatewise.service.api.explanation.selected_units import TOP_UNITS
from gatewise.service.api.inference import InferenceDependency
from gatewise.service.api.schemas.common import Convention, Label
from gatewise.service.api.schemas.explain import MAX_INTERVENTIONS
from gatewise.service.api.schemas.health import (
    Defaults,
    ExampleResponse,
    InfoResponse,
    Limits,
    SharedModelInfo,
    Sizes,
    StatusResponse,
)
from gatewise.service.api.schemas.sweep import MAX_SWEEP_VALUES
from gatewise.service.engine.metrics import METRICS_TYPE
from gatewise.service.engine.served_model import ServedModel
from gatewise.service.http.fields import refuse_parameters
from gatewise.service.http.problems import ProblemError, error_responses

# A misspelt parameter is refused here, too, not ignored.
router = APIRouter(tags=["operations"], dependencies=[Depends(refuse_parameters)])


@router.get("/health", summary="Whether the process is alive", responses=error_responses(422))
async def health() -> StatusResponse:
    """The status is 200 while the event loop runs, whatever the state of the model."""
    return StatusResponse(status="ok")


@router.get("/ready", summary="Whether requests can be served", responses=error_responses(422, 503))
async def ready(inference: InferenceDependency) -> StatusResponse:
    """The status is 503 until the model is warm, after a worker died, and during shutdown."""
    if reason := inference.model_host.unready:
        detail = f"{reason} Retry after 1 s."
        raise ProblemError(503, "not-ready", detail, headers={"retry-after": "1"})
    return StatusResponse(status="ready")


@router.get(
    "/info", summary="The models and the limits of requests", responses=error_responses(422)
)
async def info(inference: InferenceDependency) -> InfoResponse:
    """Name, sizes and validation metrics of the models, and the limits of one request."""
    host, settings = inference.model_host, inference.settings
    return InfoResponse(
        **_description(host.default),
        models=[
            SharedModelInfo(
                **_description(model),
                traffic=host.traffic.shares[model.id],
                shadow=host.shadow is not None and host.shadow.model is model,
            )
            for model in host.models.values()
        ],
        labels=list(get_args(Label)),
        limits=Limits(
            max_interventions=MAX_INTERVENTIONS,
            max_sweep_values=MAX_SWEEP_VALUES,
            **settings.model_dump(include=set(Limits.model_fields)),
        ),
        conventions=list(get_args(Convention)),
        defaults=Defaults(convention="pytorch", top_units=TOP_UNITS),
    )


def _description(model: ServedModel) -> dict[str, Any]:
    """Return the fields of a `ServedModelInfo`."""
    artifact = model.predictor.artifact
    sizes = artifact.weights.config
    return {
        "model": model.name,
        "sizes": Sizes(
            vocabulary=sizes.vocab_size, embedding=sizes.embedding_size, hidden=sizes.hidden_size
        ),
        "precision": model.predictor.precision,
        "metrics": dict(artifact.metrics),
    }


@router.get("/examples", summary="Example reviews", responses=error_responses(422))
async def examples() -> list[ExampleResponse]:
    """The reviews that the page offers."""
    return [ExampleResponse(title=example.title, text=example.text) for example in EXAMPLES]


@router.get(
    "/metrics",
    summary="Metrics for Prometheus",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
        **error_responses(422),
    },
)
async def metrics(inference: InferenceDependency) -> Response:
    """All metrics in Prometheus' text format."""
    return Response(inference.model_host.metrics.render(), media_type=METRICS_TYPE)
