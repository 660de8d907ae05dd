"""Hooks of mkdocs: make this package importable, and lay out `gatewise` for mkdocstrings.

In a checkout the folders of `gatewise` are side by side; mkdocstrings reads source files and
expects sub-packages below their package. So `build/python/gatewise` gets a copy of all of them.
"""

import sys
import tomllib
from pathlib import Path
from shutil import copytree, ignore_patterns, rmtree

ROOT = Path(__file__).parents[2]
TREE = ROOT / "build" / "python"


def on_startup(command: str, dirty: bool) -> None:  # noqa: ARG001
    """Find `docs.tools` also where mkdocs was not started by `python -m`, and copy the package.

    The copy must exist before mkdocstrings is configured, which leaves out paths that do not.
    """
    sys.path.insert(0, str(ROOT))
    _copy_package()


def _copy_package() -> None:
    """Copy every package folder to its place below `build/python`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    folders: dict[str, str] = project["tool"]["setuptools"]["package-dir"]
    rmtree(TREE, ignore_errors=True)
    for name in sorted(folders):  # a package before its sub-packages
        place = TREE.joinpath(*name.split("."))
        copytree(
            ROOT / folders[name], place, ignore=ignore_patterns("releases", "page", "__pycache__")
        )
