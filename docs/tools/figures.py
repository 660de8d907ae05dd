"""Figures that the documentation quotes: read from `docs/figures/` and from the released models.

Every file in `docs/figures/`, except `outputs.json` and `lab.json`, which have forms of their own,
has two parts: `measured` states which command measured the figures, with which models, on which
machine and when; `figures` holds them.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from gatewise.models.artifact.location import DEFAULT_RELEASE

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "docs" / "figures"
RELEASES = ROOT / "models" / "releases"
DEFAULT = DEFAULT_RELEASE.name


class Measured(BaseModel):
    """Where figures come from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: str | None
    models: tuple[str, ...]
    machine: str | None = None
    date: str | None = None
    load_average: float | None = None
    note: str | None = None
    source: str | None = None
    """Who measured it, where it was not us."""


class Measurement(BaseModel):
    """The content of one file of figures."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    measured: Measured
    figures: dict[str, Any]


@dataclass(frozen=True)
class Release:
    """A model that ships with the package, and the figures it was exported with."""

    name: str
    version: str
    metrics: dict[str, Any]
    megabytes: float

    @property
    def title(self) -> str:
        """Name and version, as files of figures refer to a model."""
        return f"{self.name} {self.version}"


@cache
def measurement(name: str) -> Measurement:
    """Read one file of figures, named relative to `docs/figures/` and without its suffix."""
    path = FIGURES / f"{name}.json"
    return Measurement.model_validate_json(path.read_text(encoding="utf-8"))


def figure(name: str, *keys: str) -> Any:
    """Return one figure from the file of a measurement.

    Args:
        name: The file, as `training/rebuild`.
        keys: The keys that lead to it, as `"values", "minutes"`; by default all figures.

    Returns:
        The value, as it is in the file.

    Raises:
        KeyError: There is no such figure.
    """
    value: Any = measurement(name).figures
    for key in keys:
        value = value[key]
    return value


@cache
def release(name: str = DEFAULT) -> Release:
    """Read a released model's version, validation figures and size."""
    directory = RELEASES / name
    config = json.loads((directory / "config.json").read_text(encoding="utf-8"))
    metrics = json.loads((directory / "metrics.json").read_text(encoding="utf-8"))
    size = sum(path.stat().st_size for path in directory.iterdir())
    return Release(config["name"], config["version"], metrics, size / 1e6)


def figures_of_release(file: str, name: str) -> dict[str, Any] | None:
    """Return what a file of figures has of the released version of a model, if anything.

    Figures of an earlier version are never returned, so a new model cannot inherit them.
    """
    return figures_of_title(file, release(name).title)


def figures_of_title(file: str, title: str) -> dict[str, Any] | None:
    """Return what a file of figures has of a model's name and version, if anything."""
    found: dict[str, Any] | None = measurement(file).figures.get(title)
    return found


def provenance(name: str) -> str:
    """Write a sentence or two on where the figures of a file come from."""
    measured = measurement(name).measured
    where = ", ".join(
        part
        for part in (
            measured.source or "",
            ", ".join(measured.models),
            measured.machine or "",
            measured.date or "",
        )
        if part
    )
    load = measured.load_average
    busy = "" if load is None else f", load average at the end {load}"
    command = f" Command: `{measured.command}`." if measured.command else ""
    note = f" {measured.note}" if measured.note else ""
    return f"Measured: {where}{busy}.{command}{note}"


def percent(share: float, digits: int = 1) -> str:
    """Write a share as a percentage."""
    return f"{100 * share:.{digits}f} %"


def interval(ends: list[float], digits: int = 1) -> str:
    """Write an interval of shares in percent, without the sign."""
    low, high = ends
    return f"{100 * low:.{digits}f} to {100 * high:.{digits}f}"
