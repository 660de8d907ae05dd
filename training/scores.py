"""What a run reached on its validation split, by source: as figures, and as cells of a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Scores:
    """Accuracy on each source of validation texts, with Wilson's 95 % interval."""

    accuracy: dict[str, float]
    interval: dict[str, tuple[float, float]]


def scores_of(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Take the fields of `Scores` from the metrics of a run."""
    parts = metrics["validation"]
    return {
        field: {source: part[field] for source, part in parts.items()}
        for field in ("accuracy", "interval")
    }


def score_cells(scores: Scores) -> str:
    """Write one cell for each source, for a table in Markdown."""
    return " | ".join(
        f"{scores.accuracy[source]:.2%} ({low:.1%} to {high:.1%})"
        for source, (low, high) in scores.interval.items()
    )
