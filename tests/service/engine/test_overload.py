"""More requests than the service can process: refused, expired or abandoned."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any

import httpx
import pytest

from gatewise.models import Predictor
from gatewise.service.api.inference import InferenceDependency
from gatewise.service.app import create_app
from gatewise.service.engine.batch import Check
from gatewise.service.settings import Settings
from tests.service.conftest import TIMEOUT_SECONDS
from tests.service.engine.test_metrics import samples
from tests.service.problems import problem
from tests.service.serving import serve

MEDIUM = "word " * 500


@contextmanager
def busy_server(predictor: Predictor, **changes: Any) -> Iterator[tuple[httpx.Client, Event]]:
    """Start a server with one inference thread, which is busy until the event is set."""
    settings = Settings(port=0, concurrency=1, **changes)
    app = create_app(settings, predictor=predictor)
    started, release = Event(), Event()

    def wait(_: Check) -> None:
        started.set()
        release.wait(TIMEOUT_SECONDS)

    @app.get("/wait")
    async def occupy_thread(inference: InferenceDependency) -> None:
        await inference.run("wait", wait)

    with (
        serve(app, settings) as url,
        ThreadPoolExecutor() as pool,
        httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS) as client,
    ):
        waiting = pool.submit(client.get, "/wait")
        try:
            assert started.wait(TIMEOUT_SECONDS)
            yield client, release
        finally:
            release.set()
            waiting.result()


def test_a_full_queue_responds_429_at_once_and_200_to_accepted_requests(
    predictor: Predictor,
) -> None:
    with (
        busy_server(predictor, queue_tokens=600) as (client, release),
        ThreadPoolExecutor(16) as pool,
    ):
        requests = [pool.submit(client.post, "/predict", json={"text": MEDIUM}) for _ in range(16)]
        while samples(client).get(("gatewise_refused_total", "reason=overload")) != 15:
            assert client.get("/health").elapsed.total_seconds() < 5
        release.set()
        responses = [request.result() for request in requests]
    accepted = [response for response in responses if response.status_code == 200]
    refused = [response for response in responses if response.status_code == 429]
    assert (len(accepted), len(refused)) == (1, 15)
    for response in refused:
        assert problem(response, 429)["type"] == "urn:gatewise:problem:overloaded"
        assert 1 <= int(response.headers["retry-after"]) <= 60
        assert response.elapsed < accepted[0].elapsed


@pytest.mark.parametrize("path", ["/predict", "/explain", "/explain/step", "/explain/diff"])
def test_every_endpoint_of_the_model_uses_the_queue(predictor: Predictor, path: str) -> None:
    body: dict[str, object] = {"text": "fine"}
    if path == "/explain/step":
        body["step"] = 0
    if path == "/explain/diff":
        body["other"] = "good"
    with (
        busy_server(predictor, queue_tokens=1) as (client, release),
        ThreadPoolExecutor(2) as pool,
    ):
        requests = [pool.submit(client.post, path, json=body) for _ in range(2)]
        while not any(request.done() for request in requests):
            client.get("/health")
        release.set()
        assert sorted(request.result().status_code for request in requests) == [200, 429]


def test_an_invalid_text_is_refused_without_waiting_for_a_thread(predictor: Predictor) -> None:
    with busy_server(predictor) as (client, _):
        for path in ("/predict", "/explain"):
            problem(client.post(path, json={"text": "a\0b"}), 422)


def test_a_request_whose_deadline_passes_is_responded_to_with_504(predictor: Predictor) -> None:
    with busy_server(predictor, deadline_seconds=0.5) as (client, _):
        members = problem(client.post("/predict", json={"text": "fine"}), 504)
        assert members["type"] == "urn:gatewise:problem:deadline-passed"
        assert "not ready within 0.5 s" in members["detail"]
        assert client.get("/health").status_code == 200


def test_requests_of_disconnected_clients_are_not_processed(predictor: Predictor) -> None:
    with busy_server(predictor) as (client, release):
        for _ in range(3):
            with pytest.raises(httpx.ReadTimeout):
                client.post("/predict", json={"text": "fine"}, timeout=0.3)
        while samples(client)["gatewise_requests_in_flight",] > 2:  # /metrics and /wait
            pass
        release.set()
        client.post("/predict", json={"text": "good"})
        counted = samples(client)
    assert counted["gatewise_refused_total", "reason=disconnected"] == 3
    assert counted["gatewise_requests_total", "method=POST", "route=/predict", "status=499"] == 3
    assert [value for key, value in counted.items() if key[0] == "gatewise_text_tokens_count"] == [
        1
    ]
    assert counted["gatewise_queue_tokens",] == 0


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_ready_reports_a_dead_worker_thread(predictor: Predictor) -> None:
    settings = Settings(port=0, concurrency=2)
    app = create_app(settings, predictor=predictor)

    @app.get("/die")
    async def kill_thread(inference: InferenceDependency) -> None:
        def die(_: Check) -> None:
            raise SystemExit

        await inference.run("die", die)

    with serve(app, settings) as url:
        problem(httpx.get(f"{url}/die"), 500)
        assert "1 of 2 worker threads died" in problem(httpx.get(f"{url}/ready"), 503)["detail"]
        assert httpx.get(f"{url}/health").status_code == 200
        assert httpx.get(f"{url}/explain?text=fine").status_code == 200


def test_a_list_of_many_long_texts_is_processed_completely(client: httpx.Client) -> None:
    responses = client.post("/predict", json={"text": [MEDIUM] * 40}).json()
    assert [response["tokens"] for response in responses] == [500] * 40
