"""The wheel holds everything that serving needs, under the one name `gatewise`."""

import json
import os
import site
import socket
import subprocess
import sys
import time
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_string
from email.message import Message
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOMS = ("models", "training", "service")
SECONDS = 400  # the kernels of a fresh installation are compiled first


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    """The content of pyproject.toml."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def wheel(
    root: Path, repository_files: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The wheel, built with no network from a copy, so that no old build can leak into it."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in repository_files:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).symlink_to(root / name)
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    outcome = subprocess.run(
        [*build, "--no-index", "--wheel-dir", str(built), str(source)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    [path] = built.iterdir()
    return path


@pytest.fixture(scope="module")
def contents(wheel: Path) -> set[str]:
    """Names of the files in the wheel, its metadata aside."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    """The wheel's core metadata."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return message_from_string(archive.read(name).decode())


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a fresh environment in which the wheel is installed.

    Its dependencies are those installed here: a .pth file adds their folder to the path, in which
    the .pth file of an editable installation of Gatewise is not read.
    """
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment, with_pip=False, symlinks=True)
    binaries = environment / ("Scripts" if os.name == "nt" else "bin")
    install = [sys.executable, "-m", "pip", "--python", str(binaries / "python"), "install"]
    subprocess.run(
        [*install, "--no-deps", "--no-index", "--disable-pip-version-check", str(wheel)],
        capture_output=True,
        check=True,
    )
    [packages] = environment.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    return binaries


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: it has modules of the names that the rooms have in a checkout."""
    for room in ROOMS:
        (tmp_path / f"{room}.py").write_text("raise AssertionError('this is not a part of us')\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_wheel_has_one_package_at_its_top_level(wheel: Path, project: dict[str, Any]) -> None:
    with zipfile.ZipFile(wheel) as archive:
        top = {name.partition("/")[0] for name in archive.namelist()}
    assert top == {"gatewise", f"gatewise-{project['project']['version']}.dist-info"}


def test_the_wheel_has_every_file_of_the_rooms(
    contents: set[str], repository_files: list[Path]
) -> None:
    expected = {
        f"gatewise/{path.as_posix()}" for path in repository_files if path.parts[0] in ROOMS
    } | {path.as_posix() for path in repository_files if path.parts[0] == "gatewise"}
    assert contents == expected


def test_the_list_of_packages_has_every_folder_with_modules(
    repository_files: list[Path], project: dict[str, Any]
) -> None:
    listed = project["tool"]["setuptools"]
    folders = {folder: name for name, folder in listed["package-dir"].items()}
    found = {
        ".".join([folders[path.parts[0]], *path.parts[1:-1]])
        for path in repository_files
        if path.suffix == ".py" and path.parts[0] in folders
    }
    assert set(listed["packages"]) == found


def test_the_wheel_has_a_model_the_page_and_its_types(contents: set[str]) -> None:
    assert any(name.startswith("gatewise/models/releases/") for name in contents)
    assert any(name.startswith("gatewise/service/page/") for name in contents)
    assert "gatewise/py.typed" in contents


def test_the_wheel_is_named_and_licensed(project: dict[str, Any], metadata: Message) -> None:
    assert metadata["Name"] == project["project"]["name"]
    assert metadata["Version"] == project["project"]["version"]
    assert metadata["License-Expression"] == "MIT"
    assert metadata["License-File"] == "LICENSE"


def test_the_wheel_is_described_by_the_readme(root: Path, metadata: Message) -> None:
    assert metadata.get_payload() == (root / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_installed_package_predicts_from_any_folder(programs: Path, elsewhere: Path) -> None:
    program = (
        "import gatewise\n"
        "from gatewise import Predictor\n"
        "print(gatewise.__file__)\n"
        "print(Predictor.load().predict(['A truly wonderful film.'])[0].label)\n"
    )
    file, label = run(programs / "python", "-c", program).splitlines()
    assert Path(file).is_relative_to(programs.parent)
    assert label == "positive"
    assert (elsewhere / "models.py").exists()


@pytest.mark.slow
@pytest.mark.usefixtures("elsewhere")
def test_the_installed_command_predicts(programs: Path, project: dict[str, Any]) -> None:
    version = project["project"]["version"]
    assert run(programs / "gatewise", "--version") == f"gatewise {version}\n"
    assert run(programs / "gatewise", "predict", "A dull film.").startswith("negative")


@pytest.mark.slow
@pytest.mark.usefixtures("elsewhere")
def test_the_installed_command_serves(programs: Path) -> None:
    with serving(programs / "gatewise") as url:
        answer = httpx.post(f"{url}/predict", json={"text": "A truly wonderful film."})
        assert answer.status_code == 200, answer.text
        assert json.loads(answer.text)["label"] == "positive"
        assert "<title>" in httpx.get(f"{url}/").text


def run(program: Path, *arguments: str) -> str:
    """Run an installed program and return what it prints."""
    outcome = subprocess.run(
        [str(program), *arguments], capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert outcome.returncode == 0, outcome.stderr
    return outcome.stdout


@contextmanager
def serving(program: Path) -> Iterator[str]:
    """Run the installed service on a free port until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen([str(program), "serve", "--port", str(port)]) as process:
        try:
            deadline = time.monotonic() + SECONDS
            while not is_ready(url):
                assert process.poll() is None, "The service ended."
                assert time.monotonic() < deadline, "The service did not become ready."
                time.sleep(0.1)
            yield url
        finally:
            process.terminate()


def is_ready(url: str) -> bool:
    """Whether the service accepts requests."""
    try:
        return httpx.get(f"{url}/ready").is_success
    except httpx.TransportError:
        return False
