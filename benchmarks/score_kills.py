"""Scoring while its processes are killed by SIGKILL: rows lost or doubled, and bytes that differ.

    .venv/bin/python -m benchmarks.score_kills --json docs/figures/score_kills.json

A file of reviews is scored by two workers, again and again. First a worker is killed at random
moments, and the run goes on; then the driver is, and the same command is started again. What a run
leaves in the end is compared with a plain loop of `Predictor.predict`, row by row, and with a run
that nobody disturbed, byte by byte.
"""

import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.processes import below, is_alive, kill, workers_of
from benchmarks.report import (
    Report,
    benchmark_parser,
    command_line,
    markdown_table,
    model_title,
)
from benchmarks.score_runs import (
    Row,
    content,
    difference,
    loop_command,
    rows_of_loop,
    rows_of_score,
    score_command,
    write_rows,
)
from benchmarks.scoring import PACKAGES
from gatewise.models.artifact.artifact import load_artifact
from gatewise.models.artifact.location import locate_model
from gatewise.training.data.sources import read_reviews

_WORKERS = 2
_PART_ROWS = 20
_MOST_PAUSE = 0.25  # between two kills of workers, of the time that an undisturbed run takes
_PAUSE = 0.005  # seconds between two looks at a run
_ENDING = 5.0  # seconds for workers to notice that their driver is dead


@dataclass(frozen=True)
class Reference:
    """A file, and what scoring it must give.

    Attributes:
        command: Scores it into a directory, given that.
        rows: The rows of a plain loop.
        bytes: The files of a run that nobody disturbed.
        seconds: How long that run took.
    """

    command: Callable[[Path], Sequence[str | Path]]
    rows: Sequence[Row]
    bytes: dict[str, bytes]
    seconds: float


@dataclass
class Tally:
    """What was killed, and what was found afterwards.

    Attributes:
        kills: Number of processes killed.
        parts: Number of parts that were written at the moment of each kill.
        completed: Number of runs that were brought to their end.
        starts: Number of starts of the command for these.
        lost: Rows that are missing in their results.
        doubled: Rows that are there twice.
        changed: Rows that differ from those of the plain loop.
        other_bytes: Runs with a file that differs from that of the undisturbed run.
        left_alive: Workers that outlived their driver by five seconds.
    """

    kills: int = 0
    parts: list[int] = field(default_factory=list)
    completed: int = 0
    starts: int = 0
    lost: int = 0
    doubled: int = 0
    changed: int = 0
    other_bytes: int = 0
    left_alive: int = 0

    def compare(self, out: Path, reference: Reference) -> None:
        """Compare a completed run with what it must be."""
        found = difference(rows_of_score(out), reference.rows)
        self.completed += 1
        self.lost += found.lost
        self.doubled += found.doubled
        self.changed += found.changed
        self.other_bytes += content(out) != reference.bytes


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    parser = benchmark_parser("benchmarks.score_kills", __doc__)
    parser.add_argument("--rows", type=int, default=4000, help="reviews of the file")
    parser.add_argument("--kills", type=int, default=25, help="kills of workers, and of drivers")
    parser.add_argument("--seed", type=int, default=0, help="decides about the moments")
    parser.add_argument("--source", default="packaged", help="where to read the reviews")
    options = parser.parse_args(arguments)
    if options.kills < 1:
        parser.error("--kills must be at least 1")
    model = locate_model(options.model)
    figures = measure_kills(
        model,
        read_reviews(options.source)["text"][: options.rows],
        kills=options.kills,
        seed=options.seed,
    )
    command, title = command_line(parser, arguments), model_title(load_artifact(model))
    lines = markdown_table(figures["columns"], figures["rows"])
    Report(command, [title], figures, lines, PACKAGES).publish(options.json)


