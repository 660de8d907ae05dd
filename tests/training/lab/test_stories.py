"""The texts of the experiments."""

import numpy as np

from gatewise.training.lab.experiments.verdict.stories import (
    CONNECTIVES,
    REAL,
    Story,
    joined,
    plot_of,
    set_endings,
    stories,
)
from gatewise.training.lab.nets.data import HeldOut


def test_a_plot_has_about_the_given_number_of_words() -> None:
    for words in (1, 20, 200, 700):
        plot = plot_of(words, np.random.default_rng(0)).split()
        assert words <= len(plot) < words + 20
    assert not plot_of(0, np.random.default_rng(0))


def test_every_connective_occurs_with_every_plot_and_verdict() -> None:
    generated = list(stories((20, 40), seed=0, repeats=2))
    for connective in CONNECTIVES:
        assert sum(story.connective == connective for story in generated) == len(generated) / 3
    assert sum(story.positive for story in generated) == len(generated) / 2
    assert {story.kind for story in generated} == {"20", "40"}


def test_an_ending_without_a_connective_starts_with_the_verdict() -> None:
    story = Story(
        kind="test", plot="A plot.", connective="But", verdict="it is bad.", positive=False
    )
    assert story.ending == "But it is bad."
    assert story.model_copy(update={"connective": ""}).ending == "it is bad."


def test_a_real_plot_ends_with_a_verdict_of_the_other_label() -> None:
    reviews = [
        HeldOut("It begins in Rome.<br />They travel. I loved every minute.", positive=True),
        HeldOut("It begins in Oslo. They wait. I was bored to tears.", positive=False),
    ]
    built = joined(reviews, 2, seed=0)
    assert [story.verdict for story in built] == ["I was bored to tears.", "I loved every minute."]
    assert [story.positive for story in built] == [False, True]
    assert all(story.kind == REAL and "<br" not in story.plot for story in built)


def test_both_endings_follow_the_same_plots() -> None:
    reviews = [
        HeldOut("It begins in Rome.<br />They travel. I loved every minute.", positive=True),
        HeldOut("It begins in Oslo. They wait. I was bored to tears.", positive=False),
    ]
    built = set_endings(reviews, 2, seed=0)
    boring, wonderful = built["boring"], built["wonderful"]
    assert [story.plot for story in boring] == [story.plot for story in wonderful]
    assert {story.positive for story in boring} == {False}
    assert {story.positive for story in wonderful} == {True}
