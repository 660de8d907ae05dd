"""Stories are told as they say, and held verdicts are runs of the same model."""

import numpy as np
import pytest

from models.intervene import Hold
from models.predictor import Predictor
from training.lab.texts import CONNECTIVES, Story, plot_of, stories
from training.lab.verdicts import HOLDS, Turn, lost, read, undone

STORY = Story(
    kind="test",
    plot="A teacher moves to a wonderful little town, and everyone there loves her.",
    connective="But",
    verdict="the movie is really boring.",
    positive=False,
)


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor.load()


def test_a_plot_is_about_as_long_as_asked() -> None:
    for words in (1, 20, 200, 700):
        told = plot_of(words, np.random.default_rng(0)).split()
        assert words <= len(told) < words + 20
    assert not plot_of(0, np.random.default_rng(0))


def test_every_connective_meets_every_plot_and_verdict() -> None:
    told = list(stories((20, 40), seed=0, repeats=2))
    for connective in CONNECTIVES:
        assert sum(story.connective == connective for story in told) == len(told) / 3
    assert sum(story.positive for story in told) == len(told) / 2
    assert {story.kind for story in told} == {"20", "40"}


def test_an_ending_without_a_connective_begins_with_its_verdict() -> None:
    assert STORY.ending == "But the movie is really boring."
    bare = STORY.model_copy(update={"connective": ""})
    assert bare.ending == "the movie is really boring."


@pytest.mark.parametrize("hold", HOLDS)
def test_a_held_verdict_is_a_run_with_its_gates_held(predictor: Predictor, hold: str) -> None:
    turn = read(predictor, STORY)
    text = f"{STORY.plot} {STORY.ending}"
    first = len(predictor.encode([STORY.plot])[0])
    tokens = range(first, len(predictor.encode([text])[0]))
    gates = predictor.artifact.gates
    expected = predictor.explain(
        text,
        holds=[
            {
                "reset open": Hold("reset", 1.0, tokens=tokens),
                "reset average": Hold("reset", gates.mean_reset, tokens=tokens),
                "reset shut": Hold("reset", 0.0, tokens=tokens),
                "update average": Hold("update", gates.mean_update, tokens=tokens),
                "update closed": Hold("update", 1.0, tokens=tokens),
            }[hold]
        ],
    ).prediction.logit
    assert turn.held[hold] == pytest.approx(-expected, abs=1e-4)


def test_before_and_after_are_the_running_verdicts_towards_the_verdict(
    predictor: Predictor,
) -> None:
    turn = read(predictor, STORY)
    plot, whole = predictor.predict([STORY.plot, f"{STORY.plot} {STORY.ending}"])
    assert turn.before == pytest.approx(-plot.logit, abs=1e-4)
    assert turn.after == pytest.approx(-whole.logit, abs=1e-4)
    assert turn.held["update closed"] == pytest.approx(turn.before, abs=1e-4)
    assert turn.asked == (plot.logit > 0)
    assert turn.made == (plot.logit > 0 > whole.logit)


def turned(*, before: float, after: float, held: float) -> Turn:
    return Turn(STORY, before, after, {"reset open": held}, (0.5, 0.5), (0.5, 0.5))


def test_what_is_lost_is_a_share_of_all_moves() -> None:
    turns = [turned(before=-1.0, after=1.0, held=0.0), turned(before=-1.0, after=3.0, held=3.0)]
    assert lost(turns, "reset open") == pytest.approx(1 / 6)


def test_only_flips_that_were_made_can_be_undone() -> None:
    turns = [
        turned(before=-1.0, after=1.0, held=-0.5),
        turned(before=-1.0, after=1.0, held=0.5),
        turned(before=-1.0, after=-0.2, held=-0.5),
        turned(before=1.0, after=2.0, held=-0.5),
    ]
    assert undone(turns, "reset open") == [True, False]
