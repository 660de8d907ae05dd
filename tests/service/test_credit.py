"""`credit=true` over HTTP: a second account that sums to the logit, only when asked for."""

import httpx
import pytest

from models import Predictor
from models.credit import GROWTH
from service.examples import EXAMPLES
from tests.service.asking import explain

TEXT = "A slow start, but the ending is wonderful and the cast is a joy."


def test_the_credits_are_the_predictor_s(client: httpx.Client, predictor: Predictor) -> None:
    answer = explain(client, text=TEXT, credit=True)
    expected = predictor.credits(predictor.explain(TEXT))
    assert [token["credit"] for token in answer["tokens"]] == expected.total.tolist()
    assert answer["credit"] == {"growth": list(GROWTH), "residual": expected.residual}


def test_bias_and_credits_sum_to_the_logit(client: httpx.Client) -> None:
    answer = explain(client, text=TEXT, credit=True)
    total = answer["ledger"]["bias"] + sum(token["credit"] for token in answer["tokens"])
    assert total == pytest.approx(answer["ledger"]["logit"], abs=1e-5)
    total += answer["credit"]["residual"]
    assert total == pytest.approx(answer["ledger"]["logit"], abs=1e-9)


def test_credits_of_a_long_review_sum_to_the_logit(predictor: Predictor) -> None:
    explanation = predictor.explain(" ".join(example.text for example in EXAMPLES) * 6)
    assert len(explanation.encoding) > 1_000
    assert abs(predictor.credits(explanation).residual) < 1e-4


def test_there_is_none_unless_asked(client: httpx.Client) -> None:
    answer = explain(client, text=TEXT)
    assert answer["credit"] is None
    assert {token["credit"] for token in answer["tokens"]} == {None}


def test_a_run_with_gates_held_has_none(client: httpx.Client) -> None:
    holds = [{"gate": "reset", "value": 1, "tokens": "all"}]
    answer = explain(client, text=TEXT, credit=True, holds=holds)
    assert answer["credit"] is not None
    assert {token["credit"] for token in answer["held"]["tokens"]} == {None}


def test_it_is_what_faithfulness_measures(client: httpx.Client) -> None:
    answer = explain(client, text=TEXT, credit=True, faithfulness=True)
    assert answer["faithfulness"]["credits"] == [token["credit"] for token in answer["tokens"]]
