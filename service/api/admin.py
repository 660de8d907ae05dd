"""Endpoints for administrators, who have a key of `GATEWISE_ADMIN_KEYS_FILE`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from gatewise.models.errors import ArtifactError
from gatewise.service.api.inference import InferenceDependency
from gatewise.service.api.schemas.health import ReloadQuery, ReloadResponse
from gatewise.service.http.auth import KeyFile, require_key
from gatewise.service.http.fields import refuse_repeated_parameters
from gatewise.service.http.problems import ProblemError, error_responses

router = APIRouter(prefix="/admin", tags=["operations"])


async def _check_request(request: Request) -> None:
    keys: KeyFile | None = request.app.state.admin_keys
    if keys is None:
        raise ProblemError(
            403, "no-admin-keys", "Access is disabled: GATEWISE_ADMIN_KEYS_FILE is not set."
        )
    require_key(keys, request.headers)
    refuse_repeated_parameters(request)


@router.post("/reload", summary="Load the model again", responses=error_responses(403, 409, 422))
async def reload(
    inference: InferenceDependency,
    _: Annotated[None, Depends(_check_request)],
    query: Annotated[ReloadQuery, Query()],
) -> ReloadResponse:
    """Serve the current content of the model directory, after it was loaded and checked.

    If it is incomplete or fails its self-check (409), the model that is served stays in service.
    Requests that are being processed finish with the model that they began with. Other worker
    processes follow within a second.
    """
    inference.select(query.model, source="query")
    host, previous = inference.model_host, inference.model
    served = host.find(previous.id)
    try:
        model = await host.reload(served)
    except (ArtifactError, OSError) as error:
        detail = f"{error} The current model stays in service."
        raise ProblemError(409, "model-refused", detail) from error
    host.announce_reload(served)
    return ReloadResponse(model=model, previous=previous)
