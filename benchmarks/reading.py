"""What reading a text before it is split into words changes, with the weights as they are.

    make reading [ARGS="--source packaged --json docs/figures/reading.json"]

Four parts, each "before" (texts are split into words as the `tokenizers` library does) and "after"
(they are read first): how many labels of held-out reviews change under perturbations that leave the
meaning as it is; how many short texts of every kind are classified right; the accuracy on held-out
texts; and the speed of reading. Takes some minutes.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from datasets import Dataset
from jaxtyping import Bool

from benchmarks.reading_measures import (
    READINGS,
    ModelFigures,
    Network,
    measure_accuracy,
    measure_changes,
    measure_speed,
    read_cases,
    right_by_kind,
)
from benchmarks.reading_perturbations import PERTURBATIONS
from benchmarks.reading_tables import (
    accuracy_table,
    cases_table,
    changes_table,
    lines,
    speed_table,
    values,
)
from benchmarks.report import (
    NETWORK_PACKAGES,
    Report,
    add_text_options,
    benchmark_parser,
    command_line,
    model_title,
)
from gatewise.models.artifact.location import locate_model, releases
from gatewise.models.errors import DataError
from gatewise.models.predictor import Predictor
from gatewise.training.data.repeated_texts import repeat_texts

REVIEWS = 300
PACKAGES = (*NETWORK_PACKAGES, "emoji", "ftfy", "rapidfuzz", "regex", "symspellpy")
_SNIPPETS = "rotten_tomatoes"
_ROUNDS = 5


@dataclass(frozen=True)
class HeldOut:
    """Texts that no measured model was trained on, with their labels."""

    texts: list[str]
    positive: Bool[np.ndarray, " B"]

    @classmethod
    def of(cls, dataset: Dataset) -> "HeldOut":
        """Take texts and labels from a data set."""
        return cls(dataset["text"][:], np.array(dataset["label"][:]) == 1)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    parser = benchmark_parser(
        "benchmarks.reading",
        __doc__,
        default_model="every shipped release",
        several_models=True,
    )
    add_text_options(parser)
    parser.add_argument("--reviews", type=int, default=REVIEWS, help="reviews to perturb")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    models = [locate_model(model) for model in options.model or releases()]
    titles = [model_title(Predictor.load(model).artifact) for model in models]
    progress("reading the texts")
    reviews, snippets = held_out_texts(models, options.source, add=options.add)
    perturbed = draw(reviews, options.reviews)
    progress("speed")
    speed = measure_speed(models[0], perturbed, rounds=_ROUNDS)
    texts = {"held-out IMDb reviews": reviews, "held-out snippets": snippets}
    measured = {}
    for title, model in zip(titles, models, strict=True):
        progress(title)
        network = Network(model, threads=options.threads)
        measured[title] = measure_model(network, perturbed, texts)
    figures = {
        "reviews": len(perturbed),
        "perturbations": changes_table(measured),
        "cases": cases_table(measured),
        "accuracy": accuracy_table(measured),
        "speed": speed_table(speed),
        "values": values(measured, speed),
    }
    command = command_line(parser, arguments)
    Report(command, titles, figures, lines(figures), PACKAGES).publish(options.json)


def progress(what: str) -> None:
    """Write what is being measured to standard error."""
    sys.stderr.write(f"{what}\n")


def held_out_texts(
    models: Sequence[Path], source: str | None, *, add: Sequence[str] | None = None
) -> tuple[HeldOut, HeldOut]:
    """Return the reviews and the snippets that all models have held out.

    Args:
        models: Directories of the models.
        source: Where to read the texts, if not where the training read them.
        add: Copies of the sources that were added to them, as for `gatewise train`.

    Raises:
        DataError: There are none in common, or the texts cannot be read.
    """
    validation = [
        repeat_texts(Predictor.load(model), source, add=add).split.validation for model in models
    ]
    common = set.intersection(*(set(dataset["text"]) for dataset in validation))
    rows: dict[bool, list[int]] = {False: [], True: []}
    for row, (text, name) in enumerate(
        zip(validation[0]["text"][:], validation[0]["source"][:], strict=True)
    ):
        if text in common:
            rows[name == _SNIPPETS].append(row)
    if not rows[False]:
        raise DataError("The models have no held-out review in common: pass one with --model.")
    return HeldOut.of(validation[0].select(rows[False])), HeldOut.of(
        validation[0].select(rows[True])
    )


def draw(reviews: HeldOut, count: int) -> list[str]:
    """Draw some of the reviews; the same ones every time."""
    chosen = np.random.default_rng(0).permutation(len(reviews.texts))[:count]
    return [reviews.texts[row] for row in sorted(chosen.tolist())]


def measure_model(
    network: Network, perturbed: Sequence[str], texts: dict[str, HeldOut]
) -> ModelFigures:
    """Measure all but the speed for one model.

    Args:
        network: The model.
        perturbed: The reviews to perturb.
        texts: The held-out texts, by name.
    """
    changes = {}
    for perturbation, found in measure_changes(network, perturbed, PERTURBATIONS):
        flips = [change.flips for change in found.values()]
        progress(f"  {perturbation.name}: {flips[0]} → {flips[1]} labels flipped")
        changes[perturbation.name] = found
    cases = read_cases()
    progress(f"  {len(cases)} short texts")
    right = {reading: right_by_kind(network, cases, reading) for reading in READINGS}
    accuracy = {}
    for name, part in texts.items():
        if part.texts:
            progress(f"  {len(part.texts):,} {name}")
            accuracy[name] = {
                reading: measure_accuracy(network, part.texts, part.positive, reading)
                for reading in READINGS
            }
    return ModelFigures(changes, right, accuracy)


if __name__ == "__main__":
    main()
