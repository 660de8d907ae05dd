"""The names that the metrics of the service have in Prometheus, and their labels."""

from prometheus_client import Counter, Histogram
from prometheus_client.metrics import MetricWrapperBase

from gatewise.service.engine.metrics import Metrics

# What the registry and Prometheus itself add.
EVERY_METRIC = {"instance", "job"}


def metric_names(metrics: Metrics) -> dict[str, set[str]]:
    """Return the labels of every time series by its name."""
    names: dict[str, set[str]] = {}
    for metric in vars(metrics).values():
        if not isinstance(metric, MetricWrapperBase):
            continue
        # The library has no public way to read them.
        labels = {*metric._labelnames, *EVERY_METRIC}
        [family] = metric.describe()
        if isinstance(metric, Histogram):
            names |= {f"{family.name}_{part}": labels for part in ("sum", "count")}
            names[f"{family.name}_bucket"] = labels | {"le"}
        else:
            names[f"{family.name}_total" if isinstance(metric, Counter) else family.name] = labels
    return names
