"""What an operator may command, with a key of `GATEWISE_ADMIN_KEYS_FILE`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from models.errors import ArtifactError
from service.inference import InferenceDependency
from service.keys import KeyFile, refuse_without
from service.problems import ProblemError, error_responses
from service.schemas import ModelName

router = APIRouter(prefix="/admin", tags=["operations"])


class ReloadAnswer(BaseModel):
    """What is served now, and what was before."""

    model: ModelName
    previous: ModelName = Field(description="The model that was served until now.")


async def _operator(request: Request) -> None:
    keys: KeyFile | None = request.app.state.admin_keys
    if keys is None:
        raise ProblemError(
            403, "no-admin-keys", "Nobody may ask this: GATEWISE_ADMIN_KEYS_FILE is not set."
        )
    refuse_without(keys, request.headers)


@router.post(
    "/reload", summary="Load the model directory anew", responses=error_responses(403, 409)
)
async def reload(
    inference: InferenceDependency, _: Annotated[None, Depends(_operator)]
) -> ReloadAnswer:
    """Serve what is in the model directory now, if it is whole and gives its own stored answer.

    Until then, and if it does not (409), the old model serves on; a request keeps the model it
    began with. Other worker processes follow within a second.
    """
    try:
        model = await inference.host.reload()
    except (ArtifactError, OSError) as error:
        detail = f"{error} The old model serves on."
        raise ProblemError(409, "model-refused", detail) from error
    inference.host.announce()
    return ReloadAnswer(model=model, previous=inference.model)
