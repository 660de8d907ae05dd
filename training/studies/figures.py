"""What the studies share: the validation figures of a run, and logging."""

import logging
from collections.abc import Mapping
from typing import Any

from datasets import disable_progress_bars


def validation_figures(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return the accuracy of a run and its 95 % interval on each source of validation texts."""
    by_source = metrics["validation"]
    return {
        name: {source: figures[name] for source, figures in by_source.items()}
        for name in ("accuracy", "interval")
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
