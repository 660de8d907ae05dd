"""Middleware around every request: id, headers, metrics, a log line, and unexpected errors."""

import logging
import re
import time
import traceback
from http import HTTPMethod
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gatewise.service.engine.model_host import ModelHost
from gatewise.service.http.problems import ProblemError

logger = logging.getLogger("gatewise.access")

REQUEST_ID = "x-request-id"
_VALID_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
# For responses without a policy of their own. They are JSON, which loads nothing.
_HEADERS = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


class RequestLog:
    """Middleware that observes requests. It never logs a query or a body: they contain texts."""

    def __init__(self, app: ASGIApp, *, model_host: ModelHost) -> None:
        """Wrap `app`; its requests are counted in `model_host`, which drains at shutdown."""
        self._app = app
        self._model_host = model_host
        self._metrics = model_host.metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; send a 500 problem if the application fails."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent_id = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = sent_id if _VALID_ID.fullmatch(sent_id) else uuid4().hex
        scope["request_id"] = request_id
        active_id = uuid4().hex  # clients may send the same request id twice
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID] = request_id
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        started = time.perf_counter()
        self._model_host.requests.add(active_id)
        try:
            with self._metrics.in_flight.track_inprogress():
                await self._app(scope, receive, send_with_headers)
        except Exception as error:
            _log_failure(error, request_id)
            if status:
                raise
            problem = ProblemError(
                500,
                "internal-error",
                f"The service failed; the request is not at fault. Report request {request_id}.",
            )
            await problem.response(scope)(scope, receive, send_with_headers)
        finally:
            self._model_host.requests.discard(active_id)
            self._record(scope, status, time.perf_counter() - started, request_id)

    def _record(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route = getattr(scope.get("route"), "path", "unmatched")
        method = scope["method"] if scope["method"] in HTTPMethod.__members__ else "OTHER"
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.request_seconds.labels(method, route).observe(seconds)
        logger.info(
            "request",
            extra={
                "fields": {
                    "request_id": request_id,
                    "method": method,
                    "route": route,
                    "status": status,
                    "ms": round(seconds * 1000, 2),
                }
            },
        )


def _log_failure(error: Exception, request_id: str) -> None:
    """Log type and stack of an error, but not its message, which may quote a text."""
    frames = [
        f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)
    ]
    logger.error(
        "failure",
        extra={
            "fields": {
                "request_id": request_id,
                "error": type(error).__qualname__,
                "frames": frames,
            }
        },
    )
