"""`make` installs what a target needs, once, and passes arguments on to its command."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest


def make(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run make, free of whatever an outer `make test` has put into the environment."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        ["make", *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def declared_targets(root: Path) -> list[str]:
    makefile = (root / "Makefile").read_text()
    return re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE)


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """Create a directory with the Makefile and a `.venv` whose interpreter does nothing."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt", "package-lock.json"):
        shutil.copy(root / name, tmp_path)
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(shutil.which("true") or "")
    (programs / "pip").touch()
    return tmp_path


def test_make_alone_lists_every_target(root: Path) -> None:
    listed = re.findall(r"^  make (\w+)", make(cwd=root).stdout, re.MULTILINE)
    assert sorted(listed) == sorted(declared_targets(root))
    assert {"serve", "test", "train", "docs"} <= set(listed)


def test_every_target_can_be_made(root: Path) -> None:
    for target in declared_targets(root):
        outcome = make("-n", target, "DATA=reviews.parquet", cwd=root)
        assert outcome.returncode == 0, outcome.stderr


def test_serve_listens_on_the_port_given(project: Path) -> None:
    assert "gatewise serve --port 8123" in make("-n", "serve", "PORT=8123", cwd=project).stdout


def test_serve_leaves_the_port_to_the_settings_unless_given(project: Path) -> None:
    assert "--port" not in make("-n", "serve", cwd=project).stdout


@pytest.mark.parametrize(
    "target",
    ["serve", "train", "evaluate", "compare", "lab", "bench", "load", "soak", "test"],
)
def test_arguments_reach_the_command(project: Path, target: str) -> None:
    planned = make("-n", target, "DATA=reviews.parquet", "ARGS=--one --two=3", cwd=project).stdout
    assert planned.rstrip().endswith("--one --two=3")


def test_evaluate_without_data_leaves_the_choice_to_the_command(project: Path) -> None:
    assert "--data" not in make("-n", "evaluate", cwd=project).stdout


@pytest.mark.parametrize(
    ("target", "installed"),
    [
        ("serve", "."),
        ("train", "'.[train]'"),
        ("compare", "'.[compare]'"),
        ("lint", "'.[dev]'"),
    ],
)
def test_a_target_installs_only_what_it_needs(project: Path, target: str, installed: str) -> None:
    planned = make("-n", target, cwd=project).stdout
    assert re.findall(r"--editable (\S+)", planned) == [installed]


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("dev", "serve"),
        ("dev", "train"),
        ("dev", "test"),
        ("train", "serve"),
        ("core", "serve"),
        ("compare", "train"),
    ],
)
def test_what_is_installed_is_not_installed_again(project: Path, first: str, later: str) -> None:
    assert make(f".venv/{first}.stamp", cwd=project).returncode == 0
    assert "--editable" not in make("-n", later, cwd=project).stdout


@pytest.mark.parametrize(
    ("first", "later"), [("core", "train"), ("train", "test"), ("dev", "compare")]
)
def test_what_is_missing_is_still_installed(project: Path, first: str, later: str) -> None:
    assert make(f".venv/{first}.stamp", cwd=project).returncode == 0
    assert "--editable" in make("-n", later, cwd=project).stdout


@pytest.mark.parametrize("changed_file", ["pyproject.toml", "constraints.txt"])
def test_changed_requirements_are_installed_again(project: Path, changed_file: str) -> None:
    assert make(".venv/dev.stamp", cwd=project).returncode == 0
    stamp = project / ".venv" / "dev.stamp"
    changed = stamp.stat().st_mtime + 10
    os.utime(project / changed_file, (changed, changed))
    assert "--editable '.[dev]'" in make("-n", "test", cwd=project).stdout


def test_a_failed_installation_is_tried_again(project: Path) -> None:
    python = project / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to(shutil.which("false") or "")
    assert make("serve", cwd=project).returncode != 0
    assert "--editable ." in make("-n", "serve", cwd=project).stdout


@pytest.mark.parametrize("python", ["false", "no-such-python", ""])
def test_an_unfit_python_is_refused_with_advice(project: Path, python: str) -> None:
    shutil.rmtree(project / ".venv")
    outcome = make("serve", f"PYTHON={python}", cwd=project)
    assert outcome.returncode != 0
    assert "needs Python 3.11 or newer" in outcome.stderr
    assert not (project / ".venv").exists()


def test_clean_keeps_the_environment_and_the_runs(project: Path) -> None:
    kept = [project / ".venv" / "bin" / "pip", project / "runs" / "default" / "config.json"]
    gone = [project / "models" / "__pycache__", project / "build", project / "dist"]
    for path in [*gone, kept[1].parent]:
        path.mkdir(parents=True)
    kept[1].touch()
    assert make("clean", cwd=project).returncode == 0
    assert all(path.exists() for path in kept)
    assert not any(path.exists() for path in gone)
