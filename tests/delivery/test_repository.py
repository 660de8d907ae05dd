"""The repository works on any machine: no file depends on the one it was written on."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

PROGRAMS = Path(sys.executable).parent
MACHINE_PATH = re.compile(rb"(?<![\w.-])/(?:(?:work|root|home|Users)\b|opt/(?!venv))[/\w-]+")
REGISTRY = re.compile(rb"pypi\.org|pythonhosted\.org|debian\.org|npmjs\.|crates\.io|conda\.")
TORCH_INDEX = b"download.pytorch.org"
MAY_NAME_THE_TORCH_INDEX = {"Dockerfile", "Makefile", "CONTRIBUTING.md", "README.md"}


@pytest.fixture(scope="module")
def texts(root: Path, repository_files: list[Path]) -> dict[str, bytes]:
    """Return the content of every file of the repository but weights and pictures."""
    binary = {".safetensors", ".png"}
    return {
        path.as_posix(): (root / path).read_bytes()
        for path in repository_files
        if path.suffix not in binary
    }


def test_no_file_names_a_path_of_somebodys_machine(texts: dict[str, bytes]) -> None:
    found = {name: MACHINE_PATH.findall(text) for name, text in texts.items()}
    assert {name: paths for name, paths in found.items() if paths} == {}


def test_no_file_names_a_package_registry(texts: dict[str, bytes]) -> None:
    found = {name: REGISTRY.findall(text) for name, text in texts.items()}
    assert {name: hosts for name, hosts in found.items() if hosts} == {}


def test_the_index_of_torch_is_named_only_where_it_is_chosen(texts: dict[str, bytes]) -> None:
    naming = {name for name, text in texts.items() if TORCH_INDEX in text}
    assert naming - {"tests/delivery/test_repository.py"} <= MAY_NAME_THE_TORCH_INDEX


def test_no_file_is_too_large_to_clone(root: Path, repository_files: list[Path]) -> None:
    assert max((root / path).stat().st_size for path in repository_files) < 30_000_000


def test_ci_can_be_run(root: Path) -> None:
    script = root / ".ci" / "run"
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", str(script)], check=True)


def test_ci_closes_with_the_test_runners_own_summary(root: Path) -> None:
    last = (root / ".ci" / "run").read_text().rstrip().splitlines()[-1]
    assert last.startswith("make test")


def test_the_hooks_are_valid(root: Path) -> None:
    config = root / ".pre-commit-config.yaml"
    subprocess.run([str(PROGRAMS / "pre-commit"), "validate-config", str(config)], check=True)


def test_every_hook_runs_from_the_environment_that_make_sets_up(root: Path) -> None:
    config = yaml.safe_load((root / ".pre-commit-config.yaml").read_text())
    for repository in config["repos"]:
        assert repository["repo"] == "local", "a hook from elsewhere needs the network"
        for hook in repository["hooks"]:
            program = Path(hook["entry"].split()[0])
            if program != Path("make"):
                assert program.parent == Path(".venv/bin")
                assert (PROGRAMS / program.name).exists()


def test_the_changelog_has_the_version(root: Path) -> None:
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "version"
    ]
    assert version.partition(".dev")[0] in (root / "CHANGELOG.md").read_text()
