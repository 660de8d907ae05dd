"""Spans: one for each request, in the client's trace, and without its text."""

import httpx
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from starlette.middleware import Middleware

from models import Predictor
from service.app import create_app
from service.settings import Settings
from service.telemetry import Tracing
from tests.service.serving import serve

TRACE = "0af7651916cd43dd8448eb211c80319c"


def test_a_request_is_a_span_of_the_clients_trace_without_its_text(predictor: Predictor) -> None:
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


def test_nothing_of_opentelemetrys_sdk_runs_unless_asked_for(predictor: Predictor) -> None:
    plain = create_app(Settings(), predictor=predictor)
    traced = create_app(Settings(telemetry=True), predictor=predictor)
    assert "Tracing" not in str(plain.user_middleware)
    assert "Tracing" in str(traced.user_middleware)
