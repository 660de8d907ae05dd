"""GET and POST /explain/step: the calculation of one step of an explanation."""

import math

import httpx
import pytest

from gatewise.models import Predictor
from tests.service.api_client import calculate_step, explain
from tests.service.problems import only_error
from tests.service.tolerance import STATE_ROUNDING

TEXT = "A slow start, but the ending is wonderful!"
REQUEST: dict[str, str | int] = {"text": TEXT, "step": 8, "units": "0,9"}


def test_get_and_post_return_the_same(client: httpx.Client) -> None:
    assert client.get("/explain/step", params=REQUEST).json() == calculate_step(client, **REQUEST)


def test_the_token_is_that_of_the_explanation(client: httpx.Client) -> None:
    token = explain(client, text=TEXT)["tokens"][8]
    response = calculate_step(client, **REQUEST)
    assert response["token"] == {name: token[name] for name in ("text", "start", "end", "known")}
    assert (response["step"], response["tokens"]) == (8, 10)


def test_gates_and_states_are_those_of_the_trace(
    exact_client: httpx.Client, exact_predictor: Predictor
) -> None:
    assert differences_from_the_trace(exact_client, exact_predictor) < 5e-6


def test_rounded_states_move_gates_and_states_by_little(
    client: httpx.Client, predictor: Predictor
) -> None:
    assert differences_from_the_trace(client, predictor) < STATE_ROUNDING


def differences_from_the_trace(client: httpx.Client, predictor: Predictor) -> float:
    """Return the largest difference between a step's values and those of the trace."""
    trace = predictor.explain(TEXT).trace
    return max(
        abs(value - row[unit["unit"]])
        for unit in calculate_step(client, **REQUEST)["units"]
        for value, row in (
            (unit["before"], trace.hidden[7]),
            (unit["reset"]["value"], trace.reset_gate[8]),
            (unit["update"]["value"], trace.update_gate[8]),
            (unit["candidate"]["value"], trace.candidate[8]),
            (unit["after"], trace.hidden[8]),
        )
    )


@pytest.mark.parametrize("convention", ["pytorch", "chung2014"])
def test_every_line_follows_from_the_numbers_shown(client: httpx.Client, convention: str) -> None:
    response = calculate_step(client, **{**REQUEST, "units": "all"}, convention=convention)
    digits = response["decimals"]
    for unit in response["units"]:
        reset, update, candidate = unit["reset"], unit["update"], unit["candidate"]
        for line in (reset, update):
            parts = (line["from_word"], line["word_bias"], line["from_state"], line["state_bias"])
            assert round(sum(parts), digits) == line["total"]
        z = round(1 / (1 + math.exp(-update["total"])), digits)
        r = round(1 / (1 + math.exp(-reset["total"])), digits)
        assert reset["value"] == r
        assert update["value"] == (z if convention == "pytorch" else round(1 - z, digits))
        assert round(candidate["word"] + candidate["recalled"], digits) == candidate["total"]
        assert round(math.tanh(candidate["total"]), digits) == candidate["value"]
        last = 10**-digits
        assert r * candidate["state"] == pytest.approx(candidate["recalled"], abs=0.51 * last)
        assert z * unit["before"] == pytest.approx(unit["kept"], abs=0.51 * last)
        assert round(unit["written"] + unit["kept"], digits) == unit["after"]


def test_chung2014_inverts_the_update_gate_and_nothing_else(client: httpx.Client) -> None:
    pytorch, chung = (
        calculate_step(client, **REQUEST),
        calculate_step(client, **REQUEST, convention="chung2014"),
    )
    assert (pytorch.pop("convention"), chung.pop("convention")) == ("pytorch", "chung2014")
    pytorch_notation, chung_notation = pytorch.pop("notation"), chung.pop("notation")
    assert chung_notation["hidden"] == "h_t = u_t ⊙ n_t + (1 − u_t) ⊙ h_{t−1}"
    assert {
        name for name in pytorch_notation if pytorch_notation[name] != chung_notation[name]
    } == {
        "update_symbol",
        "update_sense",
        "update",
        "hidden",
    }
    for mine, other in zip(pytorch["units"], chung["units"], strict=True):
        assert other["update"].pop("value") == round(1 - mine["update"].pop("value"), 6)
    assert chung == pytorch


def test_the_default_units_are_those_that_moved_the_logit_most(client: httpx.Client) -> None:
    top = explain(client, text=TEXT, units="top:4")["units"]["ids"]
    response = calculate_step(client, text=TEXT, step=8)
    assert [unit["unit"] for unit in response["units"]] == top


@pytest.mark.parametrize(
    ("query", "parameter", "reason"),
    [
        ({"text": TEXT}, "step", "Required"),
        ({"text": TEXT, "step": 10}, "step", "Step 10 does not exist: the text has 10 tokens"),
        ({"text": TEXT, "step": -1}, "step", "greater than or equal to 0"),
        ({"text": TEXT, "step": "last"}, "step", "integer"),
        ({"text": TEXT, "step": 1, "units": "512"}, "units", "Unit 512 does not exist"),
        ({"text": TEXT, "step": 1, "interventions": "[]"}, "interventions", "Unknown field"),
        ({"text": " ", "step": 1}, "text", "empty or blank"),
        ({"text": TEXT, "step": [1, 2]}, "step", "Occurs more than once"),
    ],
)
def test_an_invalid_query_is_refused_with_the_parameter(
    client: httpx.Client, query: dict[str, str], parameter: str, reason: str
) -> None:
    error = only_error(client.get("/explain/step", params=query))
    assert error["parameter"] == parameter
    assert reason in error["detail"]


def test_a_step_beyond_the_text_is_refused_with_its_location_in_the_body(
    client: httpx.Client,
) -> None:
    error = only_error(client.post("/explain/step", json={"text": TEXT, "step": 10}))
    assert error["pointer"] == "#/step"
