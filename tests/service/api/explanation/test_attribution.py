"""`attribution=true` over HTTP: attributions that sum to the logit, only if requested."""

import httpx
import pytest

from gatewise.models import Predictor
from gatewise.models.explain.attribution import GROWTH
from gatewise.service.api.examples import EXAMPLES
from tests.service.api_client import explain

TEXT = "A slow start, but the ending is wonderful and the cast is a joy."


def test_attributions_equal_those_of_the_predictor(
    client: httpx.Client, predictor: Predictor
) -> None:
    explanation = explain(client, text=TEXT, attribution=True)
    expected = predictor.attribution(predictor.explain(TEXT))
    assert [token["attribution"] for token in explanation["tokens"]] == expected.total.tolist()
    assert explanation["attribution"] == {"growth": list(GROWTH), "residual": expected.residual}


def test_bias_and_attributions_sum_to_the_logit(client: httpx.Client) -> None:
    explanation = explain(client, text=TEXT, attribution=True)
    total = explanation["decomposition"]["bias"] + sum(
        token["attribution"] for token in explanation["tokens"]
    )
    assert total == pytest.approx(explanation["decomposition"]["logit"], abs=1e-5)
    total += explanation["attribution"]["residual"]
    assert total == pytest.approx(explanation["decomposition"]["logit"], abs=1e-9)


def test_attributions_of_a_long_review_sum_to_the_logit(predictor: Predictor) -> None:
    explanation = predictor.explain(" ".join(example.text for example in EXAMPLES) * 6)
    assert len(explanation.encoding) > 1_000
    assert abs(predictor.attribution(explanation).residual) < 1e-4


def test_attributions_are_null_unless_requested(client: httpx.Client) -> None:
    explanation = explain(client, text=TEXT)
    assert explanation["attribution"] is None
    assert {token["attribution"] for token in explanation["tokens"]} == {None}


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
