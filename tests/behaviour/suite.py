"""Some hundred short reviews from templates, grouped by the ability that they test.

    python -m tests.behaviour.suite [--model MODEL …] [--json docs/figures/behaviour_suite.json]

prints how many of each kind a model classifies correctly, and every review that it does not. By
default every shipped release is measured.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from benchmarks.report import Report, benchmark_parser, command_line, markdown_table, model_title
from gatewise.models.artifact.location import releases
from gatewise.models.predictor import Predictor
from tests.behaviour.reviews import NEGATIVE_VERDICTS, PLOTS, POSITIVE_VERDICTS

THINGS = ["The movie", "The film", "The acting", "The plot", "The script"]
PRAISE = ["good", "funny", "interesting", "great", "convincing", "worth seeing"]
BLAME = ["boring", "terrible", "predictable", "awful", "a mess"]
GOOD_PARTS = ["The photography is beautiful", "The costumes are lovely", "The cast is great"]
BAD_PARTS = ["The beginning is slow", "The effects are cheap", "The dialogue is clumsy"]
GOOD_ENDS = ["I loved this movie", "the film is wonderful", "it is a great movie"]
BAD_ENDS = ["I hated this movie", "the film is boring", "it is a terrible movie"]
GOOD_WORDS = ["great", "excellent", "wonderful", "brilliant", "superb", "perfect", "amazing"]
BAD_WORDS = ["awful", "terrible", "boring", "horrible", "worst", "dreadful", "pathetic"]
GOOD_SENTENCES = [
    "A warm and moving story.",
    "One of the best films I have ever seen.",
    "I enjoyed every minute of it.",
    "Go and see it.",
    "A little gem.",
    "It made me laugh and cry.",
    "Highly recommended.",
    "10/10",
]
BAD_SENTENCES = [
    "A waste of time and money.",
    "One of the worst films I have ever seen.",
    "I walked out after half an hour.",
    "Avoid it at all costs.",
    "Don't bother.",
    "I want my money back.",
    "It made no sense at all.",
    "1/10",
]
NAMES = ["John", "Maria", "Ahmed", "Yuki", "Ingrid", "Brad Pitt", "Ed Wood"]
NUMBERS = ["3", "17", "1962", "250", "9,000"]


@dataclass(frozen=True)
class Case:
    """A review with the label that it must get.

    Attributes:
        kind: The ability that it tests.
        text: The review.
        positive: Whether its label is "positive".
    """

    kind: str
    text: str
    positive: bool


def cases() -> list[Case]:
    """Return all reviews, in a fixed order."""
    return [
        Case(kind, text, positive)
        for kind, reviews in (
            ("one word", _one_word()),
            ("one sentence", _one_sentence()),
            ("negation", _negation()),
            ("contrast", _contrast()),
            ("verdict last", _verdict_last()),
            ("verdict first", _verdict_first()),
            ("names and numbers", _names_and_numbers()),
            ("capitals", _capitals()),
        )
        for text, positive in reviews
    ]


Reviews = Iterator[tuple[str, bool]]


def _one_word() -> Reviews:
    for word, form in product(GOOD_WORDS, ("{}", "{}!")):
        yield form.format(word.capitalize()), True
    for word, form in product(BAD_WORDS, ("{}", "{}!")):
        yield form.format(word.capitalize()), False


def _one_sentence() -> Reviews:
    yield from ((text, True) for text in GOOD_SENTENCES)
    yield from ((text, False) for text in BAD_SENTENCES)
    yield from ((f"{thing} is {word}.", True) for thing, word in product(THINGS, PRAISE))
    yield from ((f"{thing} is {word}.", False) for thing, word in product(THINGS, BLAME))


def _negation() -> Reviews:
    for thing, word in product(THINGS, PRAISE):
        yield f"{thing} is not {word}.", False
        yield f"{thing} isn't {word} at all.", False
    for form in ("I did not like {}.", "I would not recommend {}.", "I can't praise {}."):
        for thing in THINGS:
            yield form.format(thing.lower()), False
    yield from ((f"{thing} is never boring.", True) for thing in THINGS)


def _contrast() -> Reviews:
    for part, end in product(GOOD_PARTS, BAD_ENDS):
        yield f"{part}, but {end}.", False
        yield f"Despite everything that people praise about it, {end}. {part}, that is all.", False
        yield f"Although {part[0].lower()}{part[1:]}, {end}.", False
    for part, end in product(BAD_PARTS, GOOD_ENDS):
        yield f"{part}, but {end}.", True
        yield f"{part}. Nevertheless, {end}.", True
        yield f"Although {part[0].lower()}{part[1:]}, {end}.", True


def _verdict_last() -> Reviews:
    yield from ((f"{plot} {end}", False) for plot, end in product(PLOTS, NEGATIVE_VERDICTS))
    yield from ((f"{plot} {end}", True) for plot, end in product(PLOTS, POSITIVE_VERDICTS))


def _verdict_first() -> Reviews:
    for plot, end in product(PLOTS, BAD_ENDS):
        yield f"{end.capitalize()}, really bad from start to finish. {plot}", False
    for plot, end in product(PLOTS, GOOD_ENDS):
        yield f"{end.capitalize()}, really good from start to finish. {plot}", True


def _names_and_numbers() -> Reviews:
    for insertion in [f"I saw it with {name}." for name in NAMES] + [
        f"There were {number} of us." for number in NUMBERS
    ]:
        yield from ((f"{insertion} {text}", True) for text in GOOD_SENTENCES[:3])
        yield from ((f"{insertion} {text}", False) for text in BAD_SENTENCES[:3])


def _capitals() -> Reviews:
    yield from ((text.upper(), True) for text in GOOD_SENTENCES[:7])
    yield from ((text.upper(), False) for text in BAD_SENTENCES[:7])


@dataclass(frozen=True)
class Outcome:
    """A case, and whether a model classified it correctly."""

    case: Case
    right: bool


def run_suite(predictor: Predictor) -> list[Outcome]:
    """Classify all reviews in one call."""
    all_cases = cases()
    predictions = predictor.predict([case.text for case in all_cases])
    return [
        Outcome(case, (prediction.logit > 0) == case.positive)
        for case, prediction in zip(all_cases, predictions, strict=True)
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the suite on every model and report."""
    parser = benchmark_parser(
        "tests.behaviour.suite", __doc__, default_model="every shipped release", several_models=True
    )
    options = parser.parse_args(arguments)
    figures: dict[str, Any] = {}
    lines: list[str] = []
    for model in options.model or releases():
        predictor = Predictor.load(model)
        outcomes = run_suite(predictor)
        title = model_title(predictor.artifact)
        figures[title] = summary(outcomes)
        lines += [*table(title, figures[title]), "", *mistakes(outcomes), ""]
    Report(command_line(parser, arguments), list(figures), figures, lines).publish(options.json)


def summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Count the correct classifications, in total and by kind."""
    by_kind = {}
    for kind in dict.fromkeys(outcome.case.kind for outcome in outcomes):
        of_kind = [outcome.right for outcome in outcomes if outcome.case.kind == kind]
        by_kind[kind] = {"right": sum(of_kind), "of": len(of_kind)}
    right = sum(outcome.right for outcome in outcomes)
    return {"right": right, "of": len(outcomes), "by_kind": by_kind}


def table(title: str, figures: dict[str, Any]) -> list[str]:
    """Render the counts of one model."""
    counts = {**figures["by_kind"], "all": figures}
    rows = [
        [kind, count["right"], count["of"], f"{count['right'] / count['of']:.1%}"]
        for kind, count in counts.items()
    ]
    return markdown_table([title, "right", "of", "share"], rows)


def mistakes(outcomes: Sequence[Outcome]) -> list[str]:
    """List the reviews that were classified incorrectly."""
    wrong = (outcome.case for outcome in outcomes if not outcome.right)
    return [
        f"wrong, should be {'positive' if case.positive else 'negative'}: {case.text}"
        for case in wrong
    ]


if __name__ == "__main__":
    main()
