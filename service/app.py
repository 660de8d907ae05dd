"""The application, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Request
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response

from models import Predictor
from service import admin, diff, explain, operations, predict, step, unit_profiles
from service.access import Access
from service.crew import Crew
from service.draining import drain_on_signals
from service.host import Host
from service.keys import KeyFile, RequireKey
from service.limits import RequestLimits
from service.problems import PROBLEM_JSON, install_problem_handlers
from service.queue import ClientGoneError
from service.settings import Settings
from service.site import site_router

_DESCRIPTION = """
Sentiment of movie reviews, by a GRU whose every gate can be read. One forward pass gives the
verdict and its explanation; texts are read whole or refused, never cut. Every error is
`application/problem+json` (RFC 9457).
"""
# Level 9, the default, takes twice as long and gains 5 % on an explanation.
_GZIP_LEVEL = 5
# Nobody will read it; logs and metrics tell by it, as nginx's do, that the client hung up.
_CLIENT_GONE = 499


class MissingExtraError(Exception):
    """A setting asks for something that is not installed."""


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


def create_app(
    settings: Settings, *, predictor: Predictor | None = None, crew: Crew | None = None
) -> FastAPI:
    """Load the model and build the application around it.

    A `predictor` that is already loaded is used instead of `settings.model`; `crew` is how the
    application knows of other processes beside it. Raises `ArtifactError`, whose message says what
    is wrong with the model directory, `OSError` for a file of keys that cannot be read, or
    `MissingExtraError`.
    """
    host = Host(settings, predictor=predictor, crew=crew)
    app = GatewiseAPI(
        title="Gatewise",
        version=version("gatewise"),
        description=_DESCRIPTION,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        middleware=_middleware(host),
    )
    app.state.host = host
    app.state.admin_keys = settings.admin_keys_file and KeyFile(settings.admin_keys_file)
    install_problem_handlers(app)
    app.add_exception_handler(ClientGoneError, _answer_nobody)
    for part in (predict, explain, step, diff, unit_profiles, operations, admin):
        app.include_router(part.router)
    app.include_router(site_router(app.title))
    return app


def _middleware(host: Host) -> list[Middleware]:
    """List what every request passes, from the outside in."""
    settings = host.settings
    layers = [Middleware(Access, host=host)]
    if settings.telemetry:
        layers.append(_tracing())
    if settings.cors_origins:
        layers.append(
            Middleware(
                CORSMiddleware,
                allow_origins=settings.cors_origins.split(),
                allow_methods=["GET", "POST"],
                allow_headers=["*"],
                expose_headers=["x-request-id", "retry-after"],
            )
        )
    layers.append(Middleware(GZipMiddleware, compresslevel=_GZIP_LEVEL))
    if settings.api_keys_file:
        layers.append(Middleware(RequireKey, keys=KeyFile(settings.api_keys_file)))
    limits = settings.model_dump(include={"max_url_bytes", "max_body_bytes", "read_seconds"})
    return [*layers, Middleware(RequestLimits, **limits)]


def _tracing() -> Middleware:
    """Import OpenTelemetry only here: it is an extra, and takes a while."""
    try:
        from service.telemetry import Tracing, exporting_provider  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError(
            "GATEWISE_TELEMETRY is set, but OpenTelemetry is not installed. Install "
            "gatewise[telemetry], or unset it."
        ) from error
    return Middleware(Tracing, provider=exporting_provider())


async def _answer_nobody(request: Request, _: Exception) -> Response:
    request.app.state.host.metrics.refused.labels("gone").inc()
    return Response(status_code=_CLIENT_GONE)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Warm up beside the first requests; on a signal, finish what was accepted."""
    host: Host = app.state.host
    host.start()
    with drain_on_signals(host):
        yield
    await host.stop()
