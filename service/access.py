"""What is done around every request: an id, headers, metrics, one log line, and a last resort."""

import logging
import re
import time
import traceback
from http import HTTPMethod
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.host import Host
from service.problems import ProblemError

logger = logging.getLogger("gatewise.access")

REQUEST_ID = "x-request-id"
_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
# For answers that set no policy of their own: JSON, which needs nothing at all.
_HEADERS = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


class Access:
    """Middleware that observes requests. It never logs a query or a body: they hold reviews."""

    def __init__(self, app: ASGIApp, *, host: Host) -> None:
        """Wrap `app` and report to the metrics of `host`, which learns what is under way."""
        self._app = app
        self._host = host
        self._metrics = host.metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, with a problem if all else fails."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = given if _SAFE_ID.fullmatch(given) else uuid4().hex
        scope["request_id"] = request_id
        under_way = uuid4().hex  # two requests may bear the same id
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
        self._host.requests.add(under_way)
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
                f"The service failed; this is not your fault. Quote request {request_id}.",
            )
            await problem.response(scope)(scope, receive, send_with_headers)
        finally:
            self._host.requests.discard(under_way)
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
    """Log where it happened and what kind of error, not its message: that may quote a review."""
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
