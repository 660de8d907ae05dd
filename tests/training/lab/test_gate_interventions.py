"""Interventions at a verdict equal those of the predictor, and their effects are counted right."""

import pytest

from gatewise.models.explain.interventions import Intervention
from gatewise.models.predictor import Predictor
from gatewise.training.lab.experiments.gate_interventions import (
    INTERVENTIONS,
    Response,
    flips_undone,
    respond,
    share_lost,
)
from gatewise.training.lab.experiments.stories import Story

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


@pytest.fixture(scope="module")
def response(predictor: Predictor) -> Response:
    return respond(predictor, STORY)


@pytest.mark.parametrize("intervention", INTERVENTIONS)
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


def response_with(*, before: float, after: float, intervened: float) -> Response:
    return Response(STORY, before, after, {"reset at 1": intervened}, (0.5, 0.5), (0.5, 0.5))


def test_the_share_lost_is_that_of_all_changes_together() -> None:
    responses = [
        response_with(before=-1.0, after=1.0, intervened=0.0),
        response_with(before=-1.0, after=3.0, intervened=3.0),
    ]
    assert share_lost(responses, "reset at 1") == pytest.approx(1 / 6)


def test_only_flips_can_be_undone() -> None:
    responses = [
        response_with(before=-1.0, after=1.0, intervened=-0.5),
        response_with(before=-1.0, after=1.0, intervened=0.5),
        response_with(before=-1.0, after=-0.2, intervened=-0.5),
        response_with(before=1.0, after=2.0, intervened=-0.5),
    ]
    assert flips_undone(responses, "reset at 1") == [True, False]
