"""The table of the layers of each package, from the contracts that `make lint` checks."""

import re
import tomllib

from benchmarks.report import markdown_table
from docs.tools.figures import ROOT


def layers_table() -> str:
    """List the layers of every package from high to low."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    rows = [
        [_package(contract["containers"][0]), " > ".join(map(_level, contract["layers"]))]
        for contract in contracts
        if contract["type"] == "layers"
    ]
    titles, _, *lines = markdown_table(["package", "layers, from high to low"], rows)
    return "\n".join([titles, "| --- | --- |", *lines])


def _package(container: str) -> str:
    """Return the folder of a package: `models/artifact` for `gatewise.models.artifact`."""
    folder = container.removeprefix("gatewise.").replace(".", "/")
    return f"`{folder}/`"


def _level(layer: str) -> str:
    """Return the modules of one level, which stand beside each other in the contract."""
    return ", ".join(f"`{name}`" for name in re.split(r" [:|] ", layer))
