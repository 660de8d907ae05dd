"""Every error response: RFC 9457 problem details, `application/problem+json`.

Whatever fails is raised as an exception and becomes a `Problem` here, so that clients can rely on
one format. Messages never repeat what the client sent, except the names of fields.
"""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from gatewise.service.engine.errors import (
    ClientDisconnectedError,
    DeadlinePassedError,
    QueueFullError,
    ShuttingDownError,
)

PROBLEM_JSON = "application/problem+json"
MAX_ERRORS = 20
TYPE_PREFIX = "urn:gatewise:problem:"
# Paths of the Open Inference Protocol, whose errors have a format and statuses of their own.
OPEN_INFERENCE = "/v2"
# Names of fields and paths are repeated up to this length.
_MAX_NAME = 200
# Titles of RFC 9110, which `http` has only since Python 3.13.
_TITLES = {413: "Content Too Large", 414: "URI Too Long", 422: "Unprocessable Content"}
# No client receives this response; logs and metrics use the status as nginx does.
_CLIENT_CLOSED_REQUEST = 499

# Pydantic puts the tags of union members into error locations; clients did not send them.
UNION_TAGS = frozenset({"<text>", "<list>", "<texts>", "<inputs>", "<number>"})

_ADVICE = {
    "missing": "Required, but missing.",
    "extra_forbidden": "Unknown field. Remove it, or check its spelling.",
    "model_attributes_type": "Must be a JSON object.",
    "string_pattern_mismatch": "Must be `all`, `top`, `top:N`, or unit numbers such as `0,9,37`.",
    "too_short": "The list is empty. Send at least one.",
    "string_type": "Must be a string.",
    "string_unicode": "Has a lone surrogate, which is not a character. Send valid Unicode.",
}

# Every `type` that a response of each status may have, for the documentation of the API.
_TYPES = {
    400: "`invalid-json`, `invalid-encoding`, `invalid-url` or `invalid-http`",
    401: "`key-needed`",
    403: "`no-admin-keys`",
    404: "`unknown-unit`, `unknown-model` or `not-found`",
    408: "`body-too-slow` or `headers-too-slow`",
    409: "`model-refused`",
    413: "`body-too-large`",
    414: "`url-too-long`",
    415: "`unsupported-encoding`; `Accept-Encoding` has the one that is supported",
    422: "`invalid-request`; `errors` lists each invalid field",
    429: "`overloaded`; `Retry-After` is in seconds",
    500: "`internal-error`",
    503: "`shutting-down` or `not-ready`; `Retry-After` is in seconds",
    504: "`deadline-passed`",
}


class ErrorItem(BaseModel):
    """One invalid part of a request."""

    detail: str = Field(description="What is invalid, and what to send instead.")
    pointer: str | None = Field(
        None, description="Location in the body, as a JSON Pointer fragment: `#/text/3`."
    )
    parameter: str | None = Field(None, description="Name of the query or path parameter.")

    @property
    def location(self) -> str:
        """The location in plain words: `text/3`; empty for the whole body."""
        return self.parameter or (self.pointer or "#")[2:]


class Problem(BaseModel):
    """An error response (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "urn:gatewise:problem:invalid-request",
                "title": "Unprocessable Content",
                "status": 422,
                "detail": "text: The text is empty or blank. Pass at least one word.",
                "instance": "/predict",
                "errors": [
                    {
                        "detail": "The text is empty or blank. Pass at least one word.",
                        "pointer": "#/text",
                    }
                ],
            }
        }
    )

    type: str = Field(
        description="Identifies the kind of problem: `urn:gatewise:problem:` and a name that stays "
        "the same between versions."
    )
    title: str = Field(description="The HTTP status in words.")
    status: int = Field(ge=400, le=599, description="The HTTP status.")
    detail: str = Field(description="What is wrong and what to do.")
    instance: str | None = Field(None, description="The path of the request.")
    errors: list[ErrorItem] | None = Field(
        None, description="Each invalid part of the request, with its location."
    )


class ProblemError(HTTPException):
    """An error that becomes a problem response. Code of `http` and `api` may raise it anywhere.

    Attributes:
        kind: Last part of the `type` of the problem.
        errors: The invalid parts of the request.
    """

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        errors: Sequence[ErrorItem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Store what the response needs."""
        super().__init__(status, detail, headers)
        self.kind = kind
        self.errors = list(errors)

    def response(self, scope: Scope) -> Response:
        """Render the response to the request of `scope`.

        The JSON is ASCII, so that no character of it can fail to be encoded.
        """
        if is_open_inference(scope.get("path", "")):
            return self._open_inference_response()
        problem = Problem(
            type=TYPE_PREFIX + self.kind,
            title=_title(self.status_code),
            status=self.status_code,
            detail=self.detail,
            instance=scope.get("raw_path", b"")[:_MAX_NAME].decode("ascii") or None,
            errors=self.errors or None,
        )
        content = json.dumps(problem.model_dump(exclude_none=True))
        return Response(content, self.status_code, self.headers, media_type=PROBLEM_JSON)

    def _open_inference_response(self) -> Response:
        """Render the error of the Open Inference Protocol, where an invalid request is a 400."""
        invalid = self.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        status = HTTPStatus.BAD_REQUEST if invalid else self.status_code
        content = json.dumps({"error": self.detail})
        return Response(content, status, self.headers, media_type="application/json")


