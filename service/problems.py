"""Every error answer: RFC 9457 problem details, `application/problem+json`.

Whatever goes wrong is raised as an exception and becomes a `Problem` here, so that a client can
rely on one shape. Messages never repeat what the client sent, except the names of fields.
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

PROBLEM_JSON = "application/problem+json"
MAX_ERRORS = 20
# A client is told back what it sent only in names of fields and paths, and only so much of it.
_MAX_NAME = 200
# RFC 9110's names, which `http` has only since Python 3.13.
_TITLES = {413: "Content Too Large", 414: "URI Too Long", 422: "Unprocessable Content"}

# Marks the members of a union in Pydantic's error locations; no part of what the client sent.
UNION_TAGS = frozenset({"<text>", "<list>", "<texts>", "<inputs>", "<number>"})

_ADVICE = {
    "missing": "Required, and not given.",
    "extra_forbidden": "Unknown field. Remove it, or check its spelling.",
    "model_attributes_type": "Must be a JSON object.",
    "string_pattern_mismatch": "Must be `all`, `top`, `top:N`, or unit numbers such as `0,9,37`.",
    "too_short": "The list is empty. Send at least one.",
    "string_type": "Must be a string.",
    "string_unicode": "Has a lone surrogate, which is not a character. Send valid Unicode.",
}


class ErrorItem(BaseModel):
    """One thing wrong with a request, and where."""

    detail: str = Field(description="What is wrong with it, and what to send instead.")
    pointer: str | None = Field(
        None, description="Where in the body, as a JSON Pointer fragment: `#/text/3`."
    )
    parameter: str | None = Field(None, description="Which query parameter.")

    @property
    def place(self) -> str:
        """Name the place in words: `text/3`, or nothing for the whole body."""
        return self.parameter or (self.pointer or "#")[2:]


class Problem(BaseModel):
    """An error answer (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "urn:gatewise:problem:invalid-request",
                "title": "Unprocessable Content",
                "status": 422,
                "detail": "text: The text is empty or blank. Send at least one word.",
                "instance": "/predict",
                "errors": [
                    {
                        "detail": "The text is empty or blank. Send at least one word.",
                        "pointer": "#/text",
                    }
                ],
            }
        }
    )

    type: str = Field(description="Names the kind of problem; does not change between versions.")
    title: str = Field(description="The HTTP status in words.")
    status: int = Field(ge=400, le=599, description="The HTTP status.")
    detail: str = Field(description="What was wrong and what to do.")
    instance: str | None = Field(None, description="The path that was asked.")
    errors: list[ErrorItem] | None = Field(None, description="Each thing wrong, with its place.")


class ProblemError(HTTPException):
    """Raise this anywhere below the middleware to answer with a problem."""

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        errors: Sequence[ErrorItem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Describe the problem; `kind` is the last part of its type."""
        super().__init__(status, detail, headers)
        self.kind = kind
        self.errors = list(errors)

    def response(self, scope: Scope) -> Response:
        """Render the answer to the request of `scope`; in ASCII, so that no text in it can fail."""
        problem = Problem(
            type=f"urn:gatewise:problem:{self.kind}",
            title=_title(self.status_code),
            status=self.status_code,
            detail=self.detail,
            instance=scope.get("raw_path", b"")[:_MAX_NAME].decode("ascii") or None,
            errors=self.errors or None,
        )
        content = json.dumps(problem.model_dump(exclude_none=True))
        return Response(content, self.status_code, self.headers, media_type=PROBLEM_JSON)


def invalid_request(errors: Sequence[ErrorItem]) -> ProblemError:
    """Refuse a request that can be read but not be answered, naming what is wrong with it."""
    shown = list(errors[:MAX_ERRORS])
    detail = f"{shown[0].place}: {shown[0].detail}" if shown[0].place else shown[0].detail
    if len(errors) > 1:
        detail += f" ({len(errors) - 1:,} more: see errors.)"
    if len(errors) > MAX_ERRORS:
        shown.append(ErrorItem(detail=f"{len(errors) - MAX_ERRORS:,} more like these, left out."))
    return ProblemError(422, "invalid-request", detail, errors=shown)


def install_problem_handlers(app: FastAPI) -> None:
    """Turn every exception that a route raises on purpose into a problem."""

    @app.exception_handler(ProblemError)
    async def answer_problem(request: Request, error: ProblemError) -> Response:
        return error.response(request.scope)

    @app.exception_handler(RequestValidationError)
    async def answer_validation_error(request: Request, error: RequestValidationError) -> Response:
        items = [_error_item(entry) for entry in error.errors()]
        return invalid_request(items).response(request.scope)

    @app.exception_handler(HTTPException)
    async def answer_http_exception(request: Request, error: HTTPException) -> Response:
        detail, headers = error.detail, {k.lower(): v for k, v in (error.headers or {}).items()}
        if error.status_code == HTTPStatus.NOT_FOUND:
            detail = "There is nothing at this path. The API is described at /docs."
        elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["allow"] = _allowed_methods(app, request.scope["path"], headers)
            detail = f"This path does not answer {request.method}. It answers {headers['allow']}."
        kind = _title(error.status_code).lower().replace(" ", "-")
        problem = ProblemError(error.status_code, kind, detail, headers=headers)
        return problem.response(request.scope)


def _title(status: int) -> str:
    return _TITLES.get(status) or HTTPStatus(status).phrase


def _allowed_methods(app: FastAPI, path: str, headers: Mapping[str, str]) -> str:
    """Name all methods of a path: Starlette names those of its first route alone."""
    documented = app.openapi()["paths"].get(path, {})
    methods = [method.upper() for method in documented] or headers["allow"].split(", ")
    return ", ".join(sorted(methods))


def _error_item(entry: Mapping[str, Any]) -> ErrorItem:
    """Rewrite one error of Pydantic's for someone who has never heard of Pydantic."""
    source, *path = (part for part in entry["loc"] if part not in UNION_TAGS)
    detail = _ADVICE.get(entry["type"], entry["msg"].rstrip(".") + ".")
    if entry["type"] == "missing" and not path:
        detail = "The body is empty. Send a JSON object."
    if source in ("query", "path"):
        return ErrorItem(detail=detail, parameter="/".join(map(str, path)) or None)
    steps = (str(step)[:_MAX_NAME].replace("~", "~0").replace("/", "~1") for step in path)
    return ErrorItem(detail=detail, pointer="/".join(["#", *steps]))


def inference_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Document the errors of a route that runs the model: these, and those that a queue makes."""
    return error_responses(422, 429, 503, 504, *statuses)


def error_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Document the errors of a route: these, and those that any route may answer."""
    return {
        status: {"model": Problem, "description": _title(status)}
        for status in sorted({400, 401, 408, 414, 500, *statuses})
    }
