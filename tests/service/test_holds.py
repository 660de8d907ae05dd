"""Gates held, and what each token's own gates did: the API's numbers are the predictor's."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import pytest

from models import Hold, Predictor
from models.intervene import HELD_PASSES
from service.app import create_app
from service.batch import Job
from service.examples import BORING
from service.host import Host
from service.settings import Settings
from tests.service.asking import band_at, explain
from tests.service.problems import only_error

TEXT = "A slow start, but the ending is wonderful!"
TOKENS = 10
CLOSED = {"gate": "update", "value": 1, "tokens": "all"}


def hold(**changes: Any) -> dict[str, Any]:
    return {"gate": "reset", "value": 1, "tokens": [3], **changes}


def held(client: httpx.Client, *holds: dict[str, Any], **body: Any) -> dict[str, Any]:
    report: dict[str, Any] = explain(client, text=TEXT, holds=holds, **body)["held"]
    return report


def test_no_hold_answers_no_held_run(client: httpx.Client) -> None:
    assert explain(client, text=TEXT)["held"] is None


def test_the_held_run_stands_beside_the_plain_one(client: httpx.Client) -> None:
    answer = explain(client, text=TEXT, holds=[hold()], units="top:3")
    plain = explain(client, text=TEXT, units="top:3")
    run = answer.pop("held")
    assert plain.pop("held") is None
    assert answer == plain
    assert [token["text"] for token in run["tokens"]] == [t["text"] for t in plain["tokens"]]
    assert run["units"]["ids"] == plain["units"]["ids"]


def test_the_held_run_is_the_predictor_s(client: httpx.Client, predictor: Predictor) -> None:
    expected = predictor.explain(TEXT, holds=[Hold("reset", 1.0, tokens=[3], units=[0, 9])])
    run = held(client, hold(units=[0, 9]))
    assert run["ledger"]["logit"] == expected.ledger.logit
    running = [token["running_probability"] for token in run["tokens"]]
    assert running == expected.running_probability.tolist()


def test_the_change_is_held_minus_plain(client: httpx.Client) -> None:
    answer = explain(client, text=TEXT, holds=[hold()])
    logits = answer["held"]["ledger"]["logit"], answer["ledger"]["logit"]
    assert answer["held"]["logit_change"] == pytest.approx(logits[0] - logits[1], abs=1e-12)


def test_the_held_gate_reads_its_value(client: httpx.Client) -> None:
    tokens = held(client, hold(value=0.25, tokens="2-4"))["tokens"]
    steady = [token["reset"]["min"] == token["reset"]["max"] == 0.25 for token in tokens]
    assert [place for place, is_held in enumerate(steady) if is_held] == [2, 3, 4]


@pytest.mark.parametrize("gate", ["reset", "update"])
def test_average_is_each_unit_s_own(client: httpx.Client, predictor: Predictor, gate: str) -> None:
    gates = predictor.artifact.gates
    average = {"reset": gates.mean_reset, "update": gates.mean_update}[gate]
    units = held(client, hold(gate=gate, value="average"), units="all")["units"]
    np.testing.assert_allclose(units[gate][3], average, atol=5.1e-5)


def test_tokens_before_the_held_one_are_as_they_were(client: httpx.Client) -> None:
    answer = explain(client, text=TEXT, holds=[hold(gate="update", value=0, tokens=[5])])
    plain, run = answer["tokens"], answer["held"]["tokens"]
    running = [[token["running_probability"] for token in tokens] for tokens in (plain, run)]
    assert running[0][:5] == pytest.approx(running[1][:5], abs=1e-5)
    assert running[0][5] != pytest.approx(running[1][5], abs=1e-3)


def test_with_every_update_gate_closed_only_the_bias_is_left(client: httpx.Client) -> None:
    run = held(client, CLOSED)
    assert run["ledger"]["logit"] == pytest.approx(run["ledger"]["bias"])


def test_a_held_value_is_in_the_stated_convention(client: httpx.Client) -> None:
    in_pytorch = held(client, hold(gate="update", value=0.75))
    in_course = held(client, hold(gate="update", value=0.25), convention="course")
    assert in_course["ledger"] == in_pytorch["ledger"]
    assert in_course["tokens"][3]["update"]["mean"] == pytest.approx(0.25)


def test_a_held_reset_gate_is_the_same_in_both_conventions(client: httpx.Client) -> None:
    in_pytorch, in_course = (
        held(client, hold(value=0.75), convention=convention)
        for convention in ("pytorch", "course")
    )
    assert in_course["ledger"] == in_pytorch["ledger"]


def test_the_later_hold_counts(client: httpx.Client) -> None:
    tokens = held(client, hold(tokens="all", value=1), hold(tokens=[2], value=0))["tokens"]
    assert [token["reset"]["mean"] for token in tokens] == [1, 1, 0, *[1] * (TOKENS - 3)]


@pytest.mark.parametrize(
    ("changes", "pointer", "reason"),
    [
        ({"tokens": [TOKENS]}, "#/holds/1", "Token 10 does not exist: they are numbered 0 to 9"),
        ({"tokens": "5-3"}, "#/holds/1", "The range of tokens 5-3 is empty"),
        ({"tokens": "5-10"}, "#/holds/1", "Token 10 does not exist"),
        ({"units": [512]}, "#/holds/1", "Unit 512 does not exist"),
        ({"tokens": "some"}, "#/holds/1/tokens", "a range such as `54-60`"),
        ({"tokens": 5}, "#/holds/1/tokens", "a range such as `54-60`"),
        ({"tokens": []}, "#/holds/1/tokens", "The list is empty"),
        ({"tokens": [-1]}, "#/holds/1/tokens/0", "greater than or equal to 0"),
        ({"value": 1.5}, "#/holds/1/value", "less than or equal to 1"),
        ({"value": "mean"}, "#/holds/1/value", "'average'"),
        ({"value": True}, "#/holds/1/value", "a number from 0 to 1, or `average`"),
        ({"gate": "forget"}, "#/holds/1/gate", "'reset' or 'update'"),
        ({"unit": [0]}, "#/holds/1/unit", "Unknown field"),
    ],
)
def test_a_hold_that_cannot_be_is_refused_by_place(
    client: httpx.Client, changes: dict[str, Any], pointer: str, reason: str
) -> None:
    body = {"text": TEXT, "holds": [hold(), hold(**changes)]}
    error = only_error(client.post("/explain", json=body))
    assert error["pointer"] == pointer
    assert reason in error["detail"]


def test_too_many_holds_are_refused_with_the_limit(client: httpx.Client) -> None:
    limit = client.get("/info").json()["limits"]["max_holds"]
    body = {"text": TEXT, "holds": [hold()] * (limit + 1)}
    error = only_error(client.post("/explain", json=body))
    assert error["pointer"] == "#/holds"
    assert f"at most {limit}" in error["detail"]


def test_the_units_of_both_runs_count_towards_the_limit(
    client_of: Callable[..., httpx.Client],
) -> None:
    client = client_of(max_unit_values=TOKENS * 4)
    assert explain(client, text=TEXT, units="0")["units"]["ids"] == [0]
    body = {"text": TEXT, "units": "0", "holds": [hold()]}
    assert "80 numbers; the limit is 40" in only_error(client.post("/explain", json=body))["detail"]


def job_of(predictor: Predictor, **body: Any) -> Job[Any]:
    """Ask for an explanation, and answer the job that was queued for it."""
    app = create_app(Settings(), predictor=predictor)
    host: Host = app.state.host
    run, jobs = host.queue.run, list[Job[Any]]()

    async def noting(job: Job[Any], **options: Any) -> Any:
        jobs.append(job)
        return await run(job, **options)

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            return await http.post("/explain", json=body)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(host.queue, "run", noting)
        assert asyncio.run(ask()).status_code == 200
    host.queue.close()
    return jobs[0]


def test_a_held_run_is_priced_as_the_passes_it_takes(predictor: Predictor) -> None:
    plain = job_of(predictor, text=TEXT)
    with_hold = job_of(predictor, text=TEXT, holds=[hold()])
    assert with_hold.tokens == plain.tokens * (1 + HELD_PASSES)


def test_a_long_held_run_is_heavy(predictor: Predictor) -> None:
    text = "word " * 300
    assert job_of(predictor, text=text, holds=[hold()]).heavy
    assert not job_of(predictor, text=text).heavy


def test_effects_are_left_out_unless_asked_for(client: httpx.Client) -> None:
    assert {token["effects"] for token in explain(client, text=TEXT)["tokens"]} == {None}


@pytest.mark.parametrize(
    ("effect", "asked"),
    [
        ("reset_opened", hold()),
        ("reset_averaged", hold(value="average")),
        ("update_closed", hold(gate="update", value=1)),
    ],
)
@pytest.mark.parametrize("position", [0, 3, 8])
def test_an_effect_is_the_change_that_holding_that_gate_there_gives(
    client: httpx.Client, effect: str, asked: dict[str, Any], position: int
) -> None:
    tokens = explain(client, text=TEXT, effects=True)["tokens"]
    change = held(client, {**asked, "tokens": [position]})["logit_change"]
    assert tokens[position]["effects"][effect] == pytest.approx(change, abs=1e-4)


def test_effects_are_answered_by_url_too(client: httpx.Client) -> None:
    by_url = client.get("/explain", params={"text": TEXT, "effects": "true"})
    assert by_url.json() == explain(client, text=TEXT, effects=True)


def test_with_effects_a_reset_may_also_be_a_gate_whose_opening_changes_the_label(
    client: httpx.Client,
) -> None:
    text = f"{BORING} Still, I liked it."
    answer = explain(client, text=text, effects=True)
    logit = answer["ledger"]["logit"]
    for position, token in enumerate(answer["tokens"][1:], start=1):
        low = band_at(answer, position)["recalled_share_below"]
        opened = [token["effects"][name] for name in ("reset_opened", "reset_averaged")]
        changes = any((logit + gained > 0) != (logit > 0) for gained in opened)
        assert ("reset" in token["flags"]) == (changes or token["recalled_share"] < low)


def test_effects_of_a_long_text_are_refused_with_the_limit(
    client_of: Callable[..., httpx.Client],
) -> None:
    client = client_of(max_effect_tokens=TOKENS - 1)
    by_body = only_error(client.post("/explain", json={"text": TEXT, "effects": True}))
    by_url = only_error(client.get("/explain", params={"text": TEXT, "effects": "1"}))
    assert by_body["pointer"] == "#/effects"
    assert by_url["parameter"] == "effects"
    assert "has 10 tokens; effects are answered for up to 9" in by_body["detail"]