def is_open_inference(path: str) -> bool:
    """Return whether a path is one of the Open Inference Protocol."""
    return path == OPEN_INFERENCE or path.startswith(f"{OPEN_INFERENCE}/")


def invalid_request(errors: Sequence[ErrorItem]) -> ProblemError:
    """Return a 422 problem that lists the invalid parts of a request."""
    shown = list(errors[:MAX_ERRORS])
    first = shown[0]
    detail = f"{first.location}: {first.detail}" if first.location else first.detail
    if len(errors) > 1:
        detail += f" ({len(errors) - 1:,} more: see errors.)"
    if len(errors) > MAX_ERRORS:
        shown.append(ErrorItem(detail=f"{len(errors) - MAX_ERRORS:,} more like these, left out."))
    return ProblemError(422, "invalid-request", detail, errors=shown)


def json_pointer(path: Sequence[str | int]) -> str:
    """Return the JSON Pointer fragment (RFC 6901) of keys and indices; long keys are cut."""
    steps = (str(step)[:_MAX_NAME].replace("~", "~0").replace("/", "~1") for step in path)
    return "/".join(["#", *steps])


def install_problem_handlers(app: FastAPI) -> None:
    """Make every error that a route raises a problem response."""

    @app.exception_handler(ProblemError)
    async def render_problem(request: Request, error: ProblemError) -> Response:
        return error.response(request.scope)

    @app.exception_handler(RequestValidationError)
    async def render_validation_error(request: Request, error: RequestValidationError) -> Response:
        items = [_error_item(entry) for entry in error.errors()]
        return invalid_request(items).response(request.scope)

    @app.exception_handler(QueueFullError)
    async def render_full_queue(request: Request, error: QueueFullError) -> Response:
        headers = {"retry-after": str(error.retry_after)}
        return ProblemError(429, "overloaded", str(error), headers=headers).response(request.scope)

    @app.exception_handler(DeadlinePassedError)
    async def render_passed_deadline(request: Request, error: DeadlinePassedError) -> Response:
        return ProblemError(504, "deadline-passed", str(error)).response(request.scope)

    @app.exception_handler(ShuttingDownError)
    async def render_shutdown(request: Request, error: ShuttingDownError) -> Response:
        headers = {"retry-after": "5", "connection": "close"}
        problem = ProblemError(503, "shutting-down", str(error), headers=headers)
        return problem.response(request.scope)

    @app.exception_handler(ClientDisconnectedError)
    async def render_disconnect(_: Request, __: ClientDisconnectedError) -> Response:
        return Response(status_code=_CLIENT_CLOSED_REQUEST)

    @app.exception_handler(HTTPException)
    async def render_http_exception(request: Request, error: HTTPException) -> Response:
        detail, headers = error.detail, {k.lower(): v for k, v in (error.headers or {}).items()}
        if error.status_code == HTTPStatus.NOT_FOUND:
            detail = "Nothing exists at this path. The API is documented at /docs."
        elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["allow"] = _allowed_methods(app, request.scope["path"], headers)
            detail = f"This path does not allow {request.method}; it allows {headers['allow']}."
        kind = _title(error.status_code).lower().replace(" ", "-")
        problem = ProblemError(error.status_code, kind, detail, headers=headers)
        return problem.response(request.scope)


def inference_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI documentation of the errors of a route that runs the model.

    Args:
        statuses: Further statuses, besides those of the queue and of every route.
    """
    return error_responses(422, 429, 503, 504, *statuses)


def error_responses(
    *statuses: int, model: type[BaseModel] = Problem
) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI documentation of the errors of a route.

    Args:
        statuses: Further statuses, besides those that every route may have.
        model: Format of the responses.
    """
    return {
        status: {
            "model": model,
            "description": f"{_title(status)}: {_TYPES[status]}."
            if model is Problem
            else f"{_title(status)}.",
        }
        for status in sorted({400, 401, 408, 414, 500, *statuses})
    }


def _title(status: int) -> str:
    return _TITLES.get(status) or HTTPStatus(status).phrase


def _allowed_methods(app: FastAPI, path: str, headers: Mapping[str, str]) -> str:
    """List all methods of a path. Starlette lists only those of its first route."""
    documented = app.openapi()["paths"].get(path, {})
    methods = {method.upper() for method in documented} | set(headers["allow"].split(", "))
    if "GET" in methods:
        methods.add("HEAD")
    return ", ".join(sorted(methods))


def _error_item(entry: Mapping[str, Any]) -> ErrorItem:
    """Convert one of Pydantic's errors, in words that do not presuppose Pydantic."""
    source, *path = (part for part in entry["loc"] if part not in UNION_TAGS)
    detail = _ADVICE.get(entry["type"], entry["msg"].rstrip(".") + ".")
    if entry["type"] == "missing" and not path:
        detail = "The body is empty. Send a JSON object."
    if source in ("query", "path"):
        return ErrorItem(detail=detail, parameter="/".join(map(str, path)) or None)
    return ErrorItem(detail=detail, pointer=json_pointer(path))
