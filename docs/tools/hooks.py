"""Hooks of mkdocs: make this package importable, lay out `gatewise` for mkdocstrings, build `try/`.

In a checkout the folders of `gatewise` are side by side; mkdocstrings reads source files and
expects sub-packages below their package. So `build/python/gatewise` gets a copy of all of them.
"""

import logging
import sys
import tomllib
from pathlib import Path
from shutil import copytree, ignore_patterns, rmtree
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation

ROOT = Path(__file__).parents[2]
TREE = ROOT / "build" / "python"
logger = logging.getLogger("mkdocs.hooks.try")


def on_startup(command: str, dirty: bool) -> None:  # noqa: ARG001
    """Find `docs.tools` also where mkdocs was not started by `python -m`, and copy the package.

    The copy must exist before mkdocstrings is configured, which leaves out paths that do not.
    """
    sys.path.insert(0, str(ROOT))
    _copy_package()


def on_files(files: "Files", config: "MkDocsConfig") -> "Files":  # noqa: ARG001
    """Leave the page `try/` out where the npm package that it needs is not installed."""
    from docs.tools import try_page  # noqa: PLC0415  # found since on_startup

    if not try_page.can_be_built():
        logger.info(
            "The page try/ is left out: it needs Node.js and the packages of package-lock.json "
            "(`npm ci`)."
        )
        for file in [file for file in files if Path(file.src_uri).parts[0] == try_page.FOLDER]:
            files.remove(file)
    return files


def on_nav(nav: "Navigation", config: "MkDocsConfig", files: "Files") -> "Navigation":  # noqa: ARG001
    """Link to the page, which mkdocs would take for Markdown if `nav` named it."""
    from mkdocs.structure.nav import Link  # noqa: PLC0415

    page = files.get_file_from_path("try/index.html")
    if page:
        nav.items.insert(2, Link("Try it", page.url))
    return nav


def on_post_build(config: "MkDocsConfig") -> None:
    """Write the model, the data and the runtime of the page beside it."""
    from docs.tools import try_page  # noqa: PLC0415

    if try_page.can_be_built():
        try_page.build(Path(config.site_dir, try_page.FOLDER))


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
