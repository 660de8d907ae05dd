"""Interventions at a verdict equal those of the predictor; placebos come from other verdicts."""

import numpy as np
import pytest

from gatewise.models.explain.interventions import Intervention
from gatewise.models.predictor import Predictor
from gatewise.training.lab.experiments.verdict.gate_interventions import (
    PLACEBO,
    Reading,
    Response,
    VerdictGates,
    gates_of_others,
    read,
    respond,
)
from gatewise.training.lab.experiments.verdict.stories import Story

STORY = Story(
    kind="test",
    plot="A teacher moves to a wonderful little town, and everyone there loves her.",
    connective="But",
    verdict="the movie is really boring.",
    positive=False,
)
SAME_PLOT = STORY.model_copy(update={"verdict": "it was awful and I hated it."})
OTHER = STORY.model_copy(update={"plot": "Two brothers inherit a farm.", "verdict": "it is bad."})


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor.load()


@pytest.fixture(scope="module")
def readings(predictor: Predictor) -> list[Reading]:
    return read(predictor, [STORY, SAME_PLOT, OTHER])


def own_gates(reading: Reading) -> VerdictGates:
    trace, plot = reading.trace, reading.plot
    return VerdictGates(trace.reset_gate[plot:], trace.update_gate[plot:])


@pytest.fixture(scope="module")
def response(predictor: Predictor, readings: list[Reading]) -> Response:
    return respond(predictor, readings[0], own_gates(readings[0]))


@pytest.mark.parametrize(
    "intervention",
    ["reset at 1", "reset at average", "reset at 0", "update at average", "update at 1"],
)
def test_an_intervention_gives_the_logit_of_the_predictor(
    predictor: Predictor, response: Response, intervention: str
) -> None:
    text = f"{STORY.plot} {STORY.ending}"
    first = len(predictor.encode([STORY.plot])[0])
    tokens = range(first, len(predictor.encode([text])[0]))
    gates = predictor.artifact.gates
    equivalent = {
        "reset at 1": Intervention("reset", 1.0, tokens=tokens),
        "reset at average": Intervention("reset", gates.mean_reset, tokens=tokens),
        "reset at 0": Intervention("reset", 0.0, tokens=tokens),
        "update at average": Intervention("update", gates.mean_update, tokens=tokens),
        "update at 1": Intervention("update", 1.0, tokens=tokens),
    }[intervention]
    explanation = predictor.explain(text, interventions=[equivalent])
    expected = explanation.prediction.logit
    assert response.intervened[intervention] == pytest.approx(-expected, abs=1e-4)


def test_before_and_after_are_logits_with_the_sign_of_the_verdict(
    predictor: Predictor, response: Response
) -> None:
    plot, whole = predictor.predict([STORY.plot, f"{STORY.plot} {STORY.ending}"])
    assert response.before == pytest.approx(-plot.logit, abs=1e-4)
    assert response.after == pytest.approx(-whole.logit, abs=1e-4)
    assert response.contradicted == (plot.logit > 0)
    assert response.flipped == (plot.logit > 0 > whole.logit)


def test_closed_update_gates_leave_the_logit_of_the_plot(response: Response) -> None:
    assert response.intervened["update at 1"] == pytest.approx(response.before, abs=1e-4)


def test_placebos_with_a_storys_own_gates_change_nothing(response: Response) -> None:
    for placebo in PLACEBO.values():
        assert response.intervened[placebo] == pytest.approx(response.after, abs=1e-4)


def test_gates_of_others_are_those_of_verdicts_after_other_plots(readings: list[Reading]) -> None:
    drawn = gates_of_others(readings, 0, np.random.default_rng(0))
    other = own_gates(readings[2])
    assert len(drawn.reset) == len(readings[0].ids) - readings[0].plot
    for reset, update in zip(drawn.reset, drawn.update, strict=True):
        token = int(np.abs(other.reset - reset).sum(axis=1).argmin())
        np.testing.assert_array_equal(other.reset[token], reset)
        np.testing.assert_array_equal(other.update[token], update)


def test_gates_of_others_need_another_plot(readings: list[Reading]) -> None:
    with pytest.raises(ValueError, match="another plot"):
        gates_of_others(readings[:2], 0, np.random.default_rng(0))
