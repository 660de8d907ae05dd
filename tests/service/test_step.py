"""GET and POST /explain/step: the worked calculation, and what it is a part of."""

import math

import httpx
import pytest

from models import Predictor
from tests.service.asking import explain, work
from tests.service.problems import only_error

TEXT = "A slow start, but the ending is wonderful!"
WHERE: dict[str, str | int] = {"text": TEXT, "step": 8, "units": "0,9"}


def test_get_and_post_answer_the_same(client: httpx.Client) -> None:
    assert client.get("/explain/step", params=WHERE).json() == work(client, **WHERE)


def test_the_word_of_the_step_is_the_token_of_the_explanation(client: httpx.Client) -> None:
    token = explain(client, text=TEXT)["tokens"][8]
    answer = work(client, **WHERE)
    assert answer["token"] == {name: token[name] for name in ("text", "start", "end", "known")}
    assert (answer["step"], answer["tokens"]) == (8, 10)


def test_gates_and_states_are_those_of_the_trace(
    client: httpx.Client, predictor: Predictor
) -> None:
    trace = predictor.explain(TEXT).trace
    for unit in work(client, **WHERE)["units"]:
        column = unit["unit"]
        assert unit["before"] == pytest.approx(trace.hidden[7, column], abs=1e-6)
        assert unit["reset"]["value"] == pytest.approx(trace.reset_gate[8, column], abs=5e-6)
        assert unit["update"]["value"] == pytest.approx(trace.update_gate[8, column], abs=5e-6)
        assert unit["candidate"]["value"] == pytest.approx(trace.candidate[8, column], abs=5e-6)
        assert unit["after"] == pytest.approx(trace.hidden[8, column], abs=5e-6)


@pytest.mark.parametrize("convention", ["pytorch", "course"])
def test_every_line_can_be_redone_from_what_is_printed(
    client: httpx.Client, convention: str
) -> None:
    answer = work(client, **{**WHERE, "units": "all"}, convention=convention)
    digits = answer["decimals"]
    for unit in answer["units"]:
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


def test_course_turns_the_update_gate_round_and_nothing_else(client: httpx.Client) -> None:
    ours, theirs = work(client, **WHERE), work(client, **WHERE, convention="course")
    assert (ours.pop("convention"), theirs.pop("convention")) == ("pytorch", "course")
    ours_notation, theirs_notation = ours.pop("notation"), theirs.pop("notation")
    assert theirs_notation["hidden"] == "h_t = u_t ⊙ n_t + (1 − u_t) ⊙ h_{t−1}"
    assert {name for name in ours_notation if ours_notation[name] != theirs_notation[name]} == {
        "update_symbol",
        "update_sense",
        "update",
        "hidden",
    }
    for mine, other in zip(ours["units"], theirs["units"], strict=True):
        assert other["update"].pop("value") == round(1 - mine["update"].pop("value"), 6)
    assert theirs == ours


def test_units_are_by_default_the_few_that_moved_the_logit_most(client: httpx.Client) -> None:
    top = explain(client, text=TEXT, units="top:4")["units"]["ids"]
    answer = work(client, text=TEXT, step=8)
    assert [unit["unit"] for unit in answer["units"]] == top


@pytest.mark.parametrize(
    ("query", "parameter", "reason"),
    [
        ({"text": TEXT}, "step", "Required"),
        ({"text": TEXT, "step": 10}, "step", "Step 10 does not exist: the text has 10 tokens"),
        ({"text": TEXT, "step": -1}, "step", "greater than or equal to 0"),
        ({"text": TEXT, "step": "last"}, "step", "integer"),
        ({"text": TEXT, "step": 1, "units": "512"}, "units", "Unit 512 does not exist"),
        ({"text": TEXT, "step": 1, "holds": "[]"}, "holds", "Unknown field"),
        ({"text": " ", "step": 1}, "text", "empty or blank"),
        ({"text": TEXT, "step": [1, 2]}, "step", "more than once"),
    ],
)
def test_a_bad_question_is_refused_by_name(
    client: httpx.Client, query: dict[str, str], parameter: str, reason: str
) -> None:
    error = only_error(client.get("/explain/step", params=query))
    assert error["parameter"] == parameter
    assert reason in error["detail"]


def test_a_step_that_is_not_there_is_refused_by_its_place_in_the_body(
    client: httpx.Client,
) -> None:
    error = only_error(client.post("/explain/step", json={"text": TEXT, "step": 10}))
    assert error["pointer"] == "#/step"
