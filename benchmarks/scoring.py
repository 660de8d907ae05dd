"""Scoring a file: rows a second with one worker and with several, start-up, and peak memory.

    .venv/bin/python -m benchmarks.scoring --json docs/figures/scoring.json

`gatewise score` is run as a command on a CSV file of real reviews, beside a plain loop of
`Predictor.predict` with one thread in a process of its own, in turns. As many such loops at once
as there are workers show what the machine allows. The rates leave out the start, which is the time
of the same command on one review for each worker. Processor time is that of all processes and
depends less on what else the machine does; `other cores` is how much that was.
"""

import argparse
import statistics
import tempfile
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks.processes import Usage, measure_command, measure_commands
from benchmarks.report import (
    NETWORK_PACKAGES,
    Report,
    benchmark_parser,
    command_line,
    markdown_table,
    model_title,
)
from benchmarks.score_runs import EACH_ALONE, loop_command, score_command, write_rows
from gatewise.models.artifact.artifact import load_artifact
from gatewise.models.artifact.location import locate_model
from gatewise.training.data.sources import read_reviews

PACKAGES = (*NETWORK_PACKAGES, "pyarrow")
SHORT = 40  # characters of a short row


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    parser = benchmark_parser("benchmarks.scoring", __doc__)
    parser.add_argument("--rows", type=int, default=12_000, help="reviews to score")
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
    few = folder / "few.csv"
    write_rows(few, texts[: max(options.workers)])

    def loops(source: Path, count: int) -> Usage:
        outs = [folder / f"loop-{number}.csv" for number in range(count)]
        return measure_commands([loop_command(source, out, model) for out in outs])

    def score(source: Path, workers: int, *added: str) -> Usage:
        out = Path(tempfile.mkdtemp(dir=folder)) / "out"
        words = [*score_command(source, out, model, workers), *added]
        return measure_command([*words, *EACH_ALONE] if source == few else words)

    # By name: what is run, and how many times it scores the file.
    tasks: dict[str, tuple[Callable[[Path], Usage], int]] = {
        "plain loop": (lambda source: loops(source, 1), 1)
    }
    if (most := max(options.workers)) > 1:
        tasks[f"{most} plain loops at once"] = (lambda source: loops(source, most), most)
    for workers in options.workers:
        name = f"{workers} worker" if workers == 1 else f"{workers} workers"
        tasks[name] = (lambda source, workers=workers: score(source, workers), 1)  # type: ignore[misc]
    name = f"{most} workers, int8x8"
    tasks[name] = (lambda source: score(source, most, "--precision", "int8x8"), 1)
    for task, _ in tasks.values():
        task(few)  # fills the caches of the disk
    usages: dict[str, list[tuple[Usage, Usage]]] = {name: [] for name in tasks}
    for _ in range(options.rounds):
        for name, (task, _) in tasks.items():
            usages[name].append((task(few), task(reviews)))
    rows = [_row(name, pairs, tasks[name][1] * len(texts)) for name, pairs in usages.items()]
    base = rows[0]
    for row in rows:
        row["rate_to_loop"] = round(row["rows_per_second"] / base["rows_per_second"], 2)
        row["cpu_to_loop"] = round(row["cpu_ms_per_row"] / base["cpu_ms_per_row"], 2)
    memory = []
    for count in options.memory_rows:
        short = folder / f"{count}.csv"
        write_rows(short, (text[:SHORT] for text in islice(cycle(texts), count)))
        usage = score(short, most)
        memory.append([count, round(usage.driver_bytes / 1e6), round(usage.peak_bytes / 1e6)])
    names = list(rows[0])[1:]
    return {
        "reviews": len(texts),
        "columns": ["", *(name.replace("_", " ") for name in names)],
        "rows": [[row["name"], *(row[name] for name in names)] for row in rows],
        "memory": memory,
        "values": {row.pop("name"): row for row in rows},
    }


def _row(name: str, pairs: Sequence[tuple[Usage, Usage]], rows: int) -> dict[str, Any]:
    """Summarize the runs of one command: pairs of few reviews and all of them."""
    start = statistics.median(few.seconds for few, _ in pairs)
    seconds = statistics.median(whole.seconds - few.seconds for few, whole in pairs)
    cpu = statistics.median(whole.cpu_seconds - few.cpu_seconds for few, whole in pairs)
    driver = statistics.median(
        whole.driver_cpu_seconds - few.driver_cpu_seconds for few, whole in pairs
    )
    return {
        "name": name,
        "rows_per_second": round(rows / max(seconds, 1e-9), 1),
        "cpu_ms_per_row": round(1e3 * max(cpu, 1e-9) / rows, 3),
        "driver_ms_per_row": round(1e3 * driver / rows, 3),
        "start_seconds": round(start, 2),
        "peak_megabytes": round(max(whole.peak_bytes for _, whole in pairs) / 1e6),
        "other_cores": round(statistics.median(whole.other_cores for _, whole in pairs), 2),
    }


if __name__ == "__main__":
    main()
