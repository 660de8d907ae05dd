"""Scoring a file: rows a second with one worker and with several, start-up, and peak memory.

    .venv/bin/python -m benchmarks.scoring --json docs/figures/scoring.json

`gatewise score` is run as a command on a CSV file of real reviews, beside a plain loop of
`Predictor.predict` with one thread in a process of its own, in turns. The rates leave out the
start, which is the time of the same command on one review. Processor time is that of all processes
and depends less on what else the machine does.
"""

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.report import (
    NETWORK_PACKAGES,
    Report,
    benchmark_parser,
    command_line,
    markdown_table,
    model_title,
)
from gatewise.models.artifact.artifact import load_artifact
from gatewise.models.artifact.location import locate_model
from gatewise.training.data.sources import read_reviews

PACKAGES = (*NETWORK_PACKAGES, "pyarrow")
_PAUSE = 0.05  # seconds between two looks at the processes
_TICKS = os.sysconf("SC_CLK_TCK")
_KIB = 1024
# Reads a CSV file and predicts its texts in lists of 512 with one thread.
_LOOP = """
import csv, sys
from pathlib import Path
from gatewise import Predictor
with Path(sys.argv[1]).open(newline="", encoding="utf-8") as file:
    texts = [row["text"] for row in csv.DictReader(file)]
predictor = Predictor.load(sys.argv[2], threads=1)
for start in range(0, len(texts), 512):
    predictor.predict(texts[start : start + 512])
"""


@dataclass(frozen=True)
class Usage:
    """What a command took, with all processes below it.

    Attributes:
        seconds: Time until it ended.
        cpu_seconds: Processor time.
        peak_bytes: Sum of the peaks of resident memory of its processes. Memory that they share
            is counted in each of them.
        driver_bytes: Peak of the process of the command itself.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    driver_bytes: int


def measure_command(command: Sequence[str | Path]) -> Usage:
    """Run a command and watch it and the processes below it, by Linux's /proc.

    Raises:
        CalledProcessError: It fails.
    """
    started = time.perf_counter()
    peaks: dict[int, int] = {}
    cpu: dict[int, float] = {}
    words = list(map(str, command))
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as process:  # noqa: S603
        while process.poll() is None:
            for each in (process.pid, *_below(process.pid)):
                with suppress(OSError, ValueError, IndexError):  # it has ended meanwhile
                    peaks[each] = max(peaks.get(each, 0), _peak(each))
                    cpu[each] = _cpu_seconds(each)
            time.sleep(_PAUSE)
        seconds = time.perf_counter() - started
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words)
    return Usage(seconds, sum(cpu.values()), sum(peaks.values()), peaks.get(process.pid, 0))


def _below(process: int) -> set[int]:
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(status.parent.name)] = int(_fields(int(status.parent.name))[1])
    found: set[int] = set()
    fresh = {process}
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return found


def _fields(process: int) -> list[str]:
    """Return the fields of /proc/…/stat after the name of the program."""
    return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()


def _peak(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) * _KIB


def _cpu_seconds(process: int) -> float:
    user, system = _fields(process)[11:13]
    return (int(user) + int(system)) / _TICKS


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    parser = benchmark_parser("benchmarks.scoring", __doc__)
    parser.add_argument("--rows", type=int, default=5000, help="reviews to score")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--rounds", type=int, default=3, help="runs of every command")
    parser.add_argument(
        "--memory-rows", type=int, nargs="*", default=[20_000, 500_000], metavar="N",
        help="numbers of short rows at which the peak memory is measured",
    )  # fmt: skip
    parser.add_argument("--source", default="packaged", help="where to read the reviews")
    options = parser.parse_args(arguments)
    model = locate_model(options.model)
    with tempfile.TemporaryDirectory() as folder:
        figures = _measure(options, model, Path(folder))
    lines = markdown_table(figures["columns"], figures["rows"])
    if figures["memory"]:
        titles = ["short rows", "peak of the driver, MB", "of all processes, MB"]
        lines += ["", *markdown_table(titles, figures["memory"])]
    command, title = command_line(parser, arguments), model_title(load_artifact(model))
    Report(command, [title], figures, lines, PACKAGES).publish(options.json)


def _measure(options: argparse.Namespace, model: Path, folder: Path) -> dict[str, Any]:
    reviews = folder / "reviews.csv"
    texts = read_reviews(options.source)["text"][: options.rows]
    write_rows(reviews, texts)
    one = folder / "one.csv"
    write_rows(one, texts[:1])

    def loop(source: Path) -> Usage:
        return measure_command([sys.executable, "-c", _LOOP, source, model])

    def score(source: Path, workers: int) -> Usage:
        out = Path(tempfile.mkdtemp(dir=folder)) / "out"
        return measure_command(score_command(source, out, model, workers))

    tasks: dict[str, Callable[[Path], Usage]] = {"plain loop": loop}
    for workers in options.workers:
        name = f"{workers} worker" if workers == 1 else f"{workers} workers"
        tasks[name] = lambda source, workers=workers: score(source, workers)  # type: ignore[misc]
    for task in tasks.values():
        task(one)  # fills the caches of the disk
    usages: dict[str, list[tuple[Usage, Usage]]] = {name: [] for name in tasks}
    for _ in range(options.rounds):
        for name, task in tasks.items():
            usages[name].append((task(one), task(reviews)))
    rows = [_row(name, pairs, len(texts)) for name, pairs in usages.items()]
    base = rows[0]
    for row in rows:
        row["rate_to_loop"] = round(row["rows_per_second"] / base["rows_per_second"], 2)
        row["cpu_to_loop"] = round(row["cpu_ms_per_row"] / base["cpu_ms_per_row"], 2)
    memory = []
    for count in options.memory_rows:
        short = folder / f"{count}.csv"
        write_rows(short, (text[:40] for text, _ in zip(_again(texts), range(count), strict=False)))
        usage = score(short, max(options.workers))
        memory.append([count, round(usage.driver_bytes / 1e6), round(usage.peak_bytes / 1e6)])
    names = list(rows[0])[1:]
    return {
        "reviews": len(texts),
        "columns": ["", *(name.replace("_", " ") for name in names)],
        "rows": [[row["name"], *(row[name] for name in names)] for row in rows],
        "memory": memory,
        "values": {row.pop("name"): row for row in rows},
    }


def score_command(source: Path, out: Path, model: Path, workers: int) -> list[str | Path]:
    """Return the command that scores a file."""
    program = Path(sys.executable).with_name("gatewise")
    return [program, "score", source, "--out", out, "--model", model, "--workers", str(workers)]


def write_rows(path: Path, texts: Any) -> None:
    """Write a CSV file with the columns id and text."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text"])
        writer.writerows(enumerate(texts))


def _again(texts: Sequence[str]) -> Any:
    while True:
        yield from texts


def _row(name: str, pairs: Sequence[tuple[Usage, Usage]], rows: int) -> dict[str, Any]:
    """Summarize the runs of one command: pairs of one review and all of them."""
    start = statistics.median(one.seconds for one, _ in pairs)
    seconds = statistics.median(whole.seconds - one.seconds for one, whole in pairs)
    cpu = statistics.median(whole.cpu_seconds - one.cpu_seconds for one, whole in pairs)
    return {
        "name": name,
        "rows_per_second": round(rows / max(seconds, 1e-9), 1),
        "cpu_ms_per_row": round(1e3 * max(cpu, 1e-9) / rows, 3),
        "start_seconds": round(start, 2),
        "peak_megabytes": round(max(whole.peak_bytes for _, whole in pairs) / 1e6),
    }


if __name__ == "__main__":
    main()