def measure_kills(model: Path, texts: Sequence[str], *, kills: int, seed: int) -> dict[str, Any]:
    """Kill workers, then drivers, and count what that costs.

    Args:
        model: The model directory.
        texts: The texts to score.
        kills: Number of kills of each kind, at least 1.
        seed: Decides about the moments.

    Returns:
        The figures, and a table of them: `columns` and `rows`.

    Raises:
        CalledProcessError: The command failed although nothing was killed.
    """
    chance = random.Random(seed)  # noqa: S311
    with tempfile.TemporaryDirectory() as folder:
        reference = _reference(model, texts, Path(folder))
        found = {
            "workers": kill_workers(reference, Path(folder) / "workers", chance, kills),
            "drivers": kill_drivers(reference, Path(folder) / "drivers", chance, kills),
        }
    values = {name: _summary(tally) for name, tally in found.items()}
    return {
        "reviews": len(texts),
        "parts": -(-len(texts) // _PART_ROWS),
        "seconds_undisturbed": round(reference.seconds, 1),
        "columns": ["killed", *values],
        "rows": [
            [fact.replace("_", " "), *(facts[fact] for facts in values.values())]
            for fact in values["workers"]
        ],
        "values": values,
    }


def _reference(model: Path, texts: Sequence[str], folder: Path) -> Reference:
    source, out = folder / "reviews.csv", folder / "undisturbed"
    write_rows(source, texts)

    def command(directory: Path) -> list[str | Path]:
        words = score_command(source, directory, model, _WORKERS)
        return [*words, "--part-rows", str(_PART_ROWS)]

    loop = folder / "loop.csv"
    subprocess.run(list(map(str, loop_command(source, loop, model))), check=True)  # noqa: S603
    started = time.perf_counter()
    with _run(command(out)) as process:
        _check(process, killed=False)
    seconds = time.perf_counter() - started
    reference = Reference(command, rows_of_loop(loop), content(out), seconds)
    if rows_of_score(out) != list(reference.rows):
        raise RuntimeError("The undisturbed run differs from the plain loop.")
    return reference


def kill_workers(reference: Reference, folder: Path, chance: random.Random, kills: int) -> Tally:
    """Kill random workers at random moments of runs, from the first part on.

    Raises:
        CalledProcessError: A start failed in which nothing was killed.
    """
    tally = Tally()
    while tally.kills < kills:
        out = folder / str(tally.completed)
        status = None
        while status != 0:  # a part that was hit three times is left out: it is tried again
            tally.starts, before = tally.starts + 1, tally.kills
            with _run(reference.command(out)) as process:
                for _ in _moments(process, chance, _MOST_PAUSE * reference.seconds):
                    workers = sorted(workers_of(process.pid))
                    if workers and _parts(out) and tally.kills < kills:
                        kill(chance.choice(workers))
                        tally.kills += 1
                        tally.parts.append(_parts(out))
                status = _check(process, killed=tally.kills > before)
        tally.compare(out, reference)
    return tally


def kill_drivers(reference: Reference, folder: Path, chance: random.Random, kills: int) -> Tally:
    """Kill the driver at a random moment of each start, until its results are complete.

    Raises:
        CalledProcessError: A start failed that was not killed.
    """
    tally = Tally()
    while tally.kills < kills:
        out = folder / str(tally.completed)
        status = None
        while status != 0:
            tally.starts, before = tally.starts + 1, tally.kills
            with _run(reference.command(out)) as process:
                if tally.kills < kills:
                    _kill_one(process, out, chance.uniform(0, reference.seconds), tally)
                status = _check(process, killed=tally.kills > before)
        tally.compare(out, reference)
    return tally


def _kill_one(process: subprocess.Popen[bytes], out: Path, seconds: float, tally: Tally) -> None:
    """Kill a driver so many seconds after its start, unless it has ended by then."""
    if _wait(process, seconds):
        return
    started = below({process.pid})
    process.kill()
    process.wait()
    tally.kills += 1
    tally.parts.append(_parts(out))
    end = time.monotonic() + _ENDING
    while any(map(is_alive, started)) and time.monotonic() < end:
        time.sleep(_PAUSE)
    tally.left_alive += sum(map(is_alive, started))


def _check(process: subprocess.Popen[bytes], *, killed: bool) -> int:
    """Wait for the end of a start, and return its exit status.

    Raises:
        CalledProcessError: It failed although nothing was killed in it.
    """
    status = process.wait()
    if status and not killed:
        raise subprocess.CalledProcessError(status, process.args)
    return status


def _moments(
    process: subprocess.Popen[bytes], chance: random.Random, most: float
) -> Iterator[None]:
    """Yield at random moments until a process ends."""
    while not _wait(process, chance.uniform(0, most)):
        yield


def _wait(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for the end of a process, and return whether it has ended."""
    end = time.monotonic() + seconds
    while process.poll() is None:
        if time.monotonic() > end:
            return False
        time.sleep(_PAUSE)
    return True


@contextmanager
def _run(command: Sequence[str | Path]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(  # noqa: S603
        list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _parts(out: Path) -> int:
    return len(list(out.glob("part-*")))


def _summary(tally: Tally) -> dict[str, Any]:
    facts = {name: value for name, value in vars(tally).items() if name != "parts"}
    return {
        **facts,
        "kills_before_the_first_part": sum(not parts for parts in tally.parts),
        "parts_at_the_last_kill": max(tally.parts),
    }


if __name__ == "__main__":
    main()
