"""OpenTelemetry spans: one for each request, in the trace of the client, without its text."""

import httpx
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from starlette.middleware import Middleware

from gatewise.models import Predictor
from gatewise.service.app import create_app
from gatewise.service.http.telemetry import Tracing
from gatewise.service.settings import Settings
from tests.service.serving import serve

TRACE = "0af7651916cd43dd8448eb211c80319c"


def test_a_request_is_a_span_in_the_trace_of_the_client_without_its_text(
    predictor: Predictor,
) -> None:
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    settings = Settings(port=0)
    app = create_app(settings, predictor=predictor)
    app.user_middleware.insert(1, Middleware(Tracing, provider=provider))
    headers = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01", "x-request-id": "seven"}
    with serve(app, settings) as url:
        httpx.get(f"{url}/explain", params={"text": "quorndelicious"}, headers=headers)
        httpx.get(f"{url}/nowhere/quorndelicious")
    explained, missed = spans.get_finished_spans()
    assert explained.context is not None
    assert f"{explained.context.trace_id:032x}" == TRACE
    assert (explained.name, explained.kind) == ("GET /explain", SpanKind.SERVER)
    assert dict(explained.attributes or {}) == {
        "http.request.method": "GET",
        "http.route": "/explain",
        "http.response.status_code": 200,
        "gatewise.request_id": "seven",
    }
    assert missed.name == "GET unmatched"
    assert "quorndelicious" not in explained.to_json() + missed.to_json()


def test_tracing_is_off_by_default(predictor: Predictor) -> None:
    plain = create_app(Settings(), predictor=predictor)
    traced = create_app(Settings(telemetry=True), predictor=predictor)
    assert "Tracing" not in str(plain.user_middleware)
    assert "Tracing" in str(traced.user_middleware)
