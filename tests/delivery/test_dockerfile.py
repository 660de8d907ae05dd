"""Tests of the Dockerfile without a Docker engine: it is read, and its commands are run."""

import os
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.delivery.dockerfile import Dockerfile, copied_from

IMAGES = ("serve", "train")
PATIENCE_SECONDS = 120


@pytest.fixture(scope="module")
def served_port(dockerfile: Dockerfile, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Start the serving image's entry point and return its port once the model is loaded."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    log = tmp_path_factory.mktemp("serve") / "log"
    program, *arguments = dockerfile["serve"].last("ENTRYPOINT").command
    with log.open("w") as output:
        server = subprocess.Popen(
            [str(Path(sys.executable).with_name(program)), *arguments],
            env={**os.environ, "GATEWISE_HOST": "127.0.0.1", "GATEWISE_PORT": str(port)},
            stdout=output,
            stderr=output,
        )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}/ready", server, log)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE_SECONDS)


def wait_until_ready(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(url, trust_env=False).is_success:
                return
        time.sleep(0.1)
    pytest.fail(f"the service did not get ready:\n{log.read_text()}")


def health(dockerfile: Dockerfile, port: int) -> int:
    """Run the image's own health check against a port, with this interpreter."""
    program, *arguments = dockerfile["serve"].last("HEALTHCHECK").command
    assert program == "python"
    environment = {**os.environ, "GATEWISE_PORT": str(port)}
    return subprocess.run(
        [sys.executable, *arguments], env=environment, check=False, stderr=subprocess.DEVNULL
    ).returncode


def test_a_plain_build_makes_the_serving_image(dockerfile: Dockerfile) -> None:
    assert dockerfile.stages[-1].name == "serve"


def test_every_stage_is_built_from_an_earlier_one_or_from_the_python_image(
    dockerfile: Dockerfile,
) -> None:
    known = {"", "${PYTHON_IMAGE}"}
    for stage in dockerfile.stages:
        assert {stage.base, *map(copied_from, stage.all("COPY"))} <= known
        known.add(stage.name)


def test_every_file_copied_exists_and_reaches_the_build(root: Path, dockerfile: Dockerfile) -> None:
    rules = (root / ".dockerignore").read_text().splitlines()
    for stage in dockerfile.stages:
        for copy in stage.all("COPY"):
            if not copied_from(copy):
                for source in copy.words[:-1]:
                    assert (root / source).exists()
                    assert f"!{source}" in rules


def test_nothing_else_reaches_the_build(root: Path, dockerfile: Dockerfile) -> None:
    copied = {
        source
        for stage in dockerfile.stages
        for copy in stage.all("COPY")
        if not copied_from(copy)
        for source in copy.words[:-1]
    }
    rules = (root / ".dockerignore").read_text().splitlines()
    assert "*" in rules
    assert {rule[1:] for rule in rules if rule.startswith("!")} == copied


@pytest.mark.parametrize("image", IMAGES)
def test_images_run_as_a_numbered_user_that_is_not_root(dockerfile: Dockerfile, image: str) -> None:
    user, group = map(int, dockerfile[image].last("USER").value.split(":"))
    assert user > 0
    assert group > 0


@pytest.mark.parametrize(
    ("image", "command"), [("serve", ["gatewise", "serve"]), ("train", ["gatewise"])]
)
def test_images_start_the_command_without_a_shell(
    dockerfile: Dockerfile, image: str, command: list[str]
) -> None:
    assert dockerfile[image].last("ENTRYPOINT").command == command


def test_the_serving_image_has_nothing_of_training_installed(dockerfile: Dockerfile) -> None:
    def installs_training(image: str) -> bool:
        runs = [run.value for stage in dockerfile.lineage(image) for run in stage.all("RUN")]
        return any("--requirement train.txt" in run for run in runs)

    assert installs_training("train")
    assert not installs_training("serve")


def test_no_layer_keeps_what_pip_downloads(dockerfile: Dockerfile) -> None:
    for stage in dockerfile.stages:
        cacheless = any(
            "PIP_NO_CACHE_DIR" in base.environment for base in dockerfile.lineage(stage.name)
        )
        for run in stage.all("RUN"):
            assert "-m pip" not in run.value or cacheless or "--no-cache-dir" in run.value


def test_the_images_install_what_the_project_declares(
    root: Path, dockerfile: Dockerfile, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").symlink_to(root / "pyproject.toml")
    extract = dockerfile["dependencies"].all("RUN")[0]
    python = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": f"{python}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(["sh", "-c", extract.value], cwd=tmp_path, env=environment, check=True)

    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    core, train = project["dependencies"], project["optional-dependencies"]["train"]
    assert (tmp_path / "core.txt").read_text().splitlines() == core
    assert (tmp_path / "train.txt").read_text().splitlines() == train


def test_torch_is_pinned_to_one_version(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    train = project["optional-dependencies"]["train"]
    assert len([entry for entry in train if entry.startswith("torch==")]) == 1


def test_the_health_check_passes_once_the_service_is_ready(
    dockerfile: Dockerfile, served_port: int
) -> None:
    assert health(dockerfile, served_port) == 0


def test_the_health_check_ignores_a_proxy(
    dockerfile: Dockerfile, served_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert health(dockerfile, served_port) == 0


def test_the_health_check_fails_where_no_service_listens(dockerfile: Dockerfile) -> None:
    with socket.socket() as unserved:
        unserved.bind(("127.0.0.1", 0))
        assert health(dockerfile, unserved.getsockname()[1]) != 0
