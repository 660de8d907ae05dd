"""Imports run one way, and each set of requirements suffices for what it is named after."""

import ast
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from service.site import WHEELS

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


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
    """Name the top-level packages that the modules of a folder import, wherever they do."""
    names: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"models", "training", "service"}


def uncovered(packages: set[str], requirements: list[str]) -> set[str]:
    """Name the packages that installing the requirements does not bring."""
    brought = frozenset[str]().union(*map(closure, requirements))
    providers = packages_distributions()
    return {
        package
        for package in packages
        if brought.isdisjoint(map(canonicalize_name, providers.get(package, [])))
    }


def lint_imports(directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LINT_IMPORTS), "--no-cache"],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )


def test_imports_run_one_way(root: Path) -> None:
    outcome = lint_imports(root)
    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize(
    ("importer", "imported_room"),
    [
        ("models", "service"),
        ("models", "training"),
        ("service", "training"),
        ("training", "service"),
    ],
)
def test_any_other_import_is_refused(checkout: Path, importer: str, imported_room: str) -> None:
    offender = checkout / importer / "offender.py"
    offender.write_text(f"import {imported_room}\n")
    outcome = lint_imports(checkout)
    assert outcome.returncode != 0
    assert f"{importer}.offender" in outcome.stdout


@pytest.mark.parametrize(
    ("room", "sets"),
    [("models", ["core"]), ("service", ["core", "telemetry"]), ("training", ["core", "train"])],
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
