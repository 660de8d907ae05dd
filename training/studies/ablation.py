"""What each stage of a recipe contributes, or each kind of data and teacher.

By stage, every row has one stage more than the row before. By kind, the first row is the whole
recipe, and every other row leaves out one source of texts or one teacher.

All rows have the same split, vocabulary and sizes. Results that rows have in common are trained
once: the language model, the teachers, and the fit before the fine-tuning. With the preset `best`
it takes hours.

    python -m training.studies.ablation --help
"""

import json
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import cyclopts

from gatewise.training.atomic_io import write_json
from gatewise.training.config import TrainingConfig
from gatewise.training.fit_options import FitOptions
from gatewise.training.markdown import markdown_table
from gatewise.training.mix_option import AddedOption, merge_amounts
from gatewise.training.pipeline import train
from gatewise.training.presets import PresetName
from gatewise.training.studies.figures import (
    accuracy_cells,
    held_out_figures,
    log_progress,
    validation_figures,
)
from gatewise.training.studies.share_stages import share_stages

_NO_TEACHERS: dict[str, Any] = {"teachers": (), "teacher_model": ()}
_NO_FINETUNING: dict[str, Any] = {"finetune": {"epochs": 0}}
# The presets choose fit options for a network that continues from a language model.
_NO_LANGUAGE_MODEL: dict[str, Any] = {**FitOptions().model_dump(), "language_model": {"epochs": 0}}


@dataclass(frozen=True)
class Row:
    """A row of the table.

    Attributes:
        config: Its recipe.
        shares: The row whose results it shares, or None.
        repeats: The stages that it repeats nevertheless, as their files are named.
    """

    config: TrainingConfig
    shares: str | None = None
    repeats: Collection[str] = ()


def rows_by_stage(config: TrainingConfig) -> dict[str, Row]:
    """Return a row for every stage, each with the stages of the rows before it.

    Args:
        config: The whole recipe.

    Raises:
        ValueError: It has no language model or no teachers, or continues from a trained model.
    """
    if not (config.language_model.epochs and config.teachers):
        raise ValueError("The recipe needs a language model and teachers: start from preset best.")
    if config.init_from:
        raise ValueError("The recipe must not continue from a trained model: leave out init_from.")
    from_scratch = (_NO_LANGUAGE_MODEL, _NO_TEACHERS, _NO_FINETUNING)
    rows = {
        "from scratch": Row(_change(config, *from_scratch, {"word_vector_epochs": 0})),
        "word2vec": Row(_change(config, *from_scratch)),
        "language model": Row(_change(config, _NO_TEACHERS, _NO_FINETUNING)),
        "teachers": Row(_change(config, _NO_FINETUNING), "language model", {"fit"}),
    }
    if config.finetune.epochs:
        rows["fine-tuning"] = Row(config, "teachers")
    return rows


def rows_by_kind(config: TrainingConfig) -> dict[str, Row]:
    """Return the whole recipe, and a row without each source of texts and each teacher.

    A source that is left out is not read by the fit; the language model and the vocabulary, which
    all rows share, have its words.

    Args:
        config: The whole recipe.

    Raises:
        ValueError: It adds no source and has no teacher.
    """
    changes: dict[str, dict[str, Any]] = {
        f"without {name}": {"mix": merge_amounts(config.mix, (f"{name}=0",))}
        for name in (AddedOption.parse(option).name for option in config.add)
    }
    if config.teachers and config.teacher_model:
        changes["without teachers trained here"] = {"teachers": ()}
        changes["without teacher model"] = {"teacher_model": ()}
    if config.teachers or config.teacher_model:
        changes["without teachers and unlabelled texts"] = _NO_TEACHERS
    if not changes:
        raise ValueError("The recipe needs sources or teachers to leave out: set add or teachers.")
    whole = "whole recipe"
    fits = {"fit", "finetune"}
    return {whole: Row(config)} | {
        name: Row(_change(config, change), whole, fits) for name, change in changes.items()
    }


def _change(config: TrainingConfig, *changes: Mapping[str, Any]) -> TrainingConfig:
    options = config.model_dump()
    for change in changes:
        options |= change
    return TrainingConfig.model_validate(options)


def run_ablation(rows: Mapping[str, Row], directory: Path) -> list[dict[str, Any]]:
    """Train every row that is not trained yet, and write `ablation.json`.

    Args:
        rows: The rows by name, each after the row that it shares results with.
        directory: Directory of the runs, one subdirectory per row.

    Returns:
        Name, minutes of training, and figures on held-out texts of every row.
    """
    finished: list[dict[str, Any]] = []
    for name, row in rows.items():
        run = _run(directory, name)
        if row.shares:
            share_stages(_run(directory, row.shares), run, without=row.repeats)
        metrics = train(row.config, run, resume=True)
        minutes = sum(metrics["seconds"].values()) / 60
        figures = validation_figures(metrics) | {"held_out": held_out_figures(metrics)}
        finished.append({"name": name, "minutes": minutes, **figures})
        write_json(finished, directory / "ablation.json")
    return finished


def table(rows: list[dict[str, Any]]) -> str:
    """Return the rows as a Markdown table."""
    return markdown_table(
        ["recipe", *rows[0]["accuracy"], *rows[0]["held_out"], "minutes"],
        [
            [
                row["name"],
                *accuracy_cells(row),
                *(f"{share:.1%}" for share in row["held_out"].values()),
                f"{row['minutes']:.1f}",
            ]
            for row in rows
        ],
    )


def main(
    *,
    out: Path,
    by: Literal["stage", "kind"] = "stage",
    preset: PresetName = "best",
    source: str | None = None,
    options: Path | None = None,
) -> None:
    """Train a recipe stage by stage, or without each of its kinds of data, and print a table.

    Args:
        out: Directory of all runs; they are resumed if they have been started.
        by: Whether a row adds a stage, or leaves out a source of texts or a teacher.
        preset: The recipe. By stage, it must have a language model and teachers.
        source: Where the reviews are, as for `gatewise train`.
        options: JSON file with further options of `gatewise train`.
    """
    log_progress()
    given = json.loads(options.read_text(encoding="utf-8")) if options else {}
    chosen = {"preset": preset, **({"source": source} if source else {})}
    config = TrainingConfig.model_validate({**given, **chosen})
    rows = rows_by_stage(config) if by == "stage" else rows_by_kind(config)
    sys.stdout.write(table(run_ablation(rows, out)) + "\n")


def _run(directory: Path, name: str) -> Path:
    return directory / name.replace(" ", "_")


if __name__ == "__main__":
    cyclopts.run(main)
