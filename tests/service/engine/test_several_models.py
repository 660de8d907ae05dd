"""Several models behind one address: selection, traffic, shadow, reload and metrics."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gatewise.models import Predictor
from gatewise.models.artifact.artifact import save_artifact
from gatewise.models.errors import ArtifactError
from gatewise.service.engine import shadow as shadow_module
from gatewise.service.engine.errors import ServedModelsError
from gatewise.service.engine.model_host import ModelHost
from gatewise.service.engine.shadow import Shadow
from gatewise.service.settings import Settings
from tests.models.artifacts import small_artifact
from tests.service.engine.test_metrics import samples
from tests.service.problems import only_error

TEXT = "I love the boring movie."
ADMIN = {"authorization": "Bearer admin-key"}


def save_model(folder: Path, *, name: str, seed: int) -> None:
    """Replace the model in a folder by a small one."""
    shutil.rmtree(folder, ignore_errors=True)
    save_artifact(small_artifact(name=name, seed=seed), folder)


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """A folder with the models `a` and `b`."""
    save_model(tmp_path / "a", name="a", seed=0)
    save_model(tmp_path / "b", name="b", seed=1)
    return tmp_path


@pytest.fixture
def both(client_of: Callable[..., httpx.Client], folders: Path) -> Callable[..., httpx.Client]:
    """A function that starts a server of both models and returns a client of it."""
    (folders / "admin").write_text("admin-key")

    def start(**changes: Any) -> httpx.Client:
        models = f"{folders / 'a'},{folders / 'b'}"
        options = {"models": models, "admin_keys_file": folders / "admin", **changes}
        return client_of(predictor=None, **options)

    return start


def logit(client: httpx.Client, model: str | None = None) -> float:
    body = {"text": TEXT, "model": model}
    value: float = client.post("/explain", json=body).json()["decomposition"]["logit"]
    return value


def expected(folder: Path) -> float:
    return Predictor.load(folder).predict([TEXT])[0].logit


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_request_selects_a_model_by_its_id(
    both: Callable[..., httpx.Client], folders: Path
) -> None:
    client = both()
    for model in ("a", "b"):
        assert logit(client, model) == pytest.approx(expected(folders / model), abs=1e-6)
    assert logit(client) == logit(client, "a") != logit(client, "b")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/predict", {"text": TEXT}),
        ("/predict", {"text": [TEXT, TEXT]}),
        ("/explain", {"text": TEXT}),
        ("/explain/step", {"text": TEXT, "step": 0}),
        ("/explain/sweep", {"text": TEXT, "gate": "reset", "first": 0, "last": 0}),
        ("/explain/diff", {"text": TEXT, "other": TEXT}),
    ],
)
def test_every_endpoint_takes_a_model(
    both: Callable[..., httpx.Client], path: str, body: dict[str, Any]
) -> None:
    content = both().post(path, json={**body, "model": "b"}).json()
    response = content[0] if isinstance(content, list) else content
    assert response["model"] == {"name": "b", "version": "0.0.1", "id": "b"}


def test_units_and_hugging_face_requests_take_a_model(both: Callable[..., httpx.Client]) -> None:
    client = both()
    assert client.get("/units", params={"model": "b"}).json()["model"]["id"] == "b"
    assert client.get("/units/0", params={"model": "b"}).json()["model"]["id"] == "b"
    scores = client.post("/predict", json={"inputs": TEXT, "model": "b"}).json()
    own = client.post("/predict", json={"text": TEXT, "model": "b"}).json()["probabilities"]
    assert {score["label"]: score["score"] for score in scores[0]} == own


def test_the_open_inference_protocol_selects_a_model_by_its_path(
    both: Callable[..., httpx.Client],
) -> None:
    client = both(traffic="a=100")
    tensor = {"name": "text", "shape": [1], "datatype": "BYTES", "data": [TEXT]}
    response = client.post("/v2/models/b/infer", json={"inputs": [tensor]}).json()
    assert response["model_name"] == "b"


def test_an_unknown_model_is_refused_with_the_known_ones(
    both: Callable[..., httpx.Client],
) -> None:
    client = both()
    error = only_error(client.post("/predict", json={"text": TEXT, "model": "c"}))
    assert error["pointer"] == "#/model"
    assert error["detail"].endswith("The models are: a, b.")
    error = only_error(client.get("/units", params={"model": "c"}))
    assert error["parameter"] == "model"


def test_info_lists_the_models(both: Callable[..., httpx.Client]) -> None:
    info = both(traffic="a=90,b=10", shadow="b").get("/info").json()
    listed = [(each["model"]["id"], each["traffic"], each["shadow"]) for each in info["models"]]
    assert listed == [("a", 90, False), ("b", 10, True)]
    assert info["model"] == info["models"][0]["model"]


def test_the_text_decides_which_model_serves_a_request(both: Callable[..., httpx.Client]) -> None:
    client = both(traffic="a=50,b=50")
    texts = [f"{'great ' * count}movie" for count in range(12)]
    served = [client.post("/predict", json={"text": text}).json()["model"]["id"] for text in texts]
    assert set(served) == {"a", "b"}
    for path in ("/explain", "/explain/diff"):
        explained = [
            client.get(
                path, params={"text": text, "other": "plot"} if "diff" in path else {"text": text}
            ).json()["model"]["id"]
            for text in texts
        ]
        assert explained == served


def test_metrics_are_counted_by_model(both: Callable[..., httpx.Client]) -> None:
    client = both()
    for model in ("a", "b", "b"):
        label = client.post("/predict", json={"text": TEXT, "model": model}).json()["label"]
    counted = samples(client)
    assert counted["gatewise_text_tokens_count", "model=a"] == 1
    assert counted["gatewise_text_tokens_count", "model=b"] == 2
    assert counted["gatewise_predictions_total", f"label={label}", "model=b"] == 2
    assert counted["gatewise_inference_seconds_count", "model=b", "operation=predict"] == 2


def test_a_reload_exchanges_one_model_and_keeps_its_id(
    both: Callable[..., httpx.Client], folders: Path
) -> None:
    client = both()
    before = logit(client, "a")
    save_model(folders / "b", name="c", seed=2)
    response = client.post("/admin/reload", params={"model": "b"}, headers=ADMIN)
    assert response.json()["model"] == {"name": "c", "version": "0.0.1", "id": "b"}
    assert response.json()["previous"]["name"] == "b"
    assert logit(client, "b") == pytest.approx(expected(folders / "b"), abs=1e-6)
    assert logit(client, "a") == before
    assert samples(client)["gatewise_reloads_total", "model=b", "outcome=served"] == 1


def test_a_reload_of_an_unknown_model_is_refused(both: Callable[..., httpx.Client]) -> None:
    response = both().post("/admin/reload", params={"model": "c"}, headers=ADMIN)
    assert only_error(response)["parameter"] == "model"


def test_a_refused_reload_leaves_both_models_in_service(
    both: Callable[..., httpx.Client], folders: Path
) -> None:
    client = both()
    before = [logit(client, model) for model in ("a", "b")]
    shutil.rmtree(folders / "b")
    assert client.post("/admin/reload", params={"model": "b"}, headers=ADMIN).status_code == 409
    assert [logit(client, model) for model in ("a", "b")] == before


def test_two_models_of_one_name_need_another_id(folders: Path) -> None:
    with pytest.raises(ServedModelsError, match="Two models are named 'a'"):
        ModelHost(Settings(models=f"{folders / 'a'},{folders / 'a'}"))
    host = ModelHost(Settings(models=f"{folders / 'a'},new={folders / 'a'}"))
    assert list(host.models) == ["a", "new"]


@pytest.mark.parametrize("setting", ["traffic", "shadow"])
def test_a_setting_with_an_unknown_model_stops_the_start(folders: Path, setting: str) -> None:
    value = {"traffic": "c=100", "shadow": "c"}[setting]
    models = f"{folders / 'a'},{folders / 'b'}"
    with pytest.raises(ServedModelsError, match=r"'c'.*The models are a, b"):
        ModelHost(Settings.model_validate({"models": models, setting: value}))


def test_a_model_that_cannot_be_loaded_stops_the_start(folders: Path) -> None:
    with pytest.raises(ArtifactError):
        ModelHost(Settings(models=f"{folders / 'a'},{folders / 'c'}"))


def outcomes(client: httpx.Client) -> dict[str, float]:
    """Return how often the shadow model had each outcome."""
    name = "gatewise_shadow_texts_total"
    return {key[2]: value for key, value in samples(client).items() if key[0] == name}


def test_a_shadow_classifies_copies_and_counts_agreement(
    both: Callable[..., httpx.Client], folders: Path
) -> None:
    client = both(shadow="b")
    texts = [f"{'great ' * count}movie" for count in range(12)]
    labels = [
        response["label"] for response in client.post("/predict", json={"text": texts}).json()
    ]
    own = [prediction.label for prediction in Predictor.load(folders / "b").predict(texts)]
    agreed = sum(mine == other for mine, other in zip(labels, own, strict=True))
    expected_outcomes = {"outcome=agreed": agreed, "outcome=disagreed": len(texts) - agreed}
    wait_for(lambda: sum(outcomes(client).values()) == len(texts))
    assert outcomes(client) == {key: count for key, count in expected_outcomes.items() if count}


def test_texts_that_the_shadow_served_itself_are_not_copied(
    both: Callable[..., httpx.Client],
) -> None:
    client = both(shadow="b")
    client.post("/predict", json={"text": TEXT, "model": "b"})
    client.post("/predict", json={"text": TEXT})
    wait_for(lambda: outcomes(client))
    assert sum(outcomes(client).values()) == 1


@pytest.fixture
def stuck_shadow(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Block every shadow model at its first text, until the event is set."""
    release = threading.Event()
    predict = Predictor.predict

    def blocking(self: Predictor, *arguments: Any, **options: Any) -> Any:
        if threading.current_thread().name == "shadow":
            release.wait()
        return predict(self, *arguments, **options)

    monkeypatch.setattr(Predictor, "predict", blocking)
    yield release
    release.set()


