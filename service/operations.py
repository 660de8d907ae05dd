"""What operators and monitors ask: liveness, readiness, the model and its limits, metrics."""

from typing import get_args

from fastapi import APIRouter
from starlette.responses import Response

from service.examples import EXAMPLES
from service.explain_schemas import MAX_HOLDS
from service.inference import InferenceDependency
from service.metrics import METRICS_TYPE
from service.problems import ProblemError, error_responses
from service.schemas import (
    Convention,
    Defaults,
    ExampleAnswer,
    InfoAnswer,
    Label,
    Limits,
    Sizes,
    StatusAnswer,
)
from service.units import TOP_UNITS

router = APIRouter(tags=["operations"])


@router.get("/health", summary="Is the process alive?", responses=error_responses())
async def health() -> StatusAnswer:
    """Answers as long as the event loop runs; says nothing about the model."""
    return StatusAnswer(status="ok")


@router.get("/ready", summary="Can it answer?", responses=error_responses(503))
async def ready(inference: InferenceDependency) -> StatusAnswer:
    """Answers 503 until the model is warm, if a worker died, and while shutting down."""
    if reason := inference.host.unready:
        detail = f"{reason} Ask again in a second."
        raise ProblemError(503, "not-ready", detail, headers={"retry-after": "1"})
    return StatusAnswer(status="ready")


@router.get("/info", summary="Which model, and what may be asked", responses=error_responses())
async def info(inference: InferenceDependency) -> InfoAnswer:
    """Name the model, its sizes and validation figures, and the limits of one request."""
    artifact, settings = inference.predictor.artifact, inference.settings
    sizes = artifact.weights.config
    return InfoAnswer(
        model=inference.model,
        labels=list(get_args(Label)),
        sizes=Sizes(
            vocabulary=sizes.vocab_size, embedding=sizes.embedding_size, hidden=sizes.hidden_size
        ),
        metrics=dict(artifact.metrics),
        limits=Limits(max_holds=MAX_HOLDS, **settings.model_dump(include=set(Limits.model_fields))),
        conventions=list(get_args(Convention)),
        defaults=Defaults(convention="pytorch", top_units=TOP_UNITS),
    )


@router.get("/examples", summary="Reviews to try", responses=error_responses())
async def examples() -> list[ExampleAnswer]:
    """List the reviews that the page offers."""
    return [ExampleAnswer(title=example.title, text=example.text) for example in EXAMPLES]


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
        **error_responses(),
    },
)
async def metrics(inference: InferenceDependency) -> Response:
    """Write all metrics in Prometheus' text format."""
    return Response(inference.metrics.render(), media_type=METRICS_TYPE)
