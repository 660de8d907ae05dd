"""One process' model by itself: its warm-up, and what its reloads leave in the crew's directory."""

import asyncio
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from models import Predictor
from models.artifact import save_artifact
from models.errors import ArtifactError
from models.shared import directory_of
from service.crew import Crew
from service.host import Host
from service.settings import Settings
from tests.models.artifacts import small_artifact


def save_model(folder: Path, seed: int) -> None:
    """Put a small model in place of the one that is there."""
    shutil.rmtree(folder, ignore_errors=True)
    save_artifact(small_artifact(seed=seed), folder)


@contextmanager
def a_host(folder: Path) -> Iterator[Host]:
    """Serve the first of several small models, as one process of a crew."""
    save_model(folder / "model", 0)
    settings = Settings(model=folder / "model", workers=2)
    host = Host(settings, crew=Crew(folder / "crew", size=2))
    try:
        yield host
    finally:
        host.queue.close()


def kept(host: Host) -> set[Path]:
    """List the parts of the crew's directory."""
    assert host.crew
    return set(host.crew.weights.iterdir())


def part_of(host: Host) -> Path:
    """Name the part of the crew's directory that is for the model that is served."""
    assert host.crew
    return directory_of(host.predictor.artifact.weights, host.crew.weights)


def test_reloads_leave_the_weights_of_this_model_and_of_the_one_before(tmp_path: Path) -> None:
    with a_host(tmp_path) as host:
        for seed in (1, 2, 3):
            before = part_of(host)
            save_model(tmp_path / "model", seed)
            asyncio.run(host.reload())
            assert kept(host) == {before, part_of(host)}


def test_a_process_that_reloads_later_maps_what_the_first_wrote(tmp_path: Path) -> None:
    with a_host(tmp_path) as first:
        late = Host(first.settings, crew=first.crew)
        save_model(tmp_path / "model", 1)
        asyncio.run(first.reload())
        written = {file: file.stat().st_ino for file in part_of(first).iterdir()}
        asyncio.run(late.reload())
        assert {file: file.stat().st_ino for file in part_of(late).iterdir()} == written


def test_a_refused_model_leaves_no_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Predictor) -> None:
        raise ArtifactError("no")

    with a_host(tmp_path) as host:
        save_model(tmp_path / "model", 1)
        monkeypatch.setattr(Predictor, "warm_up", fail)
        with pytest.raises(ArtifactError):
            asyncio.run(host.reload())
        assert kept(host) == {part_of(host)}


def test_a_warm_up_that_takes_longer_than_the_deadline_still_gets_it_ready(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def start() -> str | None:
        host.start()
        await host.stop()  # waits for the warm-up
        return host.unready

    monkeypatch.setattr(predictor, "warm_up", lambda: time.sleep(0.3))
    host = Host(Settings(deadline_seconds=0.1), predictor=predictor)
    assert asyncio.run(start()) is None
