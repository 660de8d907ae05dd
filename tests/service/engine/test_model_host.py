"""The model of one process by itself: warm-up, and the shared weights after a reload."""

import asyncio
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gatewise.models import Predictor
from gatewise.models.artifact.artifact import save_artifact
from gatewise.models.errors import ArtifactError, ArtifactMissingError
from gatewise.models.mmap_weights import directory_of
from gatewise.service.engine.model_host import ModelHost
from gatewise.service.engine.worker_group import WorkerGroup
from gatewise.service.settings import Settings
from tests.models.artifacts import small_artifact


def save_model(folder: Path, seed: int) -> None:
    """Replace the model in a folder by a small one."""
    shutil.rmtree(folder, ignore_errors=True)
    save_artifact(small_artifact(seed=seed), folder)


@contextmanager
def host_in_a_group(folder: Path) -> Iterator[ModelHost]:
    """Serve a small model as one process of a group."""
    save_model(folder / "model", 0)
    settings = Settings(model=str(folder / "model"), workers=2)
    model_host = ModelHost(settings, group=WorkerGroup(folder / "group", size=2))
    try:
        yield model_host
    finally:
        model_host.queue.close()


def shared_weights(model_host: ModelHost) -> set[Path]:
    """Return the directories of all weights that the group shares."""
    assert model_host.group
    return set((model_host.group.weights / "0").iterdir())


def own_weights(model_host: ModelHost) -> Path:
    """Return the directory of the weights that are served."""
    assert model_host.group
    weights = model_host.default.predictor.artifact.weights
    return directory_of(weights, model_host.group.weights / "0")


def test_after_a_reload_only_the_current_and_the_previous_weights_are_kept(tmp_path: Path) -> None:
    with host_in_a_group(tmp_path) as model_host:
        for seed in (1, 2, 3):
            before = own_weights(model_host)
            save_model(tmp_path / "model", seed)
            asyncio.run(model_host.reload(model_host.default))
            assert shared_weights(model_host) == {before, own_weights(model_host)}


def test_a_process_that_reloads_later_maps_the_weights_of_the_first(tmp_path: Path) -> None:
    with host_in_a_group(tmp_path) as first:
        second = ModelHost(first.settings, group=first.group)
        save_model(tmp_path / "model", 1)
        asyncio.run(first.reload(first.default))
        written = {file: file.stat().st_ino for file in own_weights(first).iterdir()}
        asyncio.run(second.reload(second.default))
        assert {file: file.stat().st_ino for file in own_weights(second).iterdir()} == written


def test_a_refused_model_leaves_no_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Predictor) -> None:
        raise ArtifactError("no")

    with host_in_a_group(tmp_path) as model_host:
        save_model(tmp_path / "model", 1)
        monkeypatch.setattr(Predictor, "warm_up", fail)
        with pytest.raises(ArtifactError):
            asyncio.run(model_host.reload(model_host.default))
        assert shared_weights(model_host) == {own_weights(model_host)}


def test_a_warm_up_has_no_deadline(predictor: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    async def warm_up() -> str | None:
        model_host.start()
        await model_host.stop()  # waits for the warm-up
        return model_host.unready

    monkeypatch.setattr(predictor, "warm_up", lambda: time.sleep(0.3))
    model_host = ModelHost(Settings(deadline_seconds=0.1), predictor=predictor)
    assert asyncio.run(warm_up()) is None


def test_the_dictionaries_are_loaded_once_the_service_is_ready(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    model_host = ModelHost(Settings(), predictor=predictor)
    reasons: list[str | None] = []
    monkeypatch.setattr(predictor, "load_dictionaries", lambda: reasons.append(model_host.unready))

    async def start_and_stop() -> None:
        model_host.start()
        await model_host.stop()  # waits for both

    asyncio.run(start_and_stop())
    assert reasons == [None]


def test_dictionaries_that_cannot_be_loaded_do_not_disturb_the_service(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise OSError("no file")

    async def start_and_stop() -> str | None:
        model_host.start()
        await model_host.stop()  # waits for both
        return model_host.unready

    monkeypatch.setattr(predictor, "load_dictionaries", fail)
    model_host = ModelHost(Settings(), predictor=predictor)
    assert asyncio.run(start_and_stop()) is None


def test_a_release_is_served_by_its_name() -> None:
    assert ModelHost(Settings(model="imdb-gru-256")).default.name.name == "imdb-gru-256"


def test_an_unknown_model_is_refused_with_the_known_names() -> None:
    with pytest.raises(ArtifactMissingError, match="imdb-gru-256"):
        ModelHost(Settings(model="imdb-gru-257"))
