"""The account over HTTP: attributions, deletions, clauses and sentences, and when they are sent."""

from typing import Any

import httpx
import pytest

from gatewise.models import Predictor
from gatewise.models.explain.attribution import GROWTH
from gatewise.service.api.examples import EXAMPLES
from tests.service.api_client import explain
from tests.service.tolerance import STATE_ROUNDING

TEXT = "A slow start, but the ending is wonderful and the cast is a joy."


def test_attributions_equal_those_of_the_predictor(
    client: httpx.Client, predictor: Predictor
) -> None:
    explanation = explain(client, text=TEXT, attribution=True)
    expected = predictor.attribution(predictor.explain(TEXT))
    assert [token["attribution"] for token in explanation["tokens"]] == expected.total.tolist()
    assert explanation["attribution"] == {"growth": list(GROWTH), "residual": expected.residual}


def test_bias_and_attributions_sum_to_the_logit(exact_client: httpx.Client) -> None:
    total, explanation = bias_and_attributions(exact_client)
    assert total == pytest.approx(explanation["decomposition"]["logit"], abs=1e-5)


def test_the_residual_is_what_rounded_states_leave_of_the_logit(client: httpx.Client) -> None:
    total, explanation = bias_and_attributions(client)
    residual = explanation["attribution"]["residual"]
    assert total + residual == pytest.approx(explanation["decomposition"]["logit"], abs=1e-9)
    assert abs(residual) < STATE_ROUNDING


def bias_and_attributions(client: httpx.Client) -> tuple[float, dict[str, Any]]:
    """Return the sum of bias and attributions, and the explanation that they are of."""
    explanation = explain(client, text=TEXT, attribution=True)
    attributions = sum(token["attribution"] for token in explanation["tokens"])
    return explanation["decomposition"]["bias"] + attributions, explanation


def test_attributions_of_a_long_review_sum_to_the_logit(predictor: Predictor) -> None:
    explanation = predictor.explain(" ".join(example.text for example in EXAMPLES) * 6)
    assert len(explanation.encoding) > 1_000
    assert abs(predictor.attribution(explanation).residual) < 1e-4


def test_the_account_is_that_of_the_predictor(client: httpx.Client, predictor: Predictor) -> None:
    explanation, account = explain(client, text=TEXT), predictor.explain(TEXT).account
    assert account
    assert [token["without"] for token in explanation["tokens"]] == account.without.tolist()
    for name, phrases in (("clauses", account.clauses), ("sentences", account.sentences)):
        assert explanation[name] == [
            {
                "start_token": phrase.start,
                "end_token": phrase.end,
                "text": phrase.text,
                "attribution": phrase.attribution,
                "without": phrase.without,
            }
            for phrase in phrases
        ]


def test_a_phrase_has_the_text_and_the_attributions_of_its_tokens(client: httpx.Client) -> None:
    explanation = explain(client, text=TEXT)
    for phrase in explanation["clauses"] + explanation["sentences"]:
        tokens = explanation["tokens"][phrase["start_token"] : phrase["end_token"]]
        assert phrase["text"] == TEXT[tokens[0]["start"] : tokens[-1]["end"]]
        assert phrase["attribution"] == pytest.approx(sum(token["attribution"] for token in tokens))


def test_the_turning_point_is_that_of_the_predictor(
    client: httpx.Client, predictor: Predictor
) -> None:
    turns = [explain(client, text=each.text)["turning_point"] for each in EXAMPLES]
    assert turns == [predictor.explain(each.text).turning_point for each in EXAMPLES]
    assert any(turn is not None for turn in turns)


def test_attributions_are_null_if_they_are_declined(client: httpx.Client) -> None:
    explanation = explain(client, text=TEXT, attribution=False)
    assert (explanation["attribution"], explanation["clauses"], explanation["sentences"]) == (
        None,
        None,
        None,
    )
    for token in explanation["tokens"]:
        assert (token["attribution"], token["without"]) == (None, None)


def test_attributions_of_a_text_over_1000_tokens_are_sent_if_requested(
    client: httpx.Client,
) -> None:
    for tokens, attribution, sent in (
        (1000, None, True),
        (1001, None, False),
        (1001, True, True),
    ):
        explanation = explain(client, text="fine " * tokens, attribution=attribution)
        assert (explanation["attribution"] is not None) == sent


def test_a_url_can_decline_attributions(client: httpx.Client) -> None:
    response = client.get("/explain", params={"text": TEXT, "attribution": "false"})
    assert response.json()["attribution"] is None


def test_the_run_with_interventions_has_no_attributions(client: httpx.Client) -> None:
    interventions = [{"gate": "reset", "value": 1, "tokens": "all"}]
    explanation = explain(client, text=TEXT, attribution=True, interventions=interventions)
    assert explanation["attribution"] is not None
    assert {token["attribution"] for token in explanation["intervened"]["tokens"]} == {None}


def test_faithfulness_measures_the_same_attributions(client: httpx.Client) -> None:
    explanation = explain(client, text=TEXT, attribution=True, faithfulness=True)
    assert explanation["faithfulness"]["attributions"] == [
        token["attribution"] for token in explanation["tokens"]
    ]
