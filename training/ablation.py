"""What each stage of the recipe is worth: the same net with one stage more from row to row.

The last row, with adversarial steps, has no last passes: it compares with the row of teachers. The
row `smooth`, if the recipe has that stage, compares with the row of last passes, or without one
with that of teachers.

Rows share split, vocabulary and sizes. What rows have in common is learned once: the language
model, the teachers, and what the last passes begin with.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from training.config import FitOptions, Teacher, TrainingConfig
from training.pipeline import Run
from training.scores import Scores, score_cells, scores_of
from training.shared_stages import share_stages
from training.whole_files import write_json

_FIT_WITHOUT_LANGUAGE_MODEL = FitOptions().model_dump()
_NO_LANGUAGE_MODEL: dict[str, Any] = {
    **_FIT_WITHOUT_LANGUAGE_MODEL,
    "language_model": {"epochs": 0},
    "teachers": (),
    "taught_by": None,
    "smooth": None,
    "finish": None,
}
# Teachers of the second round learn as the network itself does, adversarial steps included.
_LATER_ROUNDS = {f"{teacher}_round_{n}" for teacher in get_args(Teacher) for n in range(2, 10)}
# The row from which another one takes what it has learned, and the stages that it does anew.
_BEGINS_WITH = {
    "teachers": ("language model", {"fit"}),
    "adversarial": ("teachers", {"fit", *_LATER_ROUNDS}),
    "last passes": ("teachers", set[str]()),
    "smooth": ("teachers", set[str]()),
}
# Miyato et al. 2017 take 5, of embeddings that they normalise; ours are as they were learned.
_ADVERSARIAL = 1.0


@dataclass(frozen=True)
class Row(Scores):
    """One recipe and what it reached. `minutes` are those of all its training."""

    name: str
    minutes: float


def recipes(config: TrainingConfig) -> dict[str, TrainingConfig]:
    """Build up `config`, which must have a language model and teachers, stage by stage."""

    def changed(**changes: Any) -> TrainingConfig:
        return TrainingConfig.model_validate({**config.model_dump(), **changes})

    rows = {
        "from scratch": changed(**_NO_LANGUAGE_MODEL, word_vector_epochs=0),
        "word2vec": changed(**_NO_LANGUAGE_MODEL),
        "language model": changed(teachers=(), taught_by=None, smooth=None, finish=None),
        "teachers": changed(smooth=None, finish=None),
    }
    if config.finish:
        rows["last passes"] = changed(smooth=None)
    if config.smooth:
        rows["smooth"] = config
    return rows | {"adversarial": changed(smooth=None, finish=None, adversarial=_ADVERSARIAL)}


def ablate(config: TrainingConfig, directory: Path) -> list[Row]:
    """Train every row that is not trained yet, in a directory each; write `ablation.json`."""
    rows: list[Row] = []
    for name, recipe in recipes(config).items():
        run = directory / name.replace(" ", "_")
        if name in _BEGINS_WITH:
            earlier, anew = _BEGINS_WITH[name]
            share_stages(directory / earlier.replace(" ", "_"), run, without=anew)
        metrics = Run(recipe, run, resume=True)()
        rows.append(
            Row(**scores_of(metrics), name=name, minutes=sum(metrics["seconds"].values()) / 60)
        )
        write_json([vars(row) for row in rows], directory / "ablation.json")
    return rows


def table(rows: list[Row]) -> str:
    """Lay the rows out in Markdown."""
    sources = list(rows[0].accuracy)
    lines = [
        f"| recipe | {' | '.join(sources)} | minutes |",
        "| --- |" + " --- |" * (len(sources) + 1),
    ]
    lines += [f"| {row.name} | {score_cells(row)} | {row.minutes:.1f} |" for row in rows]
    return "\n".join(lines) + "\n"
