"""Time from the start of the process to the first 200 of `/ready`, and the memory it takes then.

The memory is read after a text with unknown words, for which dictionaries are loaded.

    .venv/bin/python -m benchmarks.startup --json docs/figures/startup.json

The very first start compiles the kernels, into a new cache; the later starts load them from there.
"""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.report import (
    HTTP_PACKAGES,
    Report,
    benchmark_parser,
    command_line,
    markdown_table,
    model_title,
)
from benchmarks.serving import connect, resident_bytes, send, serve, served_model
from gatewise.models.artifact.artifact import load_artifact

_STARTS = 5
_UNKNOWN_WORDS = "Fine qwxzzyk vrblmpf."


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    parser = benchmark_parser("benchmarks.startup", __doc__)
    parser.add_argument("--starts", type=int, default=_STARTS, help="starts after the first one")
    options = parser.parse_args(arguments)
    model = served_model(options.model)
    with tempfile.TemporaryDirectory() as cache:
        # Where Numba keeps compiled code; the service inherits it.
        os.environ["NUMBA_CACHE_DIR"] = cache
        figures = measure_starts(model, starts=options.starts)
    rows = [[name.replace("_", " "), value] for name, value in figures.items()]
    command, title = command_line(parser, arguments), model_title(load_artifact(model))
    lines = markdown_table(["from process start to ready", "value"], rows)
    Report(command, [title], figures, lines, HTTP_PACKAGES).publish(options.json)


def measure_starts(model: Path, *, starts: int) -> dict[str, Any]:
    """Start the service several times.

    Args:
        model: The model directory.
        starts: Number of starts after the first one.

    Returns:
        Seconds of the first start, and the medians of seconds and resident megabytes of the others.
    """
    first, _ = _start(model)
    later = [_start(model) for _ in range(starts)]
    return {
        "seconds": round(statistics.median(seconds for seconds, _ in later), 1),
        "megabytes": round(statistics.median(size for _, size in later) / 1e6),
        "first_start_seconds": round(first, 1),
    }


def _start(model: Path) -> tuple[float, int]:
    """Return seconds until the service is ready, and its resident bytes with all dictionaries."""
    started = time.perf_counter()
    with serve(model) as server, connect(server) as connection:
        seconds = time.perf_counter() - started
        send(connection, "/predict", json.dumps({"text": _UNKNOWN_WORDS}).encode())
        return seconds, resident_bytes(server.process.pid)


if __name__ == "__main__":
    main()
