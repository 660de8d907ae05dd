"""Speed beside other implementations: `python -m benchmarks [--only PART] [--model MODEL]`.

    recurrence    the compiled recurrence beside ONNX Runtime, OpenVINO and torch.nn.GRU
    classifiers   whole classifiers, from text to label, on the same held-out reviews

Prints a table for each part. With `--only`, `--json FILE` writes the figures of that part:

    make bench ARGS="--only recurrence --json docs/figures/recurrence.json"
    make bench ARGS="--only classifiers --source packaged --json docs/figures/classifiers.json"
"""

import argparse
import os
from collections.abc import Sequence

from benchmarks.report import (
    NETWORK_PACKAGES,
    Report,
    add_text_options,
    benchmark_parser,
    command_line,
    model_title,
)
from gatewise.models.artifact.location import locate_model, releases
from gatewise.models.predictor import Predictor
from gatewise.training.fitting.memory import keep_freed_memory

PARTS = ("recurrence", "classifiers")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the chosen parts and report each."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.json and options.only is None:
        parser.error("--json needs --only: a file holds the figures of one part")
    command = command_line(parser, arguments)
    keep_freed_memory()
    if options.only in (None, "recurrence"):
        _recurrence(options, command).publish(options.json)
    if options.only in (None, "classifiers"):
        _classifiers(options, command).publish(options.json)


def _parser() -> argparse.ArgumentParser:
    default = "the default release (recurrence), every shipped release (classifiers)"
    parser = benchmark_parser("benchmarks", __doc__, default_model=default)
    parser.add_argument("--only", choices=PARTS, help="measure this part alone")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    recurrence = parser.add_argument_group("recurrence")
    recurrence.add_argument("--rounds", type=int, default=40, help="number of timed rounds")
    classifier = parser.add_argument_group("classifiers")
    add_text_options(classifier)
    classifier.add_argument(
        "--reviews", type=int, default=500, help="number of held-out reviews to classify"
    )
    return parser


def _recurrence(options: argparse.Namespace, command: str) -> Report:
    # Imported here, since it needs packages that only the extra `bench` installs.
    from benchmarks import recurrences  # noqa: PLC0415

    artifact = Predictor.load(options.model, threads=options.threads).artifact
    figures = recurrences.measure_recurrences(
        artifact.weights, rounds=options.rounds, threads=options.threads
    )
    lines = recurrences.recurrence_lines(figures)
    packages = (*NETWORK_PACKAGES, *recurrences.PACKAGES)
    return Report(command, [model_title(artifact)], figures, lines, packages)


def _classifiers(options: argparse.Namespace, command: str) -> Report:
    from benchmarks import classifiers  # noqa: PLC0415

    models = list(releases().values()) if options.model is None else [locate_model(options.model)]
    titles, figures = classifiers.measure_classifiers(
        models,
        source=options.source,
        add=options.add,
        count=options.reviews,
        threads=options.threads,
    )
    lines = classifiers.classifier_lines(figures)
    packages = (*NETWORK_PACKAGES, *classifiers.PACKAGES)
    return Report(command, titles, figures, lines, packages)


if __name__ == "__main__":
    main()
