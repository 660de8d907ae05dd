"""The metrics at /metrics."""

from collections.abc import Callable

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families


def samples(client: httpx.Client) -> dict[tuple[str, ...], float]:
    """Return every value, by the name of its metric and its labels."""
    response = client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, *(f"{name}={value}" for name, value in sorted(sample.labels.items()))): (
            sample.value
        )
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


@pytest.fixture
def fresh(client_of: Callable[..., httpx.Client]) -> httpx.Client:
    """A client of a server that has no other clients."""
    return client_of()


def test_requests_are_counted_by_route_method_and_status(fresh: httpx.Client) -> None:
    fresh.post("/predict", json={"text": "fine"})
    fresh.post("/predict", json={"text": ""})
    fresh.get("/explain", params={"text": "fine"})
    counted = samples(fresh)
    name = "gatewise_requests_total"
    assert counted[name, "method=POST", "route=/predict", "status=200"] == 1
    assert counted[name, "method=POST", "route=/predict", "status=422"] == 1
    assert counted[name, "method=GET", "route=/explain", "status=200"] == 1
    assert counted["gatewise_request_seconds_count", "method=POST", "route=/predict"] == 2


def test_clients_cannot_create_labels(fresh: httpx.Client) -> None:
    for index in range(3):
        fresh.get(f"/nowhere/{index}")
        fresh.get(f"/static/nowhere/{index}")
        fresh.request(f"ODD{index}", "/predict")
    counted = samples(fresh)
    name = "gatewise_requests_total"
    assert counted[name, "method=GET", "route=unmatched", "status=404"] == 3
    assert counted[name, "method=GET", "route=/static/{path:path}", "status=404"] == 3
    assert counted[name, "method=OTHER", "route=/predict", "status=405"] == 3


def test_texts_tokens_and_predictions_are_counted(fresh: httpx.Client) -> None:
    responses = fresh.post("/predict", json={"text": ["one two", "three"]}).json()
    explained = fresh.get("/explain", params={"text": "four five six"}).json()
    labels = [response["label"] for response in [*responses, explained]]
    model = f"model={explained['model']['id']}"
    counted = samples(fresh)
    assert counted["gatewise_text_tokens_count", model] == 3
    assert counted["gatewise_text_tokens_sum", model] == 6
    for label in set(labels):
        name = "gatewise_predictions_total"
        assert counted[name, f"label={label}", model] == labels.count(label)


def test_the_request_for_the_metrics_is_in_flight_itself(fresh: httpx.Client) -> None:
    assert samples(fresh)["gatewise_requests_in_flight",] == 1


def test_applications_have_separate_metrics(client_of: Callable[..., httpx.Client]) -> None:
    one, other = client_of(), client_of()
    one.post("/predict", json={"text": "fine"})
    key = "gatewise_requests_total", "method=POST", "route=/predict", "status=200"
    assert key in samples(one)
    assert key not in samples(other)
