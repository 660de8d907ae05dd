"""`gatewise lab`: claims about GRU gates, tested by experiments."""

from gatewise.cli.console import log_progress, print_line
from gatewise.cli.errors import UsageError
from gatewise.cli.options import (
    Flag,
    OptionalCount,
    OptionalPath,
    OptionalTexts,
    PositiveCount,
    Source,
)


def lab(
    *,
    out: OptionalPath = None,
    fast: Flag = False,
    only: OptionalTexts = None,
    source: Source = "packaged",
    seeds: OptionalCount = None,
    workers: PositiveCount = 2,
    docs: OptionalPath = None,
    page_only: Flag = False,
) -> None:
    """Test claims about GRU gates by experiments, and write a report.

    Prints a line for each claim: whether the figures support it. With --fast, in minutes.

    Args:
        out: Directory of the lab; what is there already is not computed again.
        fast: One seed, small networks and few texts: a check that everything runs, no evidence.
        only: Number of a claim to test, for example C11; may be repeated. By default all.
        source: Reviews: packaged, hub, or a file or directory.
        seeds: Number of trainings of every network on reviews.
        workers: Number of trainings side by side, one thread each.
        docs: Directory of the documentation, to write the page, its plots and lab.json to. With
            --only C11b, that finding is added to the lab.json that is there.
        page_only: Only write the page and its plots again, from the lab.json in --docs.
    """
    if out is None and not page_only:
        raise UsageError("--out: is required, unless --page-only is given")

    from datasets import disable_progress_bars

    from gatewise.training.lab.command import LabOptionError, run_lab

    log_progress()
    disable_progress_bars()
    try:
        lines = run_lab(
            out=out,
            fast=fast,
            only=only or [],
            source=source,
            seeds=seeds,
            workers=workers,
            docs=docs,
            page_only=page_only,
        )
    except LabOptionError as error:
        raise UsageError(str(error)) from error
    for line in lines:
        print_line(line)
