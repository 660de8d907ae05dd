"""Shutdown, dead processes, and reloads of the model while the service is in use."""

import json
import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event

import httpx
import pytest

from gatewise.models.artifact.config import CONFIG, WEIGHTS
from gatewise.models.artifact.location import DEFAULT_RELEASE
from tests.service.engine.test_metrics import samples
from tests.service.problems import problem
from tests.service.process import Running, await_ready, running

TIMEOUT_SECONDS = 120
OTHER = DEFAULT_RELEASE.with_name("imdb-gru-256")


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def model_name(client: httpx.Client) -> str:
    name: str = client.get("/info").json()["model"]["name"]
    return name


def replace_model(model: Path, new: Path) -> None:
    """Replace the files of a model as an export does, the config last."""
    (model / CONFIG).unlink()
    for file in sorted(new.iterdir(), key=lambda file: file.name == CONFIG):
        temporary = model / f".{file.name}"
        shutil.copy(file, temporary)
        temporary.replace(model / file.name)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy of the default release."""
    return shutil.copytree(DEFAULT_RELEASE, tmp_path / "model")


@pytest.fixture
def reloadable(client_of: Callable[..., httpx.Client], model: Path, tmp_path: Path) -> httpx.Client:
    """A client of a server of the copy, whose administrator has a key."""
    keys = tmp_path / "admin"
    keys.write_text("admin-key")
    return client_of(predictor=None, model=str(model), admin_keys_file=keys)


def reload(client: httpx.Client) -> httpx.Response:
    return client.post("/admin/reload", headers={"authorization": "Bearer admin-key"})


def test_a_reload_serves_the_new_model(reloadable: httpx.Client, model: Path) -> None:
    before = model_name(reloadable)
    replace_model(model, OTHER)
    response = reload(reloadable).json()
    assert (response["previous"]["name"], response["model"]["name"]) == (before, OTHER.name)
    assert reloadable.post("/predict", json={"text": "fine"}).json()["model"] == response["model"]
    counted = samples(reloadable)
    names = {key[2]: value for key, value in counted.items() if key[0] == "gatewise_model_info"}
    assert names == {f"name={before}": 0, f"name={OTHER.name}": 1}
    assert counted["gatewise_reloads_total", f"model={before}", "outcome=served"] == 1


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda model: (model / WEIGHTS).write_bytes(b"torn"), "checksum differs"),
        (lambda model: (model / CONFIG).unlink(), "not found"),
        (lambda model: (model / CONFIG).write_text("{"), "not JSON"),
        (lambda model: shutil.copy(OTHER / WEIGHTS, model / WEIGHTS), "checksum differs"),
        (lambda model: shutil.copy(OTHER / CONFIG, model / CONFIG), "checksum differs"),
        (shutil.rmtree, "No model at"),
    ],
    ids=["corrupt", "missing", "torn config", "other weights", "other config", "deleted"],
)
def test_a_damaged_model_is_refused_and_the_current_one_stays_in_service(
    reloadable: httpx.Client, model: Path, damage: Callable[[Path], object], reason: str
) -> None:
    before = reloadable.post("/predict", json={"text": "fine"}).json()
    damage(model)
    detail = problem(reload(reloadable), 409)["detail"]
    assert reason in detail
    assert detail.endswith("The current model stays in service.")
    assert reloadable.get("/ready").status_code == 200
    assert reloadable.post("/predict", json={"text": "fine"}).json() == before


def test_requests_succeed_during_a_reload(reloadable: httpx.Client, model: Path) -> None:
    done = Event()

    def send_requests() -> Counter[tuple[int, str]]:
        seen: Counter[tuple[int, str]] = Counter()
        while not done.is_set():
            response = reloadable.get("/explain?text=fine")
            seen[response.status_code, response.json()["model"]["name"]] += 1
        return seen

    with ThreadPoolExecutor(2) as pool:
        clients = [pool.submit(send_requests) for _ in range(2)]
        replace_model(model, OTHER)
        assert reload(reloadable).status_code == 200
        done.set()
    seen = sum((client.result() for client in clients), Counter())
    assert {status for status, _ in seen} == {200}


@pytest.mark.slow
def test_sigterm_under_load_finishes_accepted_requests(tmp_path: Path) -> None:
    settings = {"shutdown_seconds": 100, "deadline_seconds": 100}
    with (
        running(tmp_path, concurrency=1, **settings) as service,
        ThreadPoolExecutor(16) as pool,
    ):
        requests = [pool.submit(predict, service, "word " * 300) for _ in range(64)]
        wait_until(lambda: sum(request.done() for request in requests) > 4)
        service.process.send_signal(signal.SIGTERM)
        statuses = Counter(outcome(request) for request in requests)
        service.process.wait(timeout=TIMEOUT_SECONDS)
    assert statuses.keys() <= {"200", "503", "refused"}
    lines = [json.loads(line) for line in service.log.read_text().splitlines()]
    logged = Counter(line["status"] for line in lines if line.get("route") == "/predict")
    # Every request that was read has a response, and every response has arrived.
    assert logged == Counter({200: statuses["200"], 503: statuses["503"]}) - Counter()
    assert logged[200] > 4
    assert lines[-1]["message"].startswith("Finished server process")


def predict(service: Running, text: str) -> httpx.Response:
    return httpx.post(f"{service.url}/predict", json={"text": text}, timeout=TIMEOUT_SECONDS)


def outcome(request: Future[httpx.Response]) -> str:
    """Return the status of a response, or `refused` if there was none.

    When the listener closes, connections whose request has not been read are closed or reset.
    """
    try:
        return str(request.result().status_code)
    except (httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError):
        return "refused"


def test_while_draining_new_requests_are_refused_and_accepted_ones_finish(tmp_path: Path) -> None:
    settings = {"shutdown_seconds": 100, "deadline_seconds": 100}
    with (
        running(tmp_path, concurrency=1, **settings) as service,
        httpx.Client(base_url=service.url) as client,
    ):
        client.get("/health")
        with ThreadPoolExecutor() as pool:
            long = pool.submit(predict, service, "word " * 20_000)
            # The warm-up and the long text have left the queue, which a thread is processing now.
            wait_until(lambda: samples(client)["gatewise_wait_seconds_count",] > 1)
            service.process.send_signal(signal.SIGTERM)
            wait_until(lambda: client.get("/ready").status_code == 503)
            assert "shutting down" in client.get("/ready").text
            problem(client.post("/predict", json={"text": "fine"}), 503)
            assert client.get("/health").status_code == 200
            assert long.result().status_code == 200
        service.process.wait(timeout=TIMEOUT_SECONDS)


@pytest.mark.slow
def test_a_request_that_takes_longer_than_the_shutdown_gets_503_and_the_process_ends(
    tmp_path: Path,
) -> None:
    seconds = 4
    with running(tmp_path, shutdown_seconds=seconds) as service, ThreadPoolExecutor() as pool:
        body = {"text": "word " * 990, "gate_effects": True}
        long = pool.submit(httpx.post, f"{service.url}/explain", json=body, timeout=60)
        with httpx.Client(base_url=service.url) as client:
            # The warm-up and the long text have left the queue.
            wait_until(lambda: samples(client)["gatewise_wait_seconds_count",] > 1)
        started = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        detail = problem(long.result(), 503)["detail"]
        assert "interrupted the request" in detail
        service.process.wait(timeout=TIMEOUT_SECONDS)
        assert time.monotonic() - started < seconds + 2
    assert "Finished server process" in service.log.read_text()


@pytest.mark.slow
def test_worker_processes_share_metrics_are_restarted_and_end_with_their_parent(
    tmp_path: Path,
) -> None:
    with running(tmp_path, workers=2) as service:
        first = service.children()
        assert len(first) == 2
        one, other = (weight_files(pid) for pid in first)
        assert one == other
        assert len(one) == 7  # six arrays of weights, and the word table
        check_that_metrics_count_requests_of_all_processes(service)
        os.kill(first[0], signal.SIGKILL)
        wait_until(lambda: httpx.get(f"{service.url}/ready").status_code == 503)
        assert predict(service, "fine").status_code == 200
        await_ready(service)
        second = service.children()
        assert first[1] in second
        assert first[0] not in second
        service.process.kill()
        wait_until(lambda: not [pid for pid in second if Path(f"/proc/{pid}").exists()])


def weight_files(pid: int) -> set[str]:
    """Return the files of weights that a process has mapped into memory."""
    maps = Path(f"/proc/{pid}/maps").read_text().split()
    return {word for word in maps if word.endswith(".npy")}


def check_that_metrics_count_requests_of_all_processes(service: Running) -> None:
    """Send requests on new connections, which any process may accept, and compare /metrics."""
    for count in range(1, 21):
        assert predict(service, "fine").status_code == 200
        with httpx.Client(base_url=service.url) as client:
            counted = samples(client)
        key = "gatewise_requests_total", "method=POST", "route=/predict", "status=200"
        assert counted[key] == count


@pytest.mark.slow
def test_a_reload_reaches_every_process(tmp_path: Path, model: Path) -> None:
    keys = tmp_path / "admin"
    keys.write_text("admin-key")
    with running(tmp_path, workers=2, model=model, admin_keys_file=keys) as service:
        replace_model(model, OTHER)
        with httpx.Client(base_url=service.url, timeout=TIMEOUT_SECONDS) as client:
            assert reload(client).status_code == 200
        wait_until(lambda: {name_on_new_connection(service) for _ in range(10)} == {OTHER.name})
        service.stop()


@pytest.mark.slow
def test_a_reload_of_one_of_several_models_reaches_every_process(
    tmp_path: Path, model: Path
) -> None:
    keys = tmp_path / "admin"
    keys.write_text("admin-key")
    models = f"{DEFAULT_RELEASE.name},new={model}"
    with running(tmp_path, workers=2, models=models, admin_keys_file=keys) as service:
        replace_model(model, OTHER)
        with httpx.Client(base_url=service.url, timeout=TIMEOUT_SECONDS) as client:
            headers = {"authorization": "Bearer admin-key"}
            response = client.post("/admin/reload", params={"model": "new"}, headers=headers)
            assert response.status_code == 200
        wait_until(
            lambda: (
                {names_on_new_connection(service) for _ in range(10)}
                == {(DEFAULT_RELEASE.name, OTHER.name)}
            )
        )
        service.stop()


def names_on_new_connection(service: Running) -> tuple[str, ...]:
    """Return the names of all models of whichever process accepts a new connection."""
    models = httpx.get(f"{service.url}/info").json()["models"]
    return tuple(each["model"]["name"] for each in models)


def name_on_new_connection(service: Running) -> str:
    """Return the name of the model of whichever process accepts a new connection."""
    name: str = httpx.get(f"{service.url}/info").json()["model"]["name"]
    return name
