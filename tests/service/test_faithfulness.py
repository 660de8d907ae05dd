"""`faithfulness=true` over HTTP: the predictor's own figures, only when asked for."""

from dataclasses import asdict

import httpx
import pytest

from models import Predictor
from service.schemas import ExplainAnswer
from tests.service.problems import only_error

TEXT = "A slow start, but the ending is wonderful and the cast is a joy."


def test_the_figures_are_the_predictor_s(client: httpx.Client, predictor: Predictor) -> None:
    answer = client.post("/explain", json={"text": TEXT, "faithfulness": True}).json()
    ExplainAnswer.model_validate(answer)
    explanation = predictor.explain(TEXT)
    expected = predictor.faithfulness(explanation.encoding, explanation.ledger.total)
    assert answer["faithfulness"] == {
        "ledger": pytest.approx(asdict(expected.measured)),
        "random": pytest.approx(asdict(expected.random)),
        "random_rankings": 10,
    }


def test_get_and_post_answer_the_same(client: httpx.Client) -> None:
    question = {"text": TEXT, "faithfulness": True}
    by_url = client.get("/explain", params={**question, "units": "0"})
    assert by_url.json() == client.post("/explain", json={**question, "units": [0]}).json()


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
