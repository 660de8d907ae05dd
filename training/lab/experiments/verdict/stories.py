"""Texts in which an opinion contradicts what precedes it: from templates and from real reviews."""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from gatewise.training.lab.nets.data import HeldOut
from gatewise.training.lab.report.records import Record

REAL = "real"
"""The `kind` of a story whose parts come from real reviews."""
_VERDICT_WORDS = (3, 25)
_PLOT_WORDS = (40, 250)
PLOT = (
    "The story follows a young teacher who moves to a small town by the sea.",
    "There she meets a fisherman and his two children.",
    "Together they repair an old boat and visit the lighthouse.",
    "Two brothers inherit a farm in the mountains and decide to run it together.",
    "During the first winter they take in a traveller, who tells them about the city.",
    "In the spring the three of them set out with a cart and a horse.",
    "A retired detective is asked to look for a painting that has left a museum.",
    "She talks to the guards, the director and a student.",
    "The trail leads to a harbour where a ship is about to leave.",
    "In a village near the border, the new postman finds a letter from before the war.",
    "They travel by train to the capital and talk to the people named in it.",
    "The answer comes on the day of the market.",
    "A lawyer returns to the town where he grew up, to settle the house of his uncle.",
    "He looks into a fire at the mill twenty years earlier.",
    "An old friend now runs the local paper and opens its archive to him.",
    "A doctor and her son drive across the country to see his father.",
    "On the way they stop at a diner, a river and a school.",
    "The son writes down the names of the towns that they pass.",
    "A group of students spends the summer on an island to count birds.",
    "One of them finds a notebook in the tower of the church.",
    "It belongs to a sailor who lived there in the last century.",
    "The captain of a cargo ship takes on a new cook in the south.",
    "The two of them talk in the kitchen while the crew is asleep.",
    "In the last port the cook leaves a box on the table.",
)

POSITIVE_OPENINGS = (
    "I love this movie so much.",
    "This is one of the best films I have ever seen.",
    "What a wonderful movie.",
    "I enjoyed every minute of this film.",
    "This movie is excellent.",
    "A truly great film.",
)
NEGATIVE_OPENINGS = (
    "I hate this movie so much.",
    "This is one of the worst films I have ever seen.",
    "What a terrible movie.",
    "I was bored every minute of this film.",
    "This movie is awful.",
    "A truly bad film.",
)

CONNECTIVES = ("But", "And", "")
POSITIVE_VERDICTS = (
    "the movie is really wonderful.",
    "the film is an absolute masterpiece.",
    "it was excellent and I loved it.",
    "the movie is brilliant.",
)
NEGATIVE_VERDICTS = (
    "the movie is really boring.",
    "the film is a complete waste of time.",
    "it was awful and I hated it.",
    "the movie is terrible.",
)
ENDINGS = (
    ("boring", NEGATIVE_VERDICTS[0], False),
    ("wonderful", POSITIVE_VERDICTS[0], True),
)
"""The ending of the claim and its mirror: name, verdict, and whether it is positive."""


class Story(Record):
    """A plot, followed by a sentence with the reviewer's verdict.

    Attributes:
        kind: Number of words of the template plot, or `REAL`.
        plot: The text before the verdict.
        connective: "But", "And" or nothing.
        verdict: The last sentence.
        positive: Whether the verdict is positive.
    """

    kind: str
    plot: str
    connective: str
    verdict: str
    positive: bool

    @property
    def ending(self) -> str:
        """The last sentence: connective and verdict."""
        return f"{self.connective} {self.verdict}".strip()


def plot_of(words: int, generator: np.random.Generator) -> str:
    """Join plot sentences in random order to a text of at least `words` words."""
    chosen: list[str] = []
    while sum(len(sentence.split()) for sentence in chosen) < words:
        chosen += [PLOT[index] for index in generator.permutation(len(PLOT))]
    while chosen and sum(len(sentence.split()) for sentence in chosen[:-1]) >= words:
        chosen.pop()
    return " ".join(chosen)


def stories(lengths: tuple[int, ...], *, seed: int, repeats: int) -> Iterator[Story]:
    """Generate stories with every length of plot, every connective and every verdict.

    Args:
        lengths: Numbers of words of the plots.
        seed: Seed of the order of plot sentences.
        repeats: Number of plots for every length and verdict.
    """
    generator = np.random.default_rng(seed)
    verdicts = [(text, True) for text in POSITIVE_VERDICTS]
    verdicts += [(text, False) for text in NEGATIVE_VERDICTS]
    for words in lengths:
        for _ in range(repeats):
            for verdict, positive in verdicts:
                plot = plot_of(words, generator)
                for connective in CONNECTIVES:
                    yield Story(
                        kind=str(words),
                        plot=plot,
                        connective=connective,
                        verdict=verdict,
                        positive=positive,
                    )


def joined(reviews: Sequence[HeldOut], count: int, *, seed: int) -> list[Story]:
    """Build stories from real reviews.

    Args:
        reviews: Reviews with their labels. Their last sentences serve as verdicts.
        count: Number of reviews whose beginnings serve as plots.
        seed: Seed of the cuts, connectives and verdicts.

    Returns:
        Beginnings of reviews, each followed by the last sentence of a review of the other label.
    """
    endings: dict[bool, list[str]] = {True: [], False: []}
    for review in reviews:
        sentence = re.split(r"(?<=[.!?])\s+", _plain(review.text))[-1]
        if _VERDICT_WORDS[0] <= len(sentence.split()) <= _VERDICT_WORDS[1]:
            endings[review.positive].append(sentence)
    generator = np.random.default_rng(seed)
    built = []
    for review in reviews[:count]:
        words = _plain(review.text).split()[: generator.integers(*_PLOT_WORDS)]
        if endings[not review.positive]:
            built.append(
                Story(
                    kind=REAL,
                    plot=" ".join(words),
                    connective=str(generator.choice(CONNECTIVES)),
                    verdict=str(generator.choice(endings[not review.positive])),
                    positive=not review.positive,
                )
            )
    return built


def set_endings(reviews: Sequence[HeldOut], count: int, *, seed: int) -> dict[str, list[Story]]:
    """Build stories from the same real plots with each of `ENDINGS`.

    Args:
        reviews: Reviews outside the training set.
        count: Number of reviews whose beginnings serve as plots.
        seed: Seed of the cuts.
    """
    generator = np.random.default_rng(seed)
    plots = [
        " ".join(_plain(review.text).split()[: generator.integers(*_PLOT_WORDS)])
        for review in reviews[:count]
    ]
    return {
        name: [
            Story(kind=REAL, plot=plot, connective="But", verdict=verdict, positive=positive)
            for plot in plots
        ]
        for name, verdict, positive in ENDINGS
    }


def _plain(text: str) -> str:
    return " ".join(text.replace("<br />", " ").split())
