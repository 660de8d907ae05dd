"""GET and POST /explain/sweep: the numbers are those of /explain with one intervention each."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from gatewise.service.api.examples import EXAMPLES
from gatewise.service.api.schemas.sweep import SweepRecord
from tests.service.api_client import explain
from tests.service.problems import only_error

TEXT = EXAMPLES[0].text
WORDS = ["great", "movie", "boring", "plot", "the", "qwxzzy", "!"]
RANGE: dict[str, Any] = {"text": TEXT, "gate": "reset", "first": 54, "last": 60}


def sweep(client: httpx.Client, **body: Any) -> dict[str, Any]:
    response = client.post("/explain/sweep", json=body)
    assert response.status_code == 200, response.text
    content: dict[str, Any] = response.json()
    TypeAdapter(SweepRecord).validate_python(content)
    return content


def intervened(
    client: httpx.Client, body: dict[str, Any], value: float | str, convention: str = "pytorch"
) -> dict[str, Any]:
    """Return the run of /explain with one intervention."""
    tokens = f"{body['first']}-{body['last']}"
    run: dict[str, Any] = explain(
        client,
        text=body["text"],
        attribution=False,
        convention=convention,
        interventions=[{"gate": body["gate"], "value": value, "tokens": tokens}],
    )["intervened"]
    return run


def check_stop(stop: dict[str, Any], run: dict[str, Any]) -> None:
    """Check that a stop of a sweep has the numbers of a run of /explain."""
    assert stop["label"] == run["label"]
    assert stop["logit"] == pytest.approx(run["decomposition"]["logit"], abs=1e-3)
    running = [token["running_probability"] for token in run["tokens"]]
    assert stop["running"] == pytest.approx(running, abs=1e-3)
    assert stop["probability_positive"] == stop["running"][-1]


@settings(max_examples=20)
@given(
    words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=30),
    value=st.floats(0, 1) | st.just("average"),
    data=st.data(),
)
def test_every_stop_equals_the_intervention(
    client: httpx.Client,
    words: list[str],
    value: float | str,
    data: st.DataObject,
) -> None:
    gate = data.draw(st.sampled_from(["reset", "update"]))
    convention = data.draw(st.sampled_from(["pytorch", "chung2014"]))
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    body = {"text": " ".join(words), "gate": gate, "first": first, "last": last}
    (stop,) = sweep(client, **body, values=[value], convention=convention)["stops"]
    assert stop["value"] == value
    check_stop(stop, intervened(client, body, value, convention))


def test_stops_are_in_the_order_of_the_values(client: httpx.Client) -> None:
    values: list[float | str] = [1, "average", 0, 0.25]
    stops = sweep(client, **RANGE, values=values)["stops"]
    assert [stop["value"] for stop in stops] == values
    for value, stop in zip(values, stops, strict=True):
        check_stop(stop, intervened(client, RANGE, value))


def test_as_it_was_is_the_explanation(client: httpx.Client) -> None:
    content, explained = sweep(client, **RANGE), explain(client, text=TEXT)
    was = content["as_it_was"]
    assert was["running"] == [token["running_probability"] for token in explained["tokens"]]
    assert was["logit"] == explained["decomposition"]["logit"]
    for name in ("label", "score", "probabilities", "coverage", "undecided", "warnings", "model"):
        assert content[name] == explained[name]
    assert was["probability_positive"] == explained["probabilities"]["positive"]


def test_tokens_have_the_offsets_of_the_explanation(client: httpx.Client) -> None:
    content, explained = sweep(client, **RANGE), explain(client, text=TEXT)
    for mine, other in zip(content["tokens"], explained["tokens"], strict=True):
        assert mine == {name: other[name] for name in ("text", "start", "end", "known")}


def test_the_default_values_are_the_tenths_and_the_average(client: httpx.Client) -> None:
    values = [stop["value"] for stop in sweep(client, **RANGE)["stops"]]
    assert values == [*(tenth / 10 for tenth in range(11)), "average"]


def test_chung2014_inverts_the_values_of_the_update_gate(client: httpx.Client) -> None:
    body = {**RANGE, "gate": "update"}
    (chung,) = sweep(client, **body, values=[0.25], convention="chung2014")["stops"]
    (pytorch,) = sweep(client, **body, values=[0.75])["stops"]
    assert (chung.pop("value"), pytorch.pop("value")) == (0.25, 0.75)
    assert chung == pytorch


def test_chung2014_leaves_the_reset_gate_as_it_is(client: httpx.Client) -> None:
    pytorch, chung = (
        sweep(client, **RANGE, convention=name)["stops"] for name in ("pytorch", "chung2014")
    )
    assert chung == pytorch


def test_get_and_post_return_the_same(client: httpx.Client) -> None:
    query = {**RANGE, "values": "0,0.5,average", "convention": "chung2014"}
    by_url = client.get("/explain/sweep", params=query)
    assert by_url.status_code == 200, by_url.text
    body = {**RANGE, "values": [0, 0.5, "average"], "convention": "chung2014"}
    assert by_url.json() == sweep(client, **body)


@pytest.mark.parametrize(
    ("change", "pointer", "reason"),
    [
        ({"first": 60, "last": 54}, "#/first", "range of tokens 60-54 is empty"),
        ({"last": 61}, "#/last", "Token 61 does not exist: they are numbered 0 to 60"),
        ({"first": -1}, "#/first", "greater than or equal to 0"),
        ({"gate": "candidate"}, "#/gate", "'reset' or 'update'"),
        ({"values": []}, "#/values", "at least one"),
        ({"values": [0.5] * 33}, "#/values", "at most 32"),
        ({"values": [0.5, 1.5]}, "#/values/1", "less than or equal to 1"),
        ({"values": ["median"]}, "#/values/0", "'average'"),
        ({"values": [True]}, "#/values/0", "number from 0 to 1"),
        ({"text": " "}, "#/text", "empty or blank"),
        ({"units": [1]}, "#/units", "Unknown field"),
    ],
)
def test_an_invalid_request_is_refused_with_the_location(
    client: httpx.Client, change: dict[str, Any], pointer: str, reason: str
) -> None:
    error = only_error(client.post("/explain/sweep", json={**RANGE, **change}))
    assert error["pointer"] == pointer
    assert reason in error["detail"]


@pytest.mark.parametrize(
    ("change", "parameter", "reason"),
    [
        ({"values": "0;1"}, "values", "separated by commas"),
        ({"values": "0,1.5"}, "values", "from 0 to 1"),
        ({"values": ""}, "values", "1 to 32 values"),
        ({"values": ",".join(["0.5"] * 33)}, "values", "1 to 32 values"),
        ({"last": "61"}, "last", "Token 61 does not exist"),
        ({"first": "a"}, "first", "integer"),
    ],
)
def test_an_invalid_query_is_refused_with_the_parameter(
    client: httpx.Client, change: dict[str, Any], parameter: str, reason: str
) -> None:
    error = only_error(client.get("/explain/sweep", params={**RANGE, **change}))
    assert error["parameter"] == parameter
    assert reason in error["detail"]


def test_a_text_over_the_limit_is_refused(client_of: Callable[..., httpx.Client]) -> None:
    client = client_of(max_sweep_tokens=60)
    error = only_error(client.post("/explain/sweep", json=RANGE))
    assert error["pointer"] == "#/text"
    assert "61 tokens; the limit of a sweep is 60" in error["detail"]