def test_a_stuck_shadow_delays_no_request_and_texts_are_left_out(
    both: Callable[..., httpx.Client],
    stuck_shadow: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shadow_module, "MAX_CHARACTERS", 2 * len(TEXT))
    client = both(shadow="b", concurrency=1)
    for _ in range(5):
        assert client.post("/predict", json={"text": TEXT}).status_code == 200
    assert samples(client)["gatewise_queue_tokens",] == 0
    # One is being classified, and two wait.
    wait_for(lambda: outcomes(client).get("outcome=left_out") == 2)
    stuck_shadow.set()
    wait_for(lambda: sum(outcomes(client).values()) == 5)


def test_a_failing_shadow_fails_no_request(
    both: Callable[..., httpx.Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    predict = Predictor.predict

    def failing(self: Predictor, *arguments: Any, **options: Any) -> Any:
        if threading.current_thread().name == "shadow":
            raise RuntimeError
        return predict(self, *arguments, **options)

    monkeypatch.setattr(Predictor, "predict", failing)
    client = both(shadow="b")
    assert client.post("/predict", json={"text": TEXT}).status_code == 200
    wait_for(lambda: outcomes(client) == {"outcome=failed": 1})


def test_a_shadow_begins_no_text_while_the_queue_is_busy(folders: Path) -> None:
    host = ModelHost(Settings(models=f"{folders / 'a'},{folders / 'b'}", shadow="b"))
    idle = threading.Event()
    shadow = Shadow(host.models["b"], host.metrics, is_idle=idle.is_set)
    shadow.submit([TEXT], host.models["a"].predictor.predict([TEXT]))
    time.sleep(0.1)
    assert b"gatewise_shadow_texts_total{" not in host.metrics.render()
    idle.set()
    wait_for(lambda: b"gatewise_shadow_texts_total{" in host.metrics.render())
    shadow.close()


def test_a_long_text_is_left_out_of_the_shadow(both: Callable[..., httpx.Client]) -> None:
    client = both(shadow="b")
    text = "word " * (shadow_module.MAX_TEXT_CHARACTERS // 5 + 1)
    assert client.post("/predict", json={"text": text}).status_code == 200
    wait_for(lambda: outcomes(client) == {"outcome=left_out": 1})
