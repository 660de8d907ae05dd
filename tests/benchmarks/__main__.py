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
from tests.benchmarks.classifiers import bench_classifiers, classifier_table
from tests.benchmarks.recurrences import BATCHES, bench_recurrences
from training.memory import keep_freed_memory

PARTS = ("recurrence", "classifiers")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is asked for, and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", choices=PARTS, help="measure this part alone")
    parser.add_argument("--json", type=Path, help="file for all figures")
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
        sys.stdout.write(recurrence_table(recurrence))
    if asked.only in (None, "classifiers"):
        classifiers = bench_classifiers(
            asked.model, source=asked.source, count=asked.reviews, threads=asked.threads
        )
        figures["classifiers"] = classifiers
        sys.stdout.write(classifier_table(classifiers))
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def recurrence_table(figures: dict[str, object]) -> str:
    """Draw milliseconds, and what each peer's are in ours."""
    lines = [f"{figures['tokens']} tokens, {figures['units']} units, {figures['threads']} threads"]
    for batch in BATCHES:
        lines.append(f"{f'batch of {batch}':26}{'median ms':>10}{'quartiles':>18}{'x ours':>8}")
        timings = figures[f"milliseconds_batch_{batch}"]
        assert isinstance(timings, dict)
        ours = timings["ours, traced"]["median"]
        for name, timing in timings.items():
            quartiles = f"{timing['low']:.2f} to {timing['high']:.2f}"
            ratio = timing["median"] / ours
            lines.append(f"{name:26}{timing['median']:10.2f}{quartiles:>18}{ratio:8.2f}")
    ratios = {key: value for key, value in figures.items() if key.startswith("traced_over")}
    lines += [f"{name:42}{value:8.2f}" for name, value in ratios.items()]
    return "\n".join(lines) + "\n\n"


if __name__ == "__main__":
    main()
