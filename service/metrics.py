"""What Prometheus can read at /metrics.

One registry for each application. With several worker processes, prometheus_client keeps every
figure in files under `PROMETHEUS_MULTIPROC_DIR` instead, and whichever process is asked adds up
those of all.
"""

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from models.predictor import Prediction

METRICS_TYPE = CONTENT_TYPE_LATEST
# prometheus_client reads it when it is imported: it must be set before.
SHARED_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
# A review takes some 10 ms; a text at the token limit, a second.
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_TOKENS = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000)


class Metrics:
    """All counters of one application."""

    def __init__(self) -> None:
        """Register every metric, at zero."""
        self._registry = registry = CollectorRegistry()
        self._shared = SHARED_DIRECTORY in os.environ
        if not self._shared:
            ProcessCollector(registry=registry)
        self._model = Gauge(
            "gatewise_model_info",
            "1 for the model that is served.",
            ["name", "version"],
            registry=registry,
            multiprocess_mode="livemostrecent",
        )
        self._named: tuple[str, str] | None = None
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
            "gatewise_requests_in_flight",
            "Requests being answered now.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self.queue_tokens = Gauge(
            "gatewise_queue_tokens",
            "Tokens of the texts that wait for a worker thread.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self.refused = Counter(
            "gatewise_refused",
            "Inferences not answered: overload (429), deadline (504), gone (the client hung up).",
            ["reason"],
            registry=registry,
        )
        self.wait_seconds = Histogram(
            "gatewise_wait_seconds",
            "Time in the queue, from a request's arrival until a worker thread takes it.",
            buckets=_SECONDS,
            registry=registry,
        )
        self.batch_tokens = Histogram(
            "gatewise_batch_tokens",
            "Tokens that a worker thread took at once: its sum counts tokens, its count batches.",
            buckets=_TOKENS,
            registry=registry,
        )
        self.inference_seconds = Histogram(
            "gatewise_inference_seconds",
            "Time of a batch in a worker thread, waiting excluded.",
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
        self.reloads = Counter(
            "gatewise_reloads",
            "Model directories read anew: served, or refused and the old model kept.",
            ["outcome"],
            registry=registry,
        )

    def name_model(self, name: str, version: str) -> None:
        """Record which model is served, instead of the one before."""
        if self._named not in {None, (name, version)}:
            self._model.labels(*self._named).set(0)
        self._model.labels(name, version).set(1)
        self._named = name, version

    def count_verdict(self, prediction: Prediction) -> None:
        """Record that a text was read and judged."""
        self.text_tokens.observe(prediction.tokens)
        self.verdicts.labels(prediction.label).inc()

    def render(self) -> bytes:
        """Write all metrics in Prometheus' text format, those of all processes added up."""
        if not self._shared:
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
