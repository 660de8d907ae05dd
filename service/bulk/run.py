"""A run from input files to an output directory: checked, resumed where it stopped, completed."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from gatewise.models.artifact.config import CONFIG, DECISION
from gatewise.models.artifact.location import locate_model
from gatewise.models.errors import ArtifactMissingError, DataError
from gatewise.models.files.raw_table import RawTable
from gatewise.models.predictor import Predictor
from gatewise.service.bulk.directory import OutputDirectory
from gatewise.service.bulk.engines.engine import Engine, PartDone, PartLeftOut
from gatewise.service.bulk.inputs import InputFile, find_inputs
from gatewise.service.bulk.job import (
    EXPLAIN_COLUMNS,
    SCORE_COLUMNS,
    Job,
    KeptColumn,
    OnBadRow,
    ScoreOptions,
)
from gatewise.service.bulk.parts import Part, cut, open_input, rows_of_part
from gatewise.service.bulk.report import report_page
from gatewise.service.bulk.statistics import Statistics, summed

_PREFIX = "input_"  # of a kept column that has the name of a column of the output


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes:
        rows: Rows that are done, those of an earlier run included.
        total: Estimated number of all rows; None before anything is known.
        scored: Rows that this run has scored.
        errors: Rows of these that have an error.
    """

    rows: int
    total: int | None
    scored: int
    errors: int


@dataclass(frozen=True)
class Outcome:
    """What a run has written.

    Attributes:
        statistics: Counts of all rows that are scored, those of an earlier run included.
        parts: Number of parts.
        left_out: The parts whose workers died in every attempt.
        report: The report, if it was requested and the run is complete.
    """

    statistics: Statistics
    parts: int
    left_out: Sequence[PartLeftOut]
    report: Path | None


def score_files(
    inputs: Sequence[str],
    out: Path,
    *,
    engine: Engine,
    options: ScoreOptions,
    model: str | None = None,
    on_bad_row: OnBadRow = "error",
    progress: Callable[[Progress], None] = lambda _: None,
) -> Outcome:
    """Score files into a directory, or resume that where it stopped.

    Args:
        inputs: Paths or URLs of files, directories or patterns.
        out: Directory of the output.
        engine: Scores the parts.
        options: What is read and written.
        model: Directory, release name or Hub id of the model.
        on_bad_row: Whether a row that cannot be scored is written with its error, or ends the run.
        progress: Called whenever a part is done.

    Returns:
        The counts of all rows, and the parts that were left out.

    Raises:
        DataError: The input cannot be read, or has a bad row and is to stop there.
        ResumeError: The directory has the results of another run.
        ArtifactError: The model cannot be loaded.
        OSError: The output cannot be written.
    """
    if not inputs:
        raise DataError("There is no input.")
    located = locate_model(model)
    files = _outside(out, find_inputs(inputs))
    kept, count = _check_columns(files, options)
    job = Job(out, located, options, kept, on_bad_row)
    if options.precision:  # a model that it does not suit must not leave a directory of results
        Predictor.load(located, precision=options.precision, threads=1)
    identity = {
        "gatewise": version("gatewise"),
        "model": _model_digest(located),
        "options": options.to_json(),
        "input": [{"name": f.name, "size": f.size, "sha256": f.digest()} for f in files],
    }
    directory = OutputDirectory(out, options.format)
    with directory.opened(identity):
        run = _Run(job, directory, files, count, progress)
        left_out = run.score(engine)
        statistics = summed(directory.statistics(run.parts))
        report = None
        if options.summary and not left_out:
            page = report_page(statistics, [file.name for file in files], by=options.by)
            report = directory.write_summary(page)
        if not left_out:
            directory.write_success(_success(statistics, run.parts))
    return Outcome(statistics, run.parts, left_out, report)


