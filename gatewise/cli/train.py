"""`gatewise train`: run the training pipeline."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from pydantic import ValidationError

from gatewise.cli.console import log_progress, print_error, print_json, print_line
from gatewise.cli.errors import UsageError, describe_invalid
from gatewise.cli.evaluate import added_lines, figures_line
from gatewise.cli.options import OPTIONS, Flag, Json
from gatewise.cli.training_options import given_options, parameters_of, with_options
from gatewise.training.config import COMMON_OPTIONS, TrainingConfig


def train(
    *,
    out: Annotated[Path, Parameter(group=OPTIONS)],
    resume: Flag = False,
    as_json: Json = False,
    **options: Any,
) -> None:
    """Train a model and export it.

    An option that is given overrides what the preset says.

    Args:
        out: Directory of the run, and of the model when it is finished.
        resume: Resume the run in --out, if there is one.
        as_json: Print the figures as one JSON object.
        options: Fields of the training configuration.
    """
    try:
        config = TrainingConfig.model_validate(given_options(options))
    except ValidationError as error:
        raise UsageError(*describe_invalid(error)) from error
    log_progress()

    from datasets import disable_progress_bars

    from gatewise.training.evaluation.chance import chance_warnings
    from gatewise.training.fitting.memory import keep_freed_memory
    from gatewise.training.pipeline import Run

    disable_progress_bars()
    keep_freed_memory()
    metrics = Run(config, out, resume=resume).run()
    for warning in chance_warnings(metrics, continued=config.init_from is not None):
        print_error(warning, prefix="Warning: ")
    if as_json:
        print_json(metrics)
        return
    for source, figures in metrics["validation"].items():
        print_line(figures_line(f"validation, {source}", figures))
    for source, figures in metrics.get("held_out", {}).items():
        for line in added_lines(source, figures):
            print_line(line)
    print_line(f"model: {out}")


train.__signature__ = with_options(  # type: ignore[attr-defined]
    train, parameters_of(TrainingConfig, COMMON_OPTIONS)
)
