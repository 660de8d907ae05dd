"""Crisper gates, and what they cost: the last passes of a run again, at several strengths.

The penalty is that of `training/objective.py`; how many gate values are open or shut is counted
by `training/saturation.py`.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from models.errors import DataError
from models.predictor import Predictor
from training.config import FitOptions, TrainingConfig
from training.evaluate import cut_again
from training.pipeline import Run
from training.saturation import Saturation, measure_saturation
from training.scores import Scores, score_cells, scores_of
from training.shared_stages import share_stages
from training.whole_files import write_json


@dataclass(frozen=True)
class Point(Scores):
    """What one strength of the penalty gives; `directory` holds the artifact."""

    strength: float
    gates: Saturation
    directory: str


def crisp_curve(
    trained: Path, directory: Path, *, strengths: Sequence[float], epochs: int | None
) -> list[Point]:
    """Finish the run in `trained` once for every strength; write `crisp.json`.

    `epochs` shortens the last passes. A second start goes on where this one was stopped. Raises
    `DataError` if the run has no last passes, and `ResumeError` if there is no run.
    """
    points = []
    for strength in strengths:
        run = directory / f"strength_{strength:g}"
        share_stages(trained, run, without={"finish"})
        metrics = Run(_finished_with(trained, strength, epochs), run, resume=True)()
        predictor = Predictor.load(run)
        points.append(
            Point(
                **scores_of(metrics),
                strength=strength,
                gates=measure_saturation(predictor, cut_again(predictor, None).validation),
                directory=run.name,
            )
        )
        write_json([asdict(point) for point in points], directory / "crisp.json")
    return points


def crisp_table(points: Sequence[Point]) -> str:
    """Lay the points out in Markdown."""
    sources = list(points[0].accuracy)
    lines = [
        f"| strength | reset gates open or shut | update gates | {' | '.join(sources)} |",
        "| ---: |" + " ---: |" * (len(sources) + 2),
    ]
    lines += [
        f"| {point.strength:g} | {point.gates.reset:.1%} | {point.gates.update:.1%} "
        f"| {score_cells(point)} |"
        for point in points
    ]
    return "\n".join(lines) + "\n"


def _finished_with(trained: Path, strength: float, epochs: int | None) -> TrainingConfig:
    stored = (trained / "run" / "config.json").read_text(encoding="utf-8")
    config = TrainingConfig.model_validate_json(stored)
    if config.finish is None:
        raise DataError(f"The run in {trained} has no last passes (--finish.epochs) to vary.")
    changes = {"crisp_gates": strength, "epochs": epochs or config.finish.epochs}
    finish = FitOptions.model_validate({**config.finish.model_dump(), **changes})
    return config.model_copy(update={"finish": finish})
