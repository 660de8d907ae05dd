"""`faithfulness=true` over HTTP: the metrics of the predictor, only if requested."""

from dataclasses import asdict

import httpx
import pytest

from gatewise.models import Predictor
from tests.service.api_client import explain
from tests.service.problems import only_error

TEXT = "A slow start, but the ending is wonderful and the cast is a joy."


def test_the_metrics_are_those_of_the_predictor(client: httpx.Client, predictor: Predictor) -> None:
    response = explain(client, text=TEXT, faithfulness=True)["faithfulness"]
    explanation = predictor.explain(TEXT)
    attribution = predictor.attribution(explanation)
    expected = predictor.faithfulness(
        explanation.encoding,
        {"decomposition": explanation.decomposition.total, "attribution": attribution.total},
    )
    for name, metrics in {**expected.rankings, "random": expected.random}.items():
        assert response[name] == pytest.approx(asdict(metrics)), name
    assert response["random_rankings"] == 10
    assert response["attributions"] == attribution.total.tolist()
    assert response["residual"] == attribution.residual


def test_bias_and_attributions_sum_to_the_logit(exact_client: httpx.Client) -> None:
    explanation = exact_client.post("/explain", json={"text": TEXT, "faithfulness": True}).json()
    total = explanation["decomposition"]["bias"] + sum(explanation["faithfulness"]["attributions"])
    assert total == pytest.approx(explanation["decomposition"]["logit"], abs=1e-5)


def test_get_and_post_return_the_same(client: httpx.Client) -> None:
    by_url = client.get("/explain", params={"text": TEXT, "faithfulness": True, "units": "0"})
    by_body = client.post("/explain", json={"text": TEXT, "faithfulness": True, "units": [0]})
    assert by_url.json() == by_body.json()


def test_faithfulness_is_null_unless_requested(client: httpx.Client) -> None:
    assert client.post("/explain", json={"text": TEXT}).json()["faithfulness"] is None


def test_a_text_over_the_limit_is_refused_with_advice(client: httpx.Client) -> None:
    body = {"text": "word " * 1001, "faithfulness": True}
    error = only_error(client.post("/explain", json=body))
    assert error["pointer"] == "#/faithfulness"
    assert "1,001 tokens; the limit of `faithfulness` is 1,000" in error["detail"]
    assert client.post("/explain", json={**body, "faithfulness": False}).status_code == 200


def test_only_true_and_false_are_accepted(client: httpx.Client) -> None:
    error = only_error(client.post("/explain", json={"text": TEXT, "faithfulness": "please"}))
    assert error["pointer"] == "#/faithfulness"
