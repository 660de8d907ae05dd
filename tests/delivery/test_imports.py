"""Imports run one way, and each set of requirements suffices for what it is named after."""

import ast
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from gatewise.service.http.static import WHEELS

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
ROOMS = ("gatewise", "models", "service", "training")
CONFIGURATION = ("pyproject.toml", "Makefile")
# A folder, and a module that no module in it may import.
OFFENDERS = (
    ("models", "gatewise.service.app"),
    ("models", "gatewise.training.config"),
    ("service", "gatewise.training.config"),
    ("training", "gatewise.service.settings"),
    ("models/gru", "gatewise.models.explain.flags"),
    ("models/explain", "gatewise.models.predictor"),
    ("training/nets", "gatewise.training.fitting.trainer"),
    ("training/fitting", "gatewise.training.export.artifact"),
    ("training/export", "gatewise.training.lab.command"),
    ("service/engine", "gatewise.service.http.problems"),
    ("service/http", "gatewise.service.api.predict"),
    ("service/bulk", "gatewise.service.engine.queue"),
)


@pytest.fixture(scope="module")
def requirements(root: Path) -> dict[str, list[str]]:
    """The requirements of the core and of every extra."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {"core": project["dependencies"], **project["optional-dependencies"]}


@cache
def closure(requirement: str) -> frozenset[str]:
    """Every distribution that installing a requirement brings, itself included."""
    found: set[str] = set()
    waiting = [Requirement(requirement)]
    while waiting:
        current = waiting.pop()
        name = canonicalize_name(current.name)
        if name in found:
            continue
        found.add(name)
        for text in requires(name) or []:
            needed = Requirement(text)
            chosen = current.extras or {""}
            if not needed.marker or any(needed.marker.evaluate({"extra": e}) for e in chosen):
                waiting.append(needed)
    return frozenset(found)


def imported(folder: Path) -> set[str]:
    """Return the third-party packages that the modules of a folder import, wherever they do."""
    names: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"gatewise"}


def uncovered(packages: set[str], requirements: list[str]) -> set[str]:
    """Name the packages that installing the requirements does not bring."""
    brought = frozenset[str]().union(*map(closure, requirements))
    providers = packages_distributions()
    return {
        package
        for package in packages
        if brought.isdisjoint(map(canonicalize_name, providers.get(package, [])))
    }


def lint_imports(sources: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts as `make lint` does, in the layout that it sets up."""
    subprocess.run(["make", "layout"], cwd=sources, check=True, capture_output=True)
    return subprocess.run(
        [str(LINT_IMPORTS), "--no-cache", str(sources / "pyproject.toml")],
        cwd=sources / ".venv" / "layout",
        capture_output=True,
        text=True,
        check=False,
    )


def copy_sources(root: Path, files: list[Path], destination: Path) -> Path:
    """Copy the modules of the rooms, and what checks them."""
    for path in files:
        if (path.parts[0] in ROOMS and path.suffix == ".py") or path.name in CONFIGURATION:
            (destination / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / path, destination / path)
    return destination


@pytest.fixture(scope="module")
def report_of_offenders(
    root: Path, repository_files: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> str:
    """What the check reports on modules that import what their room must not."""
    sources = copy_sources(root, repository_files, tmp_path_factory.mktemp("offenders"))
    for number, (folder, module) in enumerate(OFFENDERS):
        (sources / folder / f"offender_{number}.py").write_text(f"import {module}\n")
    outcome = lint_imports(sources)
    assert outcome.returncode != 0
    return outcome.stdout


def test_imports_run_one_way(root: Path, repository_files: list[Path], tmp_path: Path) -> None:
    outcome = lint_imports(copy_sources(root, repository_files, tmp_path))
    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize("number", range(len(OFFENDERS)), ids=[" ".join(o) for o in OFFENDERS])
def test_any_other_import_is_refused(report_of_offenders: str, number: int) -> None:
    folder, module = OFFENDERS[number]
    offender = f"gatewise.{folder.replace('/', '.')}.offender_{number}"
    assert f"{offender} -> {module}" in report_of_offenders


@pytest.mark.parametrize(
    ("room", "sets"),
    [
        ("models", ["core", "files", "onnx"]),
        ("service", ["core", "files", "ray", "telemetry"]),
        ("training", ["core", "files", "train"]),
        ("gatewise", ["core", "files", "onnx", "train"]),
    ],
)
def test_a_room_imports_only_what_its_requirements_bring(
    root: Path, requirements: dict[str, list[str]], room: str, sets: list[str]
) -> None:
    available = [entry for chosen in sets for entry in requirements[chosen]]
    assert uncovered(imported(root / room), available) == set()


def test_the_core_brings_the_wheels_that_carry_browser_code(
    requirements: dict[str, list[str]],
) -> None:
    carriers = {entry if isinstance(entry, str) else entry[0] for entry in WHEELS}
    assert uncovered(carriers, requirements["core"]) == set()
