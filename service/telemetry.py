"""Traces of requests by OpenTelemetry: one span each, in the trace that the client is part of.

Only for who asks for it, with the extra `telemetry` installed. Where spans go is for the standard
variables `OTEL_…` to say. A span has no URL: that of GET /explain holds a review.
"""

from opentelemetry import propagate
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace import TracerProvider as AnyTracerProvider
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FAILED = 500


def exporting_provider() -> TracerProvider:
    """Send spans by OTLP over HTTP, in batches, off the event loop."""
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: "gatewise"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


class Tracing:
    """Middleware that makes a span of each request."""

    def __init__(self, app: ASGIApp, *, provider: AnyTracerProvider) -> None:
        """Wrap `app`."""
        self._app = app
        self._tracer = provider.get_tracer("gatewise")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, inside a span."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        with self._tracer.start_as_current_span(
            scope["method"], context=propagate.extract(headers), kind=SpanKind.SERVER
        ) as span:
            span.set_attribute("http.request.method", scope["method"])

            async def send_and_note(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                    if message["status"] >= _FAILED:
                        span.set_status(StatusCode.ERROR)
                await send(message)

            try:
                await self._app(scope, receive, send_and_note)
            finally:
                route = getattr(scope.get("route"), "path", "unmatched")
                span.update_name(f"{scope['method']} {route}")
                span.set_attribute("http.route", route)
                span.set_attribute("gatewise.request_id", scope["request_id"])
