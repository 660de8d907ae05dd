"""`gatewise evaluate`: the accuracy and calibration of a model on labelled texts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from rich.table import Table
from rich.text import Text

from gatewise.cli.console import (
    log_progress,
    output_console,
    print_json,
    print_line,
    print_trimmed,
    printable,
)
from gatewise.cli.errors import UsageError, describe_invalid, option_name
from gatewise.cli.options import (
    Count,
    Flag,
    Json,
    Model,
    OptionalPath,
    OptionalSource,
    OptionalTexts,
)
from gatewise.cli.training_options import given_options, parameters_of, with_options
from gatewise.models.files.read_options import ReadOptions

_SHOWN_CHARACTERS = 200  # of a wrongly predicted text, in the table


def evaluate(
    *,
    data: OptionalSource = None,
    source: OptionalSource = None,
    model: Model = None,
    by: OptionalSource = None,
    add: OptionalTexts = None,
    exclude: OptionalPath = None,
    gates: Flag = False,
    mistakes: Count = 10,
    as_json: Json = False,
    **options: Any,
) -> None:
    """Measure a model on labelled texts.

    The texts are those of a file, or the validation split of the model.

    Args:
        data: A file (CSV, TSV, JSON, JSON Lines, Parquet, Arrow, Excel) or directory with the
            columns text and label, or a data set on the Hub (user/name:configuration). Without
            it, the validation split of the model is derived again, as its training did.
        source: Another copy of the reviews that the model was trained on, to derive the split from.
        model: Directory, release name or Hub id (user/name) of the model.
        by: Column of --data by whose values figures are given. By default source.
        add: Also measure on the held-out texts of cad, sst or augmented, as `train --add` has them.
            By default those of the model's training.
        exclude: File of digests of texts to leave out, as `train --exclude` has it. By default that
            of the model's training.
        gates: Also count how many gate values are near 0 or 1, in 1,000 of the texts.
        mistakes: Number of wrong predictions to list, the most confident first.
        as_json: Print the figures as one JSON object.
        options: How the columns and labels of --data are read.
    """
    if data is not None and source is not None:
        raise UsageError("--source: cannot be combined with --data, which is measured as it is")
    if data is not None and (add is not None or exclude is not None):
        raise UsageError(
            f"{'--exclude' if add is None else '--add'}: cannot be combined with --data, which is "
            "measured as it is"
        )
    if by is not None and data is None:
        raise UsageError("--by: is a column of --data, which is missing")
    if options and data is None:
        raise UsageError(f"{option_name(sorted(options)[:1])}: describes --data, which is missing")
    try:
        read_options = ReadOptions.model_validate(given_options(options))
    except ValidationError as error:
        raise UsageError(*describe_invalid(error)) from error

    from datasets import disable_progress_bars

    from gatewise.training.evaluation.evaluate import evaluate_model

    log_progress()
    disable_progress_bars()
    figures = evaluate_model(
        model,
        data=data,
        options=read_options,
        source=source,
        by=by,
        add=add,
        exclude=exclude,
        gates=gates,
        mistakes=mistakes,
    ).to_json()
    if as_json:
        print_json(figures)
        return
    for line in _report(figures):
        print_line(line)
    print_trimmed(output_console(), _confusion_table(figures["confusion"]))
    if figures["mistakes"]:
        print_line("most confident mistakes:")
        print_trimmed(output_console(), _mistake_table(figures["mistakes"]))


def figures_line(name: str, figures: Mapping[str, Any]) -> str:
    """Return the figures of one set of texts as a line."""
    low, high = figures["interval"]
    return (
        f"{name}: accuracy {figures['accuracy']:.2%} ({low:.1%} to {high:.1%}) on "
        f"{figures['n']:,} texts, F1 {figures['f1']:.2%}, log loss {figures['log_loss']:.3f}, "
        f"calibration error {figures['ece']:.2%}"
    )


def added_lines(name: str, figures: Mapping[str, Any]) -> Iterator[str]:
    """Yield the figures of an added source, then those of its kinds, as lines."""
    yield _added_line(f"held out, {name}", figures)
    for kind, part in figures["by_kind"].items():
        yield _added_line(f"  {kind}", part)


def _added_line(name: str, figures: Mapping[str, Any]) -> str:
    parts = []
    if decided := figures["decided"]:
        low, high = decided["interval"]
        parts.append(
            f"accuracy {decided['accuracy']:.2%} ({low:.1%} to {high:.1%}) on {decided['n']:,} "
            f"texts, calibration error {decided['ece']:.2%}"
        )
    if figures["neutral"]:
        parts.append(f"{figures['near_half']:.1%} of {figures['neutral']:,} neutral near one half")
    if figures["groups"]:
        parts.append(f"P moves by more than .1 in {figures['moved']:.1%} of {figures['groups']:,}")
    return f"{name}: {'; '.join(parts)}"


def _report(figures: Mapping[str, Any]) -> Iterator[str]:
    for name, part in {"all": figures, **figures["by_source"]}.items():
        yield figures_line(name, part)
    for name, part in figures.get("held_out", {}).items():
        yield from added_lines(name, part)
    if found := figures.get("gates"):
        yield (
            f"gates: {found['reset']:.1%} of reset and {found['update']:.1%} of update values "
            f"are below 0.1 or above 0.9, in {found['texts']:,} texts"
        )


def _confusion_table(confusion: Mapping[str, int]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("true label")
    for label in ("negative", "positive"):
        table.add_column(f"predicted {label}", justify="right")
    for label, names in (
        ("negative", ("true_negative", "false_positive")),
        ("positive", ("false_negative", "true_positive")),
    ):
        table.add_row(label, *(f"{confusion[name]:,}" for name in names))
    return table


def _mistake_table(mistakes: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("true label")
    table.add_column("predicted")
    table.add_column("text", overflow="fold")
    for mistake in mistakes:
        text = " ".join(printable(mistake["text"]).split())
        shown = text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
        predicted = f"{mistake['predicted']} {mistake['score']:.1%}"
        table.add_row(mistake["label"], predicted, Text(shown))
    return table


evaluate.__signature__ = with_options(  # type: ignore[attr-defined]
    evaluate, parameters_of(ReadOptions, frozenset())
)
