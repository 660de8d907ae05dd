"""The application: routes, middleware, error handlers, and the model they share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from gatewise.models import Predictor
from gatewise.models.errors import GatewiseError
from gatewise.models.extras import install_command
from gatewise.service.api import (
    admin,
    diff,
    explain,
    health,
    open_inference,
    predict,
    step,
    sweep,
    unit_profiles,
)
from gatewise.service.engine.draining import drain_on_signals
from gatewise.service.engine.model_host import ModelHost
from gatewise.service.engine.worker_group import WorkerGroup
from gatewise.service.http.auth import (
    ADMIN_PREFIX,
    SECURITY_SCHEMES,
    KeyFile,
    RequireKey,
    is_public,
)
from gatewise.service.http.content_coding import AcceptedGZip, DecodedBody
from gatewise.service.http.limits import RequestLimits
from gatewise.service.http.problems import PROBLEM_JSON, install_problem_handlers, is_open_inference
from gatewise.service.http.request_forms import HeadAsGet, OriginForm
from gatewise.service.http.request_log import RequestLog
from gatewise.service.http.static import static_router
from gatewise.service.settings import Settings

_DESCRIPTION = """
Sentiment of movie reviews, predicted by a GRU whose gates can be inspected. One forward pass
computes both the prediction and its explanation. Texts are processed completely or refused, never
truncated. Every error is `application/problem+json` (RFC 9457).
"""
# The default level 9 takes twice as long and makes an explanation only 5 % smaller.
_GZIP_LEVEL = 5


class MissingExtraError(GatewiseError):
    """A setting needs a package that is not installed."""


class GatewiseAPI(FastAPI):
    """FastAPI with problems and keys in its OpenAPI document."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document.

        Every error in it is `application/problem+json`, and the operations that need a key say so.
        """
        if self.openapi_schema:
            return self.openapi_schema
        document = super().openapi()
        document["components"]["securitySchemes"] = SECURITY_SCHEMES
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                if is_open_inference(path):
                    operation["responses"].pop("422")  # the status there is 400
                else:
                    _describe_problems(operation["responses"])
                needs_key = path.startswith(ADMIN_PREFIX) or (
                    self.state.keys_required and not is_public(method.upper(), path)
                )
                if needs_key:
                    operation["security"] = [{name: []} for name in SECURITY_SCHEMES]
        return document


def _describe_problems(responses: dict[str, Any]) -> None:
    for status, response in responses.items():
        content = response.get("content", {})
        if int(status) >= HTTPStatus.BAD_REQUEST and "application/json" in content:
            content[PROBLEM_JSON] = content.pop("application/json")


def create_app(
    settings: Settings, *, predictor: Predictor | None = None, group: WorkerGroup | None = None
) -> FastAPI:
    """Load the model and create the application.

    Args:
        settings: The settings of the service.
        predictor: A model that is loaded already; it is used instead of `settings.model`.
        group: The worker processes that this one belongs to, if there are several.

    Raises:
        ArtifactError: The model cannot be loaded.
        OSError: A file of keys cannot be read.
        MissingExtraError: A setting needs a package that is not installed.
    """
    model_host = ModelHost(settings, predictor=predictor, group=group)
    app = GatewiseAPI(
        title="Gatewise",
        version=version("gatewise"),
        description=_DESCRIPTION,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        middleware=_middleware(model_host),
    )
    app.state.model_host = model_host
    app.state.keys_required = settings.api_keys_file is not None
    app.state.admin_keys = settings.admin_keys_file and KeyFile(settings.admin_keys_file)
    install_problem_handlers(app)
    # First, so that GET is the first route of `/` and of `Allow` there.
    app.include_router(static_router(app.title))
    for module in (
        predict,
        explain,
        step,
        sweep,
        diff,
        unit_profiles,
        open_inference,
        health,
        admin,
    ):
        app.include_router(module.router)
    return app


def _middleware(model_host: ModelHost) -> list[Middleware]:
    """Return the middleware, outermost first."""
    settings = model_host.settings
    layers = [Middleware(OriginForm), Middleware(RequestLog, model_host=model_host)]
    if settings.telemetry:
        layers.append(_tracing())
    if settings.cors_origins:
        layers.append(
            Middleware(
                CORSMiddleware,
                allow_origins=settings.cors_origins.split(),
                allow_methods=["GET", "HEAD", "POST"],
                allow_headers=["*"],
                expose_headers=["x-request-id", "retry-after"],
            )
        )
    layers += [Middleware(HeadAsGet), Middleware(AcceptedGZip, compresslevel=_GZIP_LEVEL)]
    if settings.api_keys_file:
        layers.append(Middleware(RequireKey, keys=KeyFile(settings.api_keys_file)))
    limits = settings.model_dump(include={"max_url_bytes", "max_body_bytes", "read_seconds"})
    decoded = Middleware(DecodedBody, max_body_bytes=settings.max_body_bytes)
    return [*layers, Middleware(RequestLimits, **limits), decoded]


def _tracing() -> Middleware:
    """Return the middleware for OpenTelemetry, which is an optional package and slow to import."""
    try:
        from gatewise.service.http.telemetry import Tracing, exporting_provider  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError(
            "GATEWISE_TELEMETRY is set, but OpenTelemetry is not installed. Unset it, or run: "
            f"{install_command('telemetry')}"
        ) from error
    return Middleware(Tracing, provider=exporting_provider())


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Warm up while the first requests are served; on a signal, finish accepted requests."""
    model_host: ModelHost = app.state.model_host
    model_host.start()
    with drain_on_signals(model_host):
        yield
    await model_host.stop()