class _Run:
    """The parts of a run, and their outcomes so far."""

    def __init__(
        self,
        job: Job,
        directory: OutputDirectory,
        files: Sequence[InputFile],
        count: int | None,
        progress: Callable[[Progress], None],
    ) -> None:
        self._job, self._directory, self._files = job, directory, files
        self._count, self._progress = count, progress
        self.parts = 0
        self._read = self._done = self._scored = self._errors = 0

    def score(self, engine: Engine) -> list[PartLeftOut]:
        """Score the parts that are not done, and return those that were left out."""
        left_out = []
        for outcome in engine.run(self._job, self._missing_parts()):
            if isinstance(outcome, PartDone):
                self._scored += outcome.rows
                self._errors += outcome.errors
                self._done += outcome.rows
            else:
                left_out.append(outcome)
                record = {**vars(outcome), "reason": "its worker died in every attempt"}
                self._directory.write_left_out(outcome.index, record)
            self._report()
        return sorted(left_out, key=lambda part: part.index)

    def _missing_parts(self) -> Iterator[Part]:
        """Yield the parts whose results do not exist yet."""
        options = self._job.options
        rows = options.part_rows or rows_of_part(sum(file.size for file in self._files))
        for part in cut(self._files, options, rows=rows):
            self.parts = part.index + 1
            self._read += len(part)
            if self._directory.is_done(part.index):
                self._done += len(part)
                self._report()
            else:
                yield part

    def _report(self) -> None:
        self._progress(Progress(self._done, self._total(), self._scored, self._errors))

    def _total(self) -> int | None:
        """Return the number of all rows, or an estimate by the share of the bytes that is read."""
        if self._count is not None:
            return self._count
        size = sum(file.size for file in self._files)
        read = sum(file.size * file.fraction_read() for file in self._files)
        return max(self._read, round(self._read * size / read)) if read else None


def _check_columns(
    files: Sequence[InputFile], options: ScoreOptions
) -> tuple[tuple[KeptColumn, ...], int | None]:
    """Open every file, and return the kept columns and the number of rows, if that is known."""
    types: dict[str, set[Any]] = {name: set() for name in options.keep}
    count: int | None = 0
    for file in files:
        table = open_input(file, options)
        file.forget()
        count = None if count is None or table.count is None else count + table.count
        for name, found in types.items():
            found.add(_simple_type(table, name))
    taken = {*SCORE_COLUMNS, *(EXPLAIN_COLUMNS if options.explain else ())}
    kept = []
    for name, found in types.items():
        written = f"{_PREFIX}{name}" if name in taken else name
        kept.append(KeptColumn(name, written, found.pop() if len(found) == 1 else None))
    return tuple(kept), count


def _simple_type(table: RawTable, name: str) -> Any:
    """Return the Arrow type of a column whose values are written as they are; None for others."""
    if table.types is None:
        return None
    import pyarrow.types as kinds  # noqa: PLC0415  # the other formats do not need it

    found = table.types.field(name).type
    simple = (
        kinds.is_integer, kinds.is_floating, kinds.is_boolean, kinds.is_decimal, kinds.is_date,
        kinds.is_timestamp,
    )  # fmt: skip
    return found if any(check(found) for check in simple) else None


def _outside(out: Path, files: Sequence[InputFile]) -> list[InputFile]:
    """Return the files that are not in the directory of the output.

    If that is below a directory of the input, a resumed run finds its own results there.

    Raises:
        DataError: An argument is a file in the directory of the output, or all files are in it.
    """
    directory = out.resolve()
    outside = []
    for file in files:
        if not file.is_local or directory not in Path(file.path).resolve().parents:
            outside.append(file)
        elif file.is_named:
            raise DataError(f"{file.path} is in the directory of the output. Pass another --out.")
    if not outside:
        raise DataError("All input is in the directory of the output. Pass another --out.")
    return outside


def _model_digest(model: Path) -> str:
    """Return a digest of a model: of its configuration, which has those of its other files.

    Raises:
        ArtifactMissingError: There is no configuration.
    """
    config, decision = model / CONFIG, model / DECISION
    if not config.is_file():
        raise ArtifactMissingError(f"{model} is no model: it has no {CONFIG}.")
    digest = hashlib.sha256(config.read_bytes())
    if decision.is_file():
        digest.update(decision.read_bytes())
    return digest.hexdigest()


def _success(statistics: Statistics, parts: int) -> dict[str, int]:
    counts = {name: value for name, value in vars(statistics.total).items() if name != "words"}
    return {"parts": parts, **counts}
