"""`gatewise score`: scores files into a directory of files, or standard input into lines."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from gatewise.cli.console import (
    output_console,
    print_error,
    print_line,
    print_trimmed,
    printable,
)
from gatewise.cli.errors import UsageError
from gatewise.cli.options import (
    ADVANCED,
    OPTIONS,
    Flag,
    Model,
    OptionalCount,
    OptionalPath,
    OptionalSource,
    Source,
    at_least,
)
from gatewise.cli.score_progress import ScoreBar
from gatewise.cli.texts import read_lines
from gatewise.models.gru.precision import Precision

if TYPE_CHECKING:
    from gatewise.service.bulk.engines.engine import Engine
    from gatewise.service.bulk.job import ScoreOptions
    from gatewise.service.bulk.run import Outcome
    from gatewise.service.bulk.statistics import Statistics

_INPUTS = "Files, directories, patterns or URLs (s3://, gs://, hf://); without any, standard input"
_Format = Annotated[Literal["parquet", "csv", "jsonl"] | None, Parameter(group=OPTIONS)]
_Engine = Annotated[Literal["local", "ray"], Parameter(group=OPTIONS)]
_OnBadRow = Annotated[Literal["error", "stop"], Parameter(group=OPTIONS)]
_Columns = Annotated[str, Parameter(group=OPTIONS, show_default=False)]
_MaxTokens = Annotated[int, Parameter(validator=at_least(1), group=ADVANCED)]
_PartRows = Annotated[int | None, Parameter(validator=at_least(1), group=ADVANCED)]
_Precision = Annotated[Precision | None, Parameter(group=ADVANCED)]
_SHOWN_GROUPS = 10


def score(
    *inputs: Annotated[str, Parameter(help=_INPUTS)],
    out: OptionalPath = None,
    keep: _Columns = "",
    format: _Format = None,  # noqa: A002  # the name of the option
    explain: Flag = False,
    summary: Flag = False,
    by: OptionalSource = None,
    model: Model = None,
    workers: OptionalCount = None,
    engine: _Engine = "local",
    text_column: Source = "text",
    delimiter: OptionalSource = None,
    encoding: OptionalSource = None,
    on_bad_row: _OnBadRow = "error",
    max_tokens: _MaxTokens = 20_000,
    part_rows: _PartRows = None,
    precision: _Precision = None,
) -> int:
    """Score files of texts into files of results.

    Files are scored in parts by several processes, and the same command resumes a run that was
    stopped. Standard input, one text or JSON object a line, is scored to standard output.

    Args:
        *inputs: Files, directories, patterns or URLs; without any, standard input.
        out: Directory of the results, in the order of the input.
        keep: Columns to copy to the results, separated by commas.
        format: Format of the results; by default parquet, or jsonl for standard output.
        explain: Add the words of largest absolute attribution, and the word at which the running
            prediction settled.
        summary: Count labels and contributions of words at the end, and write _summary.html.
        by: Column by whose values --summary is divided.
        model: Directory, release name or Hub id (user/name) of the model.
        workers: Number of processes; by default one for every core.
        engine: Where the processes run: on this machine, or on a Ray cluster (RAY_ADDRESS), all of
            whose nodes must have the directory of the results at the same path.
        text_column: Name of the column with the texts.
        delimiter: Separator of the fields of CSV: a character, or tab.
        encoding: Encoding of text files. By default UTF-8, or detected.
        on_bad_row: Write a row that cannot be scored with its error, or stop there.
        max_tokens: Largest number of tokens of a text.
        part_rows: Rows of a file of results; by default 250 to 5,000, by the size of the input.
        precision: Arithmetic of the recurrence; by default that of the model. int8x8 takes less
            time, and changes a logit by some 0.003.
    """
    from gatewise.service.bulk.engines.fork_server import start_early

    if inputs and out is not None and engine == "local":
        start_early()  # it imports the same modules as the lines below
    from pydantic import ValidationError

    from gatewise.cli.errors import describe_invalid
    from gatewise.models.files.read_options import ReadOptions

    if by is not None and not summary:
        raise UsageError("--by: divides --summary, which is missing")
    try:
        read = ReadOptions(text_column=text_column, delimiter=delimiter, encoding=encoding)
    except ValidationError as error:
        raise UsageError(*describe_invalid(error)) from error

    from gatewise.service.bulk.job import ScoreOptions

    options = ScoreOptions(
        text_column=text_column,
        keep=tuple(dict.fromkeys(name.strip() for name in keep.split(",") if name.strip())),
        delimiter=read.delimiter,
        encoding=encoding,
        format=format or ("parquet" if inputs else "jsonl"),
        explain=explain,
        summary=summary,
        by=by,
        max_tokens=max_tokens,
        part_rows=part_rows,
        precision=precision,
    )
    if not inputs:
        if on_bad_row == "stop":
            raise UsageError("--on-bad-row: stop is for files")
        if engine != "local":
            raise UsageError(f"--engine: {engine} is for files")
        return _score_stdin(options, out=out, model=model, workers=workers)
    if out is None:
        raise UsageError("--out: is required for files")

    from gatewise.service.bulk.run import score_files

    with ScoreBar() as bar:
        outcome = score_files(
            inputs,
            out,
            engine=_engine(engine, workers),
            options=options,
            model=model,
            on_bad_row=on_bad_row,
            progress=bar.show,
        )
    if summary:
        _print_summary(outcome, by)
    return _print_outcome(outcome, out)


def _engine(name: str, workers: int | None) -> "Engine":
    if name == "ray":
        from gatewise.service.bulk.engines.ray_cluster import RayCluster

        return RayCluster(workers)
    from gatewise.service.bulk.engines.pool import LocalPool

    return LocalPool(workers or os.cpu_count() or 1)


def _score_stdin(
    options: "ScoreOptions", *, out: Path | None, model: str | None, workers: int | None
) -> int:
    """Score standard input to standard output, and return the exit status."""
    if out is not None:
        raise UsageError("--out: standard input is scored to standard output; pass a file to read")
    if options.format == "parquet":
        raise UsageError("--format: standard output takes csv or jsonl")
    for name in ("summary", "part_rows", "delimiter", "encoding"):
        if getattr(options, name):
            raise UsageError(f"--{name.replace('_', '-')}: is for files")
    from gatewise import Predictor
    from gatewise.service.bulk.stream import LineScorer

    predictor = Predictor.load(model, precision=options.precision, threads=workers)
    scorer = LineScorer(predictor, options)
    sys.stdout.write(scorer.header())
    for lines in read_lines():
        sys.stdout.write(scorer.score([line.text for line in lines]))
        sys.stdout.flush()
    if scorer.errors:
        print_error(f"Lines with an error: {scorer.errors:,}", prefix="")
    return 0


def _print_outcome(outcome: "Outcome", out: Path) -> int:
    """Print the outcome of a run to standard error, and return the exit status."""
    total = outcome.statistics.total
    print_error(f"{total.rows:,} rows in {outcome.parts:,} files in {out}", prefix="")
    if total.errors:
        print_error(f"{total.errors:,} of them have an error, such as:", prefix="")
        for place, reason in outcome.statistics.first_errors:
            print_error(f"{printable(place)}: {printable(reason)}", prefix="  ")
    for part in outcome.left_out:
        print_error(
            f"{part.rows:,} rows are left out, because their process died three times: "
            f"{printable(part.first)} to {printable(part.last)}. The same command tries again."
        )
    return int(bool(outcome.left_out))


def _print_summary(outcome: "Outcome", by: str | None) -> None:
    from gatewise.service.bulk.report import share_sentence

    statistics = outcome.statistics
    total = statistics.total
    print_line(
        f"{total.rows:,} rows: {total.positive:,} positive, {total.negative:,} negative, "
        f"{total.undecided:,} undecided, {total.errors:,} errors"
    )
    print_line(share_sentence(total))
    print_line("words with the largest contributions:")
    print_trimmed(output_console(), _word_table(statistics))
    if by is not None:
        print_line(f"by {printable(by)}:")
        print_trimmed(output_console(), _group_table(statistics))
    if outcome.report:
        print_line(f"report: {outcome.report}")


def _word_table(statistics: "Statistics") -> Table:
    from gatewise.service.bulk.report import TOP_WORDS

    table = _table("word", "contribution", "texts")
    for word, texts, total in statistics.total.strongest(TOP_WORDS):
        table.add_row(Text(printable(word)), f"{total:+.1f}", f"{texts:,}")
    return table


def _group_table(statistics: "Statistics") -> Table:
    from gatewise.service.bulk.report import largest_groups, words_of_group

    table = _table("", "positive", "interval", "rows")
    table.add_column("words")
    for name, counts in largest_groups(statistics.groups)[:_SHOWN_GROUPS]:
        found = counts.share_positive
        share, interval = "", ""
        if found is not None:
            share, interval = f"{found[0]:.1%}", f"{found[1]:.1%} to {found[2]:.1%}"
        shown = Text(printable(name or "(none)"))
        table.add_row(shown, share, interval, f"{counts.rows:,}", Text(words_of_group(counts)))
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(first)
    for title in others:
        table.add_column(title, justify="right")
    return table
