"""`gatewise evaluate`: the accuracy and calibration of a model on labelled texts."""

from collections.abc import Iterator, Mapping
from typing import Any

from gatewise.cli.console import log_progress, print_json, print_line
from gatewise.cli.errors import UsageError
from gatewise.cli.options import Flag, Json, Model, OptionalPath, OptionalSource


def evaluate(
    *,
    data: OptionalPath = None,
    source: OptionalSource = None,
    model: Model = None,
    gates: Flag = False,
    as_json: Json = False,
) -> None:
    """Measure a model on labelled texts.

    The texts are those of a file, or the validation split of the model.

    Args:
        data: A parquet, CSV or JSONL file with the columns text and label. Without one, the
            validation split of the model is derived again, as its training did.
        source: Another copy of the reviews that the model was trained on, to derive the split from.
        model: Directory, release name or Hub id (user/name) of the model.
        gates: Also count how many gate values are near 0 or 1, in 1,000 of the texts.
        as_json: Print the figures as one JSON object.
    """
    if data is not None and source is not None:
        raise UsageError("--source: cannot be combined with --data, which is measured as it is")

    from datasets import disable_progress_bars

    from gatewise.training.evaluation.evaluate import evaluate_model

    log_progress()
    disable_progress_bars()
    figures = evaluate_model(model, data=data, source=source, gates=gates).to_json()
    if as_json:
        print_json(figures)
        return
    for line in _report(figures):
        print_line(line)


def figures_line(name: str, figures: Mapping[str, Any]) -> str:
    """Return the figures of one set of texts as a line."""
    low, high = figures["interval"]
    return (
        f"{name}: accuracy {figures['accuracy']:.2%} ({low:.1%} to {high:.1%}) on "
        f"{figures['n']:,} texts, log loss {figures['log_loss']:.3f}, calibration error "
        f"{figures['ece']:.2%}"
    )


def _report(figures: Mapping[str, Any]) -> Iterator[str]:
    for name, part in {"all": figures, **figures["by_source"]}.items():
        yield figures_line(name, part)
    if found := figures.get("gates"):
        yield (
            f"gates: {found['reset']:.1%} of reset and {found['update']:.1%} of update values "
            f"are below 0.1 or above 0.9, in {found['texts']:,} texts"
        )
