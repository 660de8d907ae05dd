"""What stories about gates are told with: mild plots and verdicts, or reviews cut and joined."""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from training.lab.data import HeldOut
from training.lab.records import Record

REAL = "real"
"""The kind of a story that is cut from reviews."""
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


class Story(Record):
    """A plot and the verdict after it; `kind` says where the plot is from."""

    kind: str
    plot: str
    connective: str
    verdict: str
    positive: bool

    @property
    def ending(self) -> str:
        """The verdict with its connective."""
        return f"{self.connective} {self.verdict}".strip()


def plot_of(words: int, generator: np.random.Generator) -> str:
    """Tell a plot of about so many words, in sentences of random order."""
    told: list[str] = []
    while sum(len(sentence.split()) for sentence in told) < words:
        told += [PLOT[index] for index in generator.permutation(len(PLOT))]
    while told and sum(len(sentence.split()) for sentence in told[:-1]) >= words:
        told.pop()
    return " ".join(told)


def stories(lengths: tuple[int, ...], *, seed: int, repeats: int) -> Iterator[Story]:
    """Tell plots of every length with every connective and verdict, `repeats` times."""
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
    """Cut real reviews off, and end each on the last sentence of one of the other kind."""
    endings: dict[bool, list[str]] = {True: [], False: []}
    for review in reviews:
        sentence = re.split(r"(?<=[.!?])\s+", _plain(review.text))[-1]
        if _VERDICT_WORDS[0] <= len(sentence.split()) <= _VERDICT_WORDS[1]:
            endings[review.positive].append(sentence)
    generator = np.random.default_rng(seed)
    told = []
    for review in reviews[:count]:
        words = _plain(review.text).split()[: generator.integers(*_PLOT_WORDS)]
        if endings[not review.positive]:
            told.append(
                Story(
                    kind=REAL,
                    plot=" ".join(words),
                    connective=str(generator.choice(CONNECTIVES)),
                    verdict=str(generator.choice(endings[not review.positive])),
                    positive=not review.positive,
                )
            )
    return told


def _plain(text: str) -> str:
    return " ".join(text.replace("<br />", " ").split())
