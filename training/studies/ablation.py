"""What each stage of a recipe contributes: the same network with one more stage in every row.

All rows have the same split, vocabulary and sizes. Results that rows have in common are trained
once: the language model, the teachers, and the fit before the fine-tuning. With the preset `best`
it takes hours.

    python -m training.studies.ablation --help
"""

import json
import sys
from pathlib import Path
from typing import Any

import cyclopts

from gatewise.training.atomic_io import write_json
from gatewise.training.config import TrainingConfig
from gatewise.training.fit_options import FitOptions
from gatewise.training.markdown import markdown_table
from gatewise.training.pipeline import train
from gatewise.training.presets import PresetName
from gatewise.training.studies.figures import (
    accuracy_cells,
    log_progress,
    validation_figures,
)
from gatewise.training.studies.share_stages import share_stages

_NO_TEACHERS: dict[str, Any] = {"teachers": (), "teacher_model": ()}
_NO_FINETUNING: dict[str, Any] = {"finetune": {"epochs": 0}}
# The presets choose fit options for a network that continues from a language model.
_NO_LANGUAGE_MODEL: dict[str, Any] = {**FitOptions().model_dump(), "language_model": {"epochs": 0}}

# For a row: the row whose results it shares, and the stages that it repeats nevertheless.
_SHARES = {
    "teachers": ("language model", {"fit"}),
    "fine-tuning": ("teachers", set[str]()),
}


def recipes(config: TrainingConfig) -> dict[str, TrainingConfig]:
    """Return the configuration of every row.

    Args:
        config: The whole recipe.

    Raises:
        ValueError: It has no language model or no teachers, or continues from a trained model.
    """
    if not (config.language_model.epochs and config.teachers):
        raise ValueError("The recipe needs a language model and teachers: start from preset best.")
    if config.init_from:
        raise ValueError("The recipe must not continue from a trained model: leave out init_from.")

    def change(*changes: dict[str, Any], **more: Any) -> TrainingConfig:
        options = config.model_dump()
        for change in (*changes, more):
            options |= change
        return TrainingConfig.model_validate(options)

    from_scratch = (_NO_LANGUAGE_MODEL, _NO_TEACHERS, _NO_FINETUNING)
    rows = {
        "from scratch": change(*from_scratch, word_vector_epochs=0),
        "word2vec": change(*from_scratch),
        "language model": change(_NO_TEACHERS, _NO_FINETUNING),
        "teachers": change(_NO_FINETUNING),
    }
    return {**rows, "fine-tuning": config} if config.finetune.epochs else rows


def run_ablation(config: TrainingConfig, directory: Path) -> list[dict[str, Any]]:
    """Train every row that is not trained yet, and write `ablation.json`.

    Args:
        config: The whole recipe.
        directory: Directory of the runs, one subdirectory per row.

    Returns:
        Name, minutes of training, accuracy and interval of every row.
    """
    rows: list[dict[str, Any]] = []
    for name, recipe in recipes(config).items():
        if name in _SHARES:
            shared, repeated = _SHARES[name]
            share_stages(_run(directory, shared), _run(directory, name), without=repeated)
        metrics = train(recipe, _run(directory, name), resume=True)
        minutes = sum(metrics["seconds"].values()) / 60
        rows.append({"name": name, "minutes": minutes, **validation_figures(metrics)})
        write_json(rows, directory / "ablation.json")
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """Return the rows as a Markdown table."""
    return markdown_table(
        ["recipe", *rows[0]["accuracy"], "minutes"],
        [[row["name"], *accuracy_cells(row), f"{row['minutes']:.1f}"] for row in rows],
    )


def main(
    *,
    out: Path,
    preset: PresetName = "best",
    source: str | None = None,
    options: Path | None = None,
) -> None:
    """Train a recipe stage by stage and print a table.

    Args:
        out: Directory of all runs; they are resumed if they have been started.
        preset: The recipe. It must have a language model and teachers.
        source: Where the reviews are, as for `gatewise train`.
        options: JSON file with further options of `gatewise train`.
    """
    log_progress()
    given = json.loads(options.read_text(encoding="utf-8")) if options else {}
    chosen = {"preset": preset, **({"source": source} if source else {})}
    config = TrainingConfig.model_validate({**given, **chosen})
    sys.stdout.write(table(run_ablation(config, out)) + "\n")


def _run(directory: Path, name: str) -> Path:
    return directory / name.replace(" ", "_")


if __name__ == "__main__":
    cyclopts.run(main)
