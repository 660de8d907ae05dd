"""The repository as others get it: its tracked and about-to-be-tracked files."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.delivery.dockerfile import Dockerfile

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def repository_files(root: Path) -> list[Path]:
    """Every file that git tracks or would add, relative to the root."""
    if not (root / ".git").exists():
        pytest.skip("not a git checkout, so nothing says which files belong to the repository")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [Path(name) for name in listed.split("\0") if name and (root / name).is_file()]


@pytest.fixture
def checkout(root: Path, repository_files: list[Path], tmp_path: Path) -> Path:
    """A copy of the repository in which a test may break things."""
    destination = tmp_path / "checkout"
    for name in repository_files:
        (destination / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, destination / name)
    return destination


@pytest.fixture(scope="session")
def dockerfile(root: Path) -> Dockerfile:
    """The Dockerfile, stage by stage."""
    return Dockerfile.read(root / "Dockerfile")
