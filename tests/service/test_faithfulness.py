"""`faithfulness=true` over HTTP: the predictor's own figures, only when asked for."""

from dataclasses import asdict

import httpx
import pytest

from models import Predictor
from service.explain_schemas import ExplainAnswer
from tests.service.problems import only_error

TEXT = "A slow start, but the ending is wonderful and the cast is a joy."


def test_the_figures_are_the_predictor_s(client: httpx.Client, predictor: Predictor) -> None:
    answer = client.post("/explain", json={"text": TEXT, "faithfulness": True}).json()
    ExplainAnswer.model_validate(answer)
    explanation = predictor.explain(TEXT)
    credit = predictor.credits(explanation)
    expected = predictor.faithfulness(
        explanation.encoding, {"ledger": explanation.ledger.total, "credit": credit.total}
    )
    figures = {**expected.rankings, "random": expected.random}
    for name, of_predictor in figures.items():
        assert answer["faithfulness"][name] == pytest.approx(asdict(of_predictor)), name
    assert answer["faithfulness"]["random_rankings"] == 10
    assert answer["faithfulness"]["credits"] == credit.total.tolist()
    assert answer["faithfulness"]["residual"] == credit.residual


def test_bias_and_credits_sum_to_the_logit(client: httpx.Client) -> None:
    answer = client.post("/explain", json={"text": TEXT, "faithfulness": True}).json()
    total = answer["ledger"]["bias"] + sum(answer["faithfulness"]["credits"])
    assert total == pytest.approx(answer["ledger"]["logit"], abs=1e-5)


def test_get_and_post_answer_the_same(client: httpx.Client) -> None:
    by_url = client.get("/explain", params={"text": TEXT, "faithfulness": True, "units": "0"})
    by_body = client.post("/explain", json={"text": TEXT, "faithfulness": True, "units": [0]})
    assert by_url.json() == by_body.json()


def test_nothing_is_measured_unless_asked(client: httpx.Client) -> None:
    assert client.post("/explain", json={"text": TEXT}).json()["faithfulness"] is None


def test_a_text_over_the_limit_is_refused_with_advice(client: httpx.Client) -> None:
    body = {"text": "word " * 1001, "faithfulness": True}
    error = only_error(client.post("/explain", json=body))
    assert error["pointer"] == "#/faithfulness"
    assert "1,001 tokens; faithfulness is measured up to 1,000" in error["detail"]
    assert client.post("/explain", json={**body, "faithfulness": False}).status_code == 200


def test_only_true_and_false_are_taken(client: httpx.Client) -> None:
    error = only_error(client.post("/explain", json={"text": TEXT, "faithfulness": "please"}))
    assert error["pointer"] == "#/faithfulness"
