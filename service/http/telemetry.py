"""OpenTelemetry spans: one for each request, as part of the trace of the client.

This needs the extra `telemetry` and is off by default. The standard variables `OTEL_…` configure
where spans are sent. A span has no URL, because that of GET /explain contains the text.
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
    """Return a provider that sends spans by OTLP over HTTP, in batches, in a thread of its own."""
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: "gatewise"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


class Tracing:
    """Middleware that records a span for each request."""

    def __init__(self, app: ASGIApp, *, provider: AnyTracerProvider) -> None:
        """Wrap `app`."""
        self._app = app
        self._tracer = provider.get_tracer("gatewise")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on within a span."""
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

            async def send_and_record(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                    if message["status"] >= _FAILED:
                        span.set_status(StatusCode.ERROR)
                await send(message)

            try:
                await self._app(scope, receive, send_and_record)
            finally:
                route = getattr(scope.get("route"), "path", "unmatched")
                span.update_name(f"{scope['method']} {route}")
                span.set_attribute("http.route", route)
                span.set_attribute("gatewise.request_id", scope["request_id"])
