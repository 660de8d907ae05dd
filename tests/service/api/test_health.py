"""Liveness, readiness, model and limits, and the examples."""

import asyncio

import httpx
import pytest
from starlette.testclient import TestClient

from gatewise.models import Predictor
from gatewise.service.app import create_app
from gatewise.service.settings import Settings
from tests.service.problems import only_error, problem


def test_health_needs_no_model(client: httpx.Client) -> None:
    assert client.get("/health").json() == {"status": "ok"}


def test_ready_is_503_before_the_warm_up(predictor: Predictor) -> None:
    app = create_app(Settings(), predictor=predictor)

    async def get(path: str) -> httpx.Response:
        # The warm-up begins when a server starts; here is none.
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            return await http.get(path)

    response = asyncio.run(get("/ready"))
    problem(response, 503)
    assert response.headers["retry-after"] == "1"
    assert asyncio.run(get("/health")).status_code == 200


def test_ready_is_200_after_the_warm_up(client: httpx.Client) -> None:
    assert client.get("/ready").json() == {"status": "ready"}


def test_info_describes_the_model(client: httpx.Client, predictor: Predictor) -> None:
    info, artifact = client.get("/info").json(), predictor.artifact
    name = {"name": artifact.name, "version": artifact.version, "id": artifact.name}
    assert info["model"] == name
    assert info["labels"] == ["negative", "positive"]
    assert info["sizes"]["hidden"] == predictor.hidden_size
    assert info["metrics"] == artifact.metrics


def test_the_arithmetic_of_the_settings_is_used() -> None:
    app = create_app(Settings(model="imdb-gru-96", precision="int8x8"))
    with TestClient(app) as client:
        assert client.get("/info").json()["precision"] == "int8x8"


def test_info_states_the_limits(client: httpx.Client) -> None:
    assert client.get("/info").json()["limits"] == {
        "max_tokens": 20_000,
        "max_texts": 256,
        "max_body_bytes": 2_000_000,
        "max_url_bytes": 32_768,
        "max_unit_values": 4_000_000,
        "max_faithfulness_tokens": 1_000,
        "max_gate_effect_tokens": 1000,
        "max_sweep_tokens": 5_000,
        "max_sweep_values": 32,
        "max_interventions": 32,
    }


def test_info_states_conventions_and_defaults(client: httpx.Client) -> None:
    info = client.get("/info").json()
    assert info["conventions"] == ["pytorch", "chung2014"]
    assert info["defaults"] == {"convention": "pytorch", "top_units": 32}


def test_every_example_can_be_explained(client: httpx.Client) -> None:
    for example in client.get("/examples").json():
        explanation = client.post("/explain", json={"text": example["text"]}).json()
        assert explanation["text"] == example["text"]
        assert explanation["coverage"] > 0.9


def test_the_first_example_is_a_long_plot_with_an_opinion_at_its_end(client: httpx.Client) -> None:
    text = client.get("/examples").json()[0]["text"]
    plot, opinion = text[: text.index(" But ")], text[text.index("But ") :]
    assert opinion == "But the movie is really boring."
    assert len(plot.split()) >= 45


@pytest.mark.parametrize("path", ["/health", "/ready", "/info", "/examples", "/metrics"])
@pytest.mark.parametrize("query", ["verbose=1", "verbose=1&verbose=2"])
def test_a_parameter_is_refused_because_there_are_none(
    client: httpx.Client, path: str, query: str
) -> None:
    error = only_error(client.get(f"{path}?{query}"))
    assert error["parameter"] == "verbose"
    assert "takes none in its URL." in error["detail"]
