"""More than it can do: refused at once, late, or left by the client; and alive throughout."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any

import httpx
import pytest

from models import Predictor
from service.app import create_app
from service.inference import InferenceDependency
from service.settings import Settings
from tests.service.conftest import TIMEOUT_SECONDS
from tests.service.problems import problem
from tests.service.serving import serve
from tests.service.test_metrics import samples

MEDIUM = "word " * 500


@contextmanager
def kept_busy(predictor: Predictor, **changes: Any) -> Iterator[tuple[httpx.Client, Event]]:
    """Serve with one thread, and hold it up until the event is set."""
    settings = Settings(port=0, concurrency=1, **changes)
    app = create_app(settings, predictor=predictor)
    begun, release = Event(), Event()

    def hold() -> None:
        begun.set()
        release.wait(TIMEOUT_SECONDS)

    @app.get("/hold")
    async def occupy(inference: InferenceDependency) -> None:
        await inference.run("hold", hold)

    with (
        serve(app, settings) as url,
        ThreadPoolExecutor() as pool,
        httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS) as client,
    ):
        held = pool.submit(client.get, "/hold")
        try:
            assert begun.wait(TIMEOUT_SECONDS)
            yield client, release
        finally:
            release.set()
            held.result()


def test_a_full_queue_answers_429_at_once_and_what_it_accepted_200(predictor: Predictor) -> None:
    with (
        kept_busy(predictor, queue_tokens=600) as (client, release),
        ThreadPoolExecutor(16) as pool,
    ):
        asked = [pool.submit(client.post, "/predict", json={"text": MEDIUM}) for _ in range(16)]
        while samples(client).get(("gatewise_refused_total", "reason=overload")) != 15:
            assert client.get("/health").elapsed.total_seconds() < 5
        release.set()
        answers = [answer.result() for answer in asked]
    accepted = [answer for answer in answers if answer.status_code == 200]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert (len(accepted), len(refused)) == (1, 15)
    for answer in refused:
        assert problem(answer, 429)["type"] == "urn:gatewise:problem:overloaded"
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert answer.elapsed < accepted[0].elapsed


@pytest.mark.parametrize("path", ["/predict", "/explain", "/explain/step"])
def test_every_way_to_the_model_passes_the_same_gate(predictor: Predictor, path: str) -> None:
    body = {"text": "fine"} | ({"step": 0} if path.endswith("step") else {})
    with (
        kept_busy(predictor, queue_tokens=1) as (client, release),
        ThreadPoolExecutor(2) as pool,
    ):
        asked = [pool.submit(client.post, path, json=body) for _ in range(2)]
        while not any(answer.done() for answer in asked):
            client.get("/health")
        release.set()
        assert sorted(answer.result().status_code for answer in asked) == [200, 429]


def test_a_late_answer_is_504(predictor: Predictor) -> None:
    with kept_busy(predictor, deadline_seconds=0.5) as (client, _):
        members = problem(client.post("/predict", json={"text": "fine"}), 504)
        assert "No answer within 0.5 s" in members["detail"]
        assert client.get("/health").status_code == 200


def test_who_hangs_up_is_not_judged(predictor: Predictor) -> None:
    with kept_busy(predictor) as (client, release):
        for _ in range(3):
            with pytest.raises(httpx.ReadTimeout):
                client.post("/predict", json={"text": "fine"}, timeout=0.3)
        while samples(client)["gatewise_requests_in_flight",] > 2:  # /metrics and /hold
            pass
        release.set()
        client.post("/predict", json={"text": "good"})
        counted = samples(client)
    assert counted["gatewise_refused_total", "reason=gone"] == 3
    assert counted["gatewise_requests_total", "method=POST", "route=/predict", "status=499"] == 3
    assert counted["gatewise_text_tokens_count",] == 1
    assert counted["gatewise_queue_tokens",] == 0


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dead_worker_thread_is_seen_at_ready(predictor: Predictor) -> None:
    settings = Settings(port=0, concurrency=2)
    app = create_app(settings, predictor=predictor)

    @app.get("/die")
    async def die(inference: InferenceDependency) -> None:
        def end() -> None:
            raise SystemExit

        await inference.run("die", end)

    with serve(app, settings) as url:
        problem(httpx.get(f"{url}/die"), 500)
        assert "1 of 2 worker threads died" in problem(httpx.get(f"{url}/ready"), 503)["detail"]
        assert httpx.get(f"{url}/health").status_code == 200
        assert httpx.get(f"{url}/explain?text=fine").status_code == 200


def test_a_list_of_many_long_texts_is_answered_whole(client: httpx.Client) -> None:
    answers = client.post("/predict", json={"text": [MEDIUM] * 40}).json()
    assert [answer["tokens"] for answer in answers] == [500] * 40
