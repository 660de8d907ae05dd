"""Saturated gates and what they cost: the fine-tuning of a run with several penalty weights.

The penalty is `gate_saturation_penalty`; `evaluation.gate_saturation` measures the gates.

    python -m training.studies.gate_saturation --help
"""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cyclopts

from gatewise.models.errors import DataError
from gatewise.models.predictor import Predictor
from gatewise.training.atomic_io import write_json
from gatewise.training.config import TrainingConfig
from gatewise.training.data.repeated_texts import repeat_texts
from gatewise.training.evaluation.gate_saturation import measure_saturation
from gatewise.training.markdown import markdown_table
from gatewise.training.pipeline import train
from gatewise.training.run_state import CONFIG_FILE
from gatewise.training.studies.figures import (
    accuracy_cells,
    log_progress,
    validation_figures,
)
from gatewise.training.studies.share_stages import share_stages


def vary_penalty(
    trained: Path, directory: Path, *, penalties: Sequence[float], epochs: int | None = None
) -> list[dict[str, Any]]:
    """Repeat the fine-tuning of a run with every penalty, and write `gate_saturation.json`.

    Args:
        trained: Directory of a finished run with fine-tuning. Everything before is shared.
        directory: Directory of the runs, which are resumed if they have been started.
        penalties: Weights of the penalty.
        epochs: Epochs of fine-tuning; by default those of the run.

    Returns:
        Penalty, accuracy, interval, gate saturation and subdirectory of every run.

    Raises:
        ResumeError: `trained` contains no finished run.
        DataError: The run has no fine-tuning.
    """
    points: list[dict[str, Any]] = []
    for penalty in penalties:
        run = directory / f"penalty_{penalty:g}"
        share_stages(trained, run, without={"finetune"})
        metrics = train(_with_penalty(trained, penalty, epochs), run, resume=True)
        predictor = Predictor.load(run)
        gates = measure_saturation(predictor, repeat_texts(predictor).split.validation)
        points.append(
            {
                "penalty": penalty,
                **validation_figures(metrics),
                "gates": asdict(gates),
                "directory": run.name,
            }
        )
        write_json(points, directory / "gate_saturation.json")
    return points


def table(points: Sequence[dict[str, Any]]) -> str:
    """Return the points as a Markdown table."""
    return markdown_table(
        ["penalty", "saturated reset gates", "saturated update gates", *points[0]["accuracy"]],
        [
            [
                f"{point['penalty']:g}",
                f"{point['gates']['reset']:.1%}",
                f"{point['gates']['update']:.1%}",
                *accuracy_cells(point),
            ]
            for point in points
        ],
    )


def main(
    *,
    trained: Path,
    out: Path,
    penalties: tuple[float, ...] = (0.0, 0.1, 0.3, 1.0, 3.0),
    epochs: int | None = None,
) -> None:
    """Repeat the fine-tuning of a run with several penalties and print a table.

    Args:
        trained: Directory of a finished run with fine-tuning, such as one with the preset best.
        out: Directory of the runs; they are resumed if they have been started.
        penalties: Weights of the penalty in the loss.
        epochs: Epochs with each penalty; by default those of the run.
    """
    log_progress()
    sys.stdout.write(table(vary_penalty(trained, out, penalties=penalties, epochs=epochs)) + "\n")


def _with_penalty(trained: Path, penalty: float, epochs: int | None) -> TrainingConfig:
    """Return the configuration of a run with another penalty."""
    stored = (trained / "run" / CONFIG_FILE).read_text(encoding="utf-8")
    config = TrainingConfig.model_validate_json(stored)
    if not config.finetune.epochs:
        raise DataError(f"The run in {trained} has no fine-tuning (--finetune.epochs) to vary.")
    changes = {
        "gate_saturation_penalty": penalty,
        "epochs": epochs or config.finetune.epochs,
    }
    return config.model_copy(update={"finetune": config.finetune.model_copy(update=changes)})


if __name__ == "__main__":
    cyclopts.run(main)
