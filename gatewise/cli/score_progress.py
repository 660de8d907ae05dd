"""The progress bar of `gatewise score`."""

import sys
from typing import TYPE_CHECKING

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from gatewise.cli.console import error_console

if TYPE_CHECKING:
    from gatewise.service.bulk.run import Progress as RunProgress


class _Rate(ProgressColumn):
    """Rows that are scored in a second."""

    def render(self, task: Task) -> Text:
        """Return the rate of this run; rows of an earlier run do not count."""
        seconds = task.elapsed or 0
        rows = task.fields.get("scored", 0)
        return Text(f"{rows / seconds:,.0f} rows/s" if rows and seconds else "")


class ScoreBar:
    """The progress bar of a run, on standard error; only a terminal has one."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("scoring"),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[notice]}"),
            console=error_console(),
            disable=not sys.stderr.isatty(),
        )
        self._task = self._progress.add_task("scoring", total=None, scored=0, notice="")

    def __enter__(self) -> "ScoreBar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, progress: "RunProgress") -> None:
        """Show how far a run is."""
        notice = f"{progress.errors:,} errors" if progress.errors else ""
        self._progress.update(
            self._task,
            completed=progress.rows,
            total=progress.total,
            scored=progress.scored,
            notice=notice,
        )
