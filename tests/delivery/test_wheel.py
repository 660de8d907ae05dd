"""The wheel holds everything that serving needs, and nothing else."""

import subprocess
import sys
import tomllib
import zipfile
from email import message_from_string
from email.message import Message
from pathlib import Path

import pytest

ROOMS = ("models", "training", "service")


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


def test_the_wheel_holds_every_file_of_the_rooms(
    contents: set[str], repository_files: list[Path]
) -> None:
    assert contents == {path.as_posix() for path in repository_files if path.parts[0] in ROOMS}


def test_the_wheel_holds_a_model_and_the_page(contents: set[str]) -> None:
    assert any(name.startswith("models/releases/") for name in contents)
    assert any(name.startswith("service/page/") for name in contents)


def test_the_wheel_is_named_and_licensed(root: Path, metadata: Message) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert metadata["Name"] == project["name"]
    assert metadata["Version"] == project["version"]
    assert metadata["License-Expression"] == "MIT"
    assert metadata["License-File"] == "LICENSE"


def test_the_wheel_is_described_by_the_readme(root: Path, metadata: Message) -> None:
    assert metadata.get_payload() == (root / "README.md").read_text(encoding="utf-8")


def test_the_installed_wheel_predicts_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import models\n"
        "assert models.__file__.startswith(sys.argv[1]), models.__file__\n"
        "print(models.Predictor.load().predict(['A truly wonderful film.'])[0].label)\n"
    )
    outcome = subprocess.run(
        [sys.executable, "-P", "-c", program, str(site)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.strip() in {"negative", "positive"}
