"""Scoring by a Ray cluster: what it adds to the local pool, and a node that dies in the middle.

    .venv/bin/python -m benchmarks.ray_scoring --json docs/figures/ray_scoring.json

Two Ray nodes of one core each run on this machine. Whole reviews, and short texts of 40
characters, are scored by a plain loop of `Predictor.predict`, by the local pool, by the cluster,
and by a cluster one of whose nodes is killed when half of the parts are written. Rows are compared
with those of the loop, files with those of the pool. Processor time is that of all processes, those
of the cluster included, without the start, which is that of the same command on two rows.
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from ray.cluster_utils import Cluster

from benchmarks.processes import Usage, below, measure_command, measure_commands
from benchmarks.report import (
    Report,
    benchmark_parser,
    command_line,
    markdown_table,
    model_title,
)
from benchmarks.score_runs import (
    EACH_ALONE,
    Row,
    content,
    difference,
    loop_command,
    rows_of_loop,
    rows_of_score,
    score_command,
    write_rows,
)
from benchmarks.scoring import PACKAGES, SHORT
from gatewise.models.artifact.artifact import load_artifact
from gatewise.models.artifact.location import locate_model
from gatewise.training.data.sources import read_reviews

_NODES = 2
COLUMNS = (
    "rows_per_second", "cpu_ms_per_row", "start_cpu_seconds", "cpu_to_loop", "lost", "doubled",
    "changed", "bytes_equal",
)  # fmt: skip


@dataclass(frozen=True)
class _Files:
    """A file of texts, one with as many of them as there are workers, and a place for results."""

    folder: Path
    source: Path
    few: Path
    model: Path

    def out(self) -> Path:
        """Return a path where nothing is yet."""
        return Path(tempfile.mkdtemp(dir=self.folder)) / "out"

    def score_command(self, source: Path, out: Path) -> list[str | Path]:
        """Return the command that scores one of the files; all workers have some of its rows."""
        words = score_command(source, out, self.model, _NODES)
        return [*words, *EACH_ALONE] if source == self.few else words


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    parser = benchmark_parser("benchmarks.ray_scoring", __doc__)
    parser.add_argument("--rows", type=int, default=8000, help="rows of each kind")
    parser.add_argument("--source", default="packaged", help="where to read the reviews")
    options = parser.parse_args(arguments)
    model = locate_model(options.model)
    figures = measure_cluster(model, _texts(options))
    lines = markdown_table(figures["columns"], figures["rows"])
    command, title = command_line(parser, arguments), model_title(load_artifact(model))
    Report(command, [title], figures, lines, (*PACKAGES, "ray")).publish(options.json)


def measure_cluster(model: Path, kinds: dict[str, Sequence[str]]) -> dict[str, Any]:
    """Score every kind of texts in all ways, and compare.

    Args:
        model: The model directory.
        kinds: The texts by the name of their kind.

    Returns:
        The figures, and a table of them: `columns` and `rows`.
    """
    with tempfile.TemporaryDirectory() as folder:
        values = {kind: _measure(model, texts, Path(folder)) for kind, texts in kinds.items()}
    return {
        "texts": {kind: len(texts) for kind, texts in kinds.items()},
        "columns": ["", *(name.replace("_", " ") for name in COLUMNS)],
        "rows": [
            [f"{kind}: {way}", *(facts[name] for name in COLUMNS)]
            for kind, ways in values.items()
            for way, facts in ways.items()
        ],
        "values": values,
    }


def _texts(options: argparse.Namespace) -> dict[str, Sequence[str]]:
    reviews = read_reviews(options.source)["text"][: options.rows]
    short = [text[:SHORT] for text in islice(cycle(reviews), options.rows)]
    return {"reviews": reviews, "short texts": short}


def _measure(model: Path, texts: Sequence[str], folder: Path) -> dict[str, dict[str, Any]]:
    """Score texts in all ways, and return the facts of each."""
    files = _Files(folder, folder / "texts.csv", folder / "few.csv", model)
    write_rows(files.source, texts)
    write_rows(files.few, texts[:_NODES])

    def loop(source: Path, out: Path) -> Usage:
        return measure_command(loop_command(source, out, model))

    def pool(source: Path, out: Path) -> Usage:
        return measure_command(files.score_command(source, out))

    loop_out, pool_out = files.out(), files.out()
    pairs = {
        "plain loop": (loop(files.few, files.out()), loop(files.source, loop_out)),
        "local pool": (pool(files.few, files.out()), pool(files.source, pool_out)),
    }
    expected, whole = rows_of_loop(loop_out), content(pool_out)
    outs = {"local pool": pool_out, "Ray": files.out(), "Ray, a node killed": files.out()}
    pairs["Ray"] = _on_cluster(files, outs["Ray"])
    parts = sum(name.startswith("part-") for name in whole)
    pairs["Ray, a node killed"] = _on_cluster(files, outs["Ray, a node killed"], kill_at=parts // 2)
    facts = {way: _rates(few, many, len(texts)) for way, (few, many) in pairs.items()}
    for way, out in outs.items():
        facts[way] |= _compared(out, expected, whole)
    facts["plain loop"] |= dict.fromkeys(("lost", "doubled", "changed"), 0) | {"bytes_equal": ""}
    base = facts["plain loop"]["cpu_ms_per_row"]
    for found in facts.values():
        found["cpu_to_loop"] = round(found["cpu_ms_per_row"] / base, 2)
    return facts


def _on_cluster(files: _Files, out: Path, *, kill_at: int | None = None) -> tuple[Usage, Usage]:
    """Score few rows and all rows on a cluster, one of whose nodes may die at so many parts.

    Raises:
        RuntimeError: The run ended before the node was killed.
    """
    with _cluster() as (nodes, processes):

        def score(source: Path, out: Path, during: Callable[[], None]) -> Usage:
            words = [*files.score_command(source, out), "--engine", "ray"]
            return measure_commands([words], beside=processes(), during=during)

        def look() -> None:
            done = len(list(out.glob("part-*")))
            if kill_at is not None and done >= kill_at and nodes.worker_nodes:
                (node,) = nodes.worker_nodes
                nodes.remove_node(node, allow_graceful=False)

        few = score(files.few, files.out(), lambda: None)
        many = score(files.source, out, look)
        if kill_at is not None and nodes.worker_nodes:
            raise RuntimeError("The run ended before a node was killed. Pass more --rows.")
    return few, many


@contextmanager
def _cluster() -> Iterator[tuple[Cluster, Callable[[], set[int]]]]:
    """Start two nodes of one core each; return them, and a function for their processes."""
    others = below({os.getpid()})
    nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    try:
        for _ in range(_NODES - 1):
            nodes.add_node(num_cpus=1)
        nodes.wait_for_nodes()
        os.environ["RAY_ADDRESS"] = nodes.address
        yield nodes, lambda: below({os.getpid()}) - others
    finally:
        os.environ.pop("RAY_ADDRESS", None)
        nodes.shutdown()  # type: ignore[no-untyped-call]


def _rates(few: Usage, many: Usage, rows: int) -> dict[str, Any]:
    cpu = many.cpu_seconds - few.cpu_seconds
    driver = many.driver_cpu_seconds - few.driver_cpu_seconds
    return {
        "rows_per_second": round(rows / max(many.seconds - few.seconds, 1e-9)),
        "cpu_ms_per_row": round(1e3 * max(cpu, 1e-9) / rows, 3),
        "driver_ms_per_row": round(1e3 * max(driver, 0.0) / rows, 3),
        "start_seconds": round(few.seconds, 1),
        "start_cpu_seconds": round(few.cpu_seconds, 1),
        "other_cores": round(many.other_cores, 2),
    }


def _compared(out: Path, expected: Sequence[Row], whole: dict[str, bytes]) -> dict[str, Any]:
    rows, found = rows_of_score(out), content(out)
    same = rows == list(expected) and found == whole
    return {**vars(difference(rows, expected)), "bytes_equal": "yes" if same else "no"}


if __name__ == "__main__":
    main()
