"""What the studies share: the validation figures of a run, and logging."""

import logging
from collections.abc import Mapping
from functools import reduce
from operator import getitem
from typing import Any

from datasets import disable_progress_bars


def validation_figures(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return the accuracy of a run and its 95 % interval on each source of validation texts."""
    by_source = metrics["validation"]
    return {
        name: {source: figures[name] for source, figures in by_source.items()}
        for name in ("accuracy", "interval")
    }


# Figures on held-out texts of added sources: title, source, and where they are in its metrics.
_HELD_OUT = (
    ("revised reviews", "cad", ("by_kind", "revised", "decided", "accuracy")),
    ("phrases", "sst", ("decided", "accuracy")),
    ("generated texts", "augmented", ("decided", "accuracy")),
    ("negated blame", "augmented", ("by_kind", "negated blame", "decided", "accuracy")),
    ("moved by names", "augmented", ("moved",)),
)


def held_out_figures(metrics: Mapping[str, Any]) -> dict[str, float]:
    """Return shares of a run on held-out texts of the sources that it adds, by title."""
    held_out = metrics.get("held_out", {})
    return {
        title: reduce(getitem, path, held_out[source])
        for title, source, path in _HELD_OUT
        if source in held_out
    }


def accuracy_cells(figures: Mapping[str, Any]) -> list[str]:
    """Return one cell per source of what `validation_figures` returns."""
    return [
        f"{figures['accuracy'][source]:.2%} ({low:.1%} to {high:.1%})"
        for source, (low, high) in figures["interval"].items()
    ]


def log_progress() -> None:
    """Print the progress of training to stderr."""
    logging.basicConfig(format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    logging.getLogger("gatewise").setLevel(logging.INFO)
    disable_progress_bars()
