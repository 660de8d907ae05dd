"""From start to end: drains, dead processes, and models that change while it serves."""

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

from models.artifact import CONFIG, WEIGHTS
from models.predictor import DEFAULT_RELEASE
from tests.service.problems import problem
from tests.service.process import Running, await_ready, running
from tests.service.test_metrics import samples

PATIENCE_SECONDS = 120
OTHER = DEFAULT_RELEASE.with_name("imdb-gru-256")


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def served(client: httpx.Client) -> str:
    name: str = client.get("/info").json()["model"]["name"]
    return name


def swap(model: Path, new: Path) -> None:
    """Put another artifact in place, as an export does: the config last."""
    (model / CONFIG).unlink()
    for file in sorted(new.iterdir(), key=lambda file: file.name == CONFIG):
        staged = model / f".{file.name}"
        shutil.copy(file, staged)
        staged.replace(model / file.name)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy of the default release."""
    return shutil.copytree(DEFAULT_RELEASE, tmp_path / "model")


@pytest.fixture
def reloadable(client_of_model: Callable[..., httpx.Client], tmp_path: Path) -> httpx.Client:
    """A server of the copy, whose operator has a key."""
    keys = tmp_path / "admin"
    keys.write_text("admin-key")
    return client_of_model(admin_keys_file=keys)


@pytest.fixture
def client_of_model(
    client_of: Callable[..., httpx.Client], model: Path
) -> Callable[..., httpx.Client]:
    """Start a server of the copy."""
    return lambda **changes: client_of(predictor=None, model=model, **changes)


def reload(client: httpx.Client) -> httpx.Response:
    return client.post("/admin/reload", headers={"authorization": "Bearer admin-key"})


def test_another_model_is_loaded_by_command(reloadable: httpx.Client, model: Path) -> None:
    before = served(reloadable)
    swap(model, OTHER)
    answer = reload(reloadable).json()
    assert (answer["previous"]["name"], answer["model"]["name"]) == (before, OTHER.name)
    assert reloadable.post("/predict", json={"text": "fine"}).json()["model"] == answer["model"]
    counted = samples(reloadable)
    named = {key[1]: value for key, value in counted.items() if key[0] == "gatewise_model_info"}
    assert named == {f"name={before}": 0, f"name={OTHER.name}": 1}
    assert counted["gatewise_reloads_total", "outcome=served"] == 1


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
    ids=["corrupt", "missing", "torn config", "other weights", "other config", "gone"],
)
def test_a_model_that_is_not_whole_is_refused_and_the_old_one_serves_on(
    reloadable: httpx.Client, model: Path, damage: Callable[[Path], object], reason: str
) -> None:
    before = reloadable.post("/predict", json={"text": "fine"}).json()
    damage(model)
    detail = problem(reload(reloadable), 409)["detail"]
    assert reason in detail
    assert detail.endswith("The old model serves on.")
    assert reloadable.get("/ready").status_code == 200
    assert reloadable.post("/predict", json={"text": "fine"}).json() == before


def test_requests_are_answered_while_models_change(reloadable: httpx.Client, model: Path) -> None:
    done = Event()

    def ask() -> Counter[tuple[int, str]]:
        seen: Counter[tuple[int, str]] = Counter()
        while not done.is_set():
            answer = reloadable.get("/explain?text=fine")
            seen[answer.status_code, answer.json()["model"]["name"]] += 1
        return seen

    with ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(ask) for _ in range(2)]
        swap(model, OTHER)
        assert reload(reloadable).status_code == 200
        done.set()
    seen = sum((entry.result() for entry in asking), Counter())
    assert {status for status, _ in seen} == {200}


def test_a_watched_directory_is_served_anew_when_it_changes(
    client_of_model: Callable[..., httpx.Client], model: Path
) -> None:
    client = client_of_model(watch_seconds=0.1)
    swap(model, OTHER)
    wait_until(lambda: served(client) == OTHER.name)
    (model / CONFIG).write_text("{")
    wait_until(lambda: samples(client).get(("gatewise_reloads_total", "outcome=refused")))
    assert served(client) == OTHER.name


def test_sigterm_in_mid_load_answers_all_that_was_accepted(tmp_path: Path) -> None:
    patience = {"shutdown_seconds": 100, "deadline_seconds": 100}
    with (
        running(tmp_path, concurrency=1, **patience) as service,
        ThreadPoolExecutor(16) as pool,
    ):
        asked = [pool.submit(predict, service, "word " * 300) for _ in range(64)]
        wait_until(lambda: sum(answer.done() for answer in asked) > 4)
        service.process.send_signal(signal.SIGTERM)
        statuses = Counter(outcome(answer) for answer in asked)
        service.process.wait(timeout=PATIENCE_SECONDS)
    assert statuses.keys() <= {"200", "503", "refused"}
    lines = [json.loads(line) for line in service.log.read_text().splitlines()]
    asked_of = Counter(line["status"] for line in lines if line.get("route") == "/predict")
    assert asked_of == Counter({200: statuses["200"], 503: statuses["503"]}) - Counter()
    assert asked_of[200] > 4  # what it read it answered, and every answer has arrived
    assert lines[-1]["message"].startswith("Finished server process")


def predict(service: Running, text: str) -> httpx.Response:
    return httpx.post(f"{service.url}/predict", json={"text": text}, timeout=PATIENCE_SECONDS)


def outcome(answer: Future[httpx.Response]) -> str:
    """Name what became of a request; `refused` if no answer came.

    A connection whose request was not read yet when the last listener closes is closed or reset.
    """
    try:
        return str(answer.result().status_code)
    except (httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError):
        return "refused"


def test_while_draining_it_is_not_ready_and_takes_nothing_new(tmp_path: Path) -> None:
    patience = {"shutdown_seconds": 100, "deadline_seconds": 100}
    with (
        running(tmp_path, concurrency=1, **patience) as service,
        httpx.Client(base_url=service.url) as client,
    ):
        client.get("/health")
        with ThreadPoolExecutor() as pool:
            long = pool.submit(predict, service, "word " * 20_000)
            wait_until(lambda: samples(client)["gatewise_requests_in_flight",] > 1)
            service.process.send_signal(signal.SIGTERM)
            wait_until(lambda: client.get("/ready").status_code == 503)
            assert "shutting down" in client.get("/ready").text
            problem(client.post("/predict", json={"text": "fine"}), 503)
            assert client.get("/health").status_code == 200
            assert long.result().status_code == 200
        service.process.wait(timeout=PATIENCE_SECONDS)


def test_shutdown_does_not_wait_longer_than_set(tmp_path: Path) -> None:
    with running(tmp_path, shutdown_seconds=1) as service, ThreadPoolExecutor() as pool:
        long = pool.submit(predict, service, "word " * 20_000)
        body = {"text": "word " * 990, "effects": True}
        longer = pool.submit(httpx.post, f"{service.url}/explain", json=body, timeout=60)
        time.sleep(0.5)
        started = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        wait_until(lambda: not reachable(service))
        assert time.monotonic() - started < 10
        service.process.kill()
        for answer in long, longer:
            assert answer.exception() is None or isinstance(
                answer.exception(), httpx.TransportError
            )


def reachable(service: Running) -> bool:
    try:
        httpx.get(f"{service.url}/health", timeout=5)
    except httpx.TransportError:
        return False
    return True


def test_processes_add_up_their_figures_survive_the_death_of_one_and_end_with_their_parent(
    tmp_path: Path,
) -> None:
    with running(tmp_path, workers=2) as service:
        first = service.children()
        assert len(first) == 2
        one, other = (weight_files(pid) for pid in first)
        assert one == other
        assert len(one) == 7  # six arrays of weights, and the table of words
        ask_until_both_answered(service)
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
    """List the files of weights that are part of a process' memory."""
    maps = Path(f"/proc/{pid}/maps").read_text().split()
    return {word for word in maps if word.endswith(".npy")}


def ask_until_both_answered(service: Running) -> None:
    """Ask on connections of their own until /metrics has counted every request so far."""
    for asked in range(1, 21):
        assert predict(service, "fine").status_code == 200
        with httpx.Client(base_url=service.url) as client:
            counted = samples(client)
        key = "gatewise_requests_total", "method=POST", "route=/predict", "status=200"
        assert counted[key] == asked


def test_a_reload_reaches_every_process(tmp_path: Path, model: Path) -> None:
    keys = tmp_path / "admin"
    keys.write_text("admin-key")
    with running(tmp_path, workers=2, model=model, admin_keys_file=keys) as service:
        swap(model, OTHER)
        with httpx.Client(base_url=service.url, timeout=PATIENCE_SECONDS) as client:
            assert reload(client).status_code == 200
        wait_until(lambda: {name_of(service) for _ in range(10)} == {OTHER.name})
        service.stop()


def name_of(service: Running) -> str:
    """Ask on a new connection, which any process may take."""
    name: str = httpx.get(f"{service.url}/info").json()["model"]["name"]
    return name
