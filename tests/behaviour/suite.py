"""Several hundred short reviews from templates, by what they ask of a model.

    python -m tests.behaviour.suite [DIR]

prints how many of each kind a model gets right: the shipped one, or the one in DIR.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from models.predictor import Predictor
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
    """A review, what it tests, and the verdict it must get."""

    kind: str
    text: str
    positive: bool


def cases() -> list[Case]:
    """Write all reviews, in a fixed order."""
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


def results(predictor: Predictor) -> list[tuple[Case, bool]]:
    """Judge all cases in one call; answer which came out right."""
    asked = cases()
    predictions = predictor.predict([case.text for case in asked])
    return [
        (case, (prediction.logit > 0) == case.positive)
        for case, prediction in zip(asked, predictions, strict=True)
    ]


def main(directory: Path | None) -> None:
    """Print the share of right answers by kind, and the cases that failed."""
    judged = results(Predictor.load(directory))
    for case, right in judged:
        if not right:
            sys.stdout.write(f"wrong, should be {case.positive}: {case.text}\n")
    for kind in dict.fromkeys(case.kind for case, _ in judged):
        outcomes = [right for case, right in judged if case.kind == kind]
        sys.stdout.write(f"{kind}: {sum(outcomes)} of {len(outcomes)}\n")
    total = sum(right for _, right in judged)
    sys.stdout.write(f"all: {total} of {len(judged)}, {total / len(judged):.1%}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
