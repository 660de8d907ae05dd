"""What Prometheus can read at /metrics. One registry for each application, none shared."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from models.predictor import Prediction

METRICS_TYPE = CONTENT_TYPE_LATEST
# A review takes some 10 ms; a text at the token limit, a second.
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_TOKENS = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000)


class Metrics:
    """All counters of one application."""

    def __init__(self, *, model: str, version: str) -> None:
        """Register every metric, at zero."""
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        Info("gatewise_model", "The model that is served.", registry=registry).info(
            {"name": model, "version": version}
        )
        self.requests = Counter(
            "gatewise_requests",
            "Requests answered, by route template.",
            ["method", "route", "status"],
            registry=registry,
        )
        self.request_seconds = Histogram(
            "gatewise_request_seconds",
            "From the headers of a request to the end of its answer.",
            ["method", "route"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.in_flight = Gauge(
            "gatewise_requests_in_flight", "Requests being answered now.", registry=registry
        )
        self.inference_seconds = Histogram(
            "gatewise_inference_seconds",
            "Time in a worker thread, waiting excluded.",
            ["operation"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.text_tokens = Histogram(
            "gatewise_text_tokens",
            "Tokens of each text read: its sum counts tokens, its count texts.",
            buckets=_TOKENS,
            registry=registry,
        )
        self.verdicts = Counter(
            "gatewise_verdicts", "Texts judged, by label.", ["label"], registry=registry
        )

    def count_verdict(self, prediction: Prediction) -> None:
        """Record that a text was read and judged."""
        self.text_tokens.observe(prediction.tokens)
        self.verdicts.labels(prediction.label).inc()

    def render(self) -> bytes:
        """Write all metrics in Prometheus' text format."""
        return generate_latest(self._registry)
