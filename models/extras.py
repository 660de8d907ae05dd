"""The command that installs an optional part of Gatewise, for messages about a missing package."""

import json
import os
import sys
from importlib.metadata import distributions
from pathlib import Path
from urllib.parse import unquote, urlsplit

NAME = "gatewise"


def install_command(extra: str | None = None) -> str:
    """Return the command that installs Gatewise with an extra into the environment in use.

    It installs from where Gatewise was installed from (PEP 610), since no index may have it: from
    a checkout this is `.venv/bin/python -m pip install -e '.[files]'`.

    Args:
        extra: Name of the extra in pyproject.toml; None for none.
    """
    options, source = _installed_from()
    target = f"{source}[{extra}]" if extra else source
    return f"{_from_here(sys.executable)} -m pip install {options}'{target}'"


def _installed_from() -> tuple[str, str]:
    """Return the options of pip and the requirement by which Gatewise was installed."""
    # In a checkout, the egg-info of its build may be found before the installation.
    records = (found.read_text("direct_url.json") for found in distributions(name=NAME))
    record = json.loads(next(filter(None, records), "{}"))
    url = urlsplit(record.get("url", ""))
    if url.scheme != "file":
        return "", NAME
    options = "-e " if record.get("dir_info", {}).get("editable") else ""
    return options, _from_here(unquote(url.path))


def _from_here(path: str) -> str:
    """Return a path relative to the working directory if it is below that."""
    here = Path.cwd()
    return os.path.relpath(path, here) if Path(path).is_relative_to(here) else path
