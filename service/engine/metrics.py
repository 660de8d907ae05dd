"""The metrics of the service, which Prometheus reads at /metrics.

Each application has a registry of its own. With several worker processes, prometheus_client stores
all values in files under `PROMETHEUS_MULTIPROC_DIR` instead, and the process that receives a
request for /metrics adds up the values of all processes.
"""

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from gatewise.models.prediction import Prediction

METRICS_TYPE = CONTENT_TYPE_LATEST
# prometheus_client reads this variable on import, so it must be set before.
SHARED_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
# Bucket limits: a review takes some 10 ms, a text at the token limit a second.
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_TOKENS = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000)


class Metrics:
    """All metrics of one application."""

    def __init__(self) -> None:
        """Register every metric, with the value zero."""
        self._registry = registry = CollectorRegistry()
        self._shared = SHARED_DIRECTORY in os.environ
        if not self._shared:
            ProcessCollector(registry=registry)
        self._model = Gauge(
            "gatewise_model_info",
            "1 for each model that is served; `model` is what selects it in a request.",
            ["model", "name", "version"],
            registry=registry,
            multiprocess_mode="livemostrecent",
        )
        self._served: dict[str, tuple[str, str]] = {}  # name and version by model
        self.requests = Counter(
            "gatewise_requests",
            "Requests that were responded to, by route template.",
            ["method", "route", "status"],
            registry=registry,
        )
        self.request_seconds = Histogram(
            "gatewise_request_seconds",
            "Time from the headers of a request to the end of its response.",
            ["method", "route"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.in_flight = Gauge(
            "gatewise_requests_in_flight",
            "Requests that are being processed now.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self.queue_tokens = Gauge(
            "gatewise_queue_tokens",
            "Tokens of the texts that are waiting for a worker thread.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self.refused = Counter(
            "gatewise_refused",
            "Inferences without a result: overload (429), deadline (504), disconnected (499).",
            ["reason"],
            registry=registry,
        )
        self.wait_seconds = Histogram(
            "gatewise_wait_seconds",
            "Time in the queue, until a worker thread takes the job.",
            buckets=_SECONDS,
            registry=registry,
        )
        self.batch_tokens = Histogram(
            "gatewise_batch_tokens",
            "Tokens of each batch: its sum counts tokens, its count batches.",
            buckets=_TOKENS,
            registry=registry,
        )
        self.inference_seconds = Histogram(
            "gatewise_inference_seconds",
            "Time of a batch in a worker thread, without the wait before it.",
            ["operation", "model"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.text_tokens = Histogram(
            "gatewise_text_tokens",
            "Tokens of each text: its sum counts tokens, its count texts.",
            ["model"],
            buckets=_TOKENS,
            registry=registry,
        )
        self.predictions = Counter(
            "gatewise_predictions",
            "Texts that were classified, by label.",
            ["model", "label"],
            registry=registry,
        )
        self.reloads = Counter(
            "gatewise_reloads",
            "Attempts to reload the model: served, or refused and the current model kept.",
            ["model", "outcome"],
            registry=registry,
        )
        self.shadow = Counter(
            "gatewise_shadow_texts",
            "Copies of texts for a shadow model: agreed or disagreed with the label of the "
            "response, failed, or left_out because too many were waiting.",
            ["model", "outcome"],
            registry=registry,
        )

    def name_model(self, model: str, name: str, version: str) -> None:
        """Record name and version of what is served now as a model.

        Args:
            model: What selects the model in a request.
            name: Its name.
            version: Its version.
        """
        before = self._served.get(model)
        if before not in {None, (name, version)}:
            self._model.labels(model, *before).set(0)
        self._model.labels(model, name, version).set(1)
        self._served[model] = name, version

    def count_prediction(self, prediction: Prediction, *, model: str) -> None:
        """Record that a model classified a text."""
        self.text_tokens.labels(model).observe(prediction.tokens)
        self.predictions.labels(model, prediction.label).inc()

    def render(self) -> bytes:
        """Return all metrics in Prometheus' text format, summed over all processes."""
        if not self._shared:
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
