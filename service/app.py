"""The application, put together."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from models import Predictor
from service import diff, explain, operations, predict, step, unit_profiles
from service.access import Access
from service.examples import EXAMPLES
from service.inference import Inference
from service.limits import RequestLimits
from service.metrics import Metrics
from service.problems import PROBLEM_JSON, install_problem_handlers
from service.settings import Settings
from service.site import site_router

logger = logging.getLogger("gatewise")

_DESCRIPTION = """
Sentiment of movie reviews, by a GRU whose every gate can be read. One forward pass gives the
verdict and its explanation; texts are read whole or refused, never cut. Every error is
`application/problem+json` (RFC 9457).
"""
# Level 9, the default, takes twice as long and gains 5 % on an explanation.
_GZIP_LEVEL = 5


class GatewiseAPI(FastAPI):
    """FastAPI, but its OpenAPI document says that errors are problems."""

    def openapi(self) -> dict[str, Any]:
        """Answer FastAPI's document with the media type of every error put right."""
        document = super().openapi()
        for path in document["paths"].values():
            for operation in path.values():
                for status, response in operation["responses"].items():
                    content = response.get("content", {})
                    if int(status) >= HTTPStatus.BAD_REQUEST and "application/json" in content:
                        content[PROBLEM_JSON] = content.pop("application/json")
        return document


def create_app(settings: Settings, *, predictor: Predictor | None = None) -> FastAPI:
    """Load the model and build the application around it.

    A `predictor` that is already loaded is used instead of `settings.model`. Raises
    `ArtifactError`, whose message says what is wrong with the model directory.
    """
    predictor = predictor or Predictor.load(settings.model)
    artifact = predictor.artifact
    metrics = Metrics(model=artifact.name, version=artifact.version)
    app = GatewiseAPI(
        title="Gatewise",
        version=version("gatewise"),
        description=_DESCRIPTION,
        lifespan=_warm_up,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        middleware=[
            Middleware(Access, metrics=metrics),
            Middleware(GZipMiddleware, compresslevel=_GZIP_LEVEL),
            Middleware(
                RequestLimits,
                max_url_bytes=settings.max_url_bytes,
                max_body_bytes=settings.max_body_bytes,
            ),
        ],
    )
    app.state.inference = Inference(predictor, settings, metrics)
    install_problem_handlers(app)
    for part in (predict, explain, step, diff, unit_profiles, operations):
        app.include_router(part.router)
    app.include_router(site_router(app.title))
    return app


@asynccontextmanager
async def _warm_up(app: FastAPI) -> AsyncIterator[None]:
    """Run the model once beside the first requests; only then is the service ready."""
    inference: Inference = app.state.inference

    async def warm_up() -> None:
        try:
            await inference.run("warm-up", lambda: inference.predictor.explain(EXAMPLES[0].text))
        except Exception:
            logger.exception("warm-up failed, /ready stays 503")
            return
        inference.ready = True
        logger.info("ready", extra={"fields": {"model": inference.model.model_dump()}})

    task = asyncio.create_task(warm_up())
    yield
    await task
