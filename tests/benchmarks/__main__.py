"""Speed beside peers, in one run: `python -m tests.benchmarks [--only PART] [--json FILE]`.

    recurrence    the compiled recurrence beside ONNX Runtime, OpenVINO and torch.nn.GRU
    classifiers   whole classifiers, from text to verdict, on the same held-out reviews

Prints a table for each part, and writes all figures as JSON if asked to.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from models import Predictor
from tests.benchmarks.classifiers import bench_classifiers, classifier_lines
from tests.benchmarks.recurrences import bench_recurrences, recurrence_lines
from tests.benchmarks.report import machine, write_figures
from training.memory import keep_freed_memory

PARTS = ("recurrence", "classifiers")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is asked for, and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", choices=PARTS, help="measure this part alone")
    parser.add_argument("--json", type=Path, help="file for all figures")
    parser.add_argument("--report", type=Path, help="document to write the tables into")
    parser.add_argument("--model", type=Path, help="artifact; by default the shipped release")
    parser.add_argument(
        "--source", help="reviews, if not from where the model's training read them"
    )
    parser.add_argument("--reviews", type=int, default=500, help="held-out reviews to judge")
    parser.add_argument("--rounds", type=int, default=40, help="rounds of the recurrences")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args(arguments)

    keep_freed_memory()
    predictor = Predictor.load(asked.model, threads=asked.threads)
    figures: dict[str, object] = {"model": predictor.artifact.name}
    if asked.only in (None, "recurrence"):
        recurrence = bench_recurrences(
            predictor.artifact.weights, rounds=asked.rounds, threads=asked.threads
        )
        figures["recurrence"] = recurrence
        _report("recurrence", recurrence_lines(recurrence), asked.report)
    if asked.only in (None, "classifiers"):
        classifiers = bench_classifiers(
            asked.model, source=asked.source, count=asked.reviews, threads=asked.threads
        )
        figures["classifiers"] = classifiers
        _report("classifiers", classifier_lines(classifiers), asked.report)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _report(part: str, lines: list[str], document: Path | None) -> None:
    lines = [machine(), "", *lines]
    sys.stdout.write("\n".join(lines) + "\n\n")
    if document:
        write_figures(document, part, lines)


if __name__ == "__main__":
    main()
