"""Interventions and gate effects over HTTP: the numbers are those of the predictor."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import pytest

from gatewise.models import Intervention, Predictor
from gatewise.models.explain.account import ACCOUNT_PASSES
from gatewise.models.explain.interventions import GATE_EFFECT_RUNS, INTERVENTION_PASSES
from gatewise.service.api.examples import EXAMPLES
from gatewise.service.app import create_app
from gatewise.service.engine.batch import Job
from gatewise.service.engine.model_host import ModelHost
from gatewise.service.settings import Settings
from tests.service.api_client import explain, unusual_band_at
from tests.service.problems import only_error

BORING = EXAMPLES[0].text
TEXT = "A slow start, but the ending is wonderful!"
TOKENS = 10
CLOSED = {"gate": "update", "value": 1, "tokens": "all"}


def intervention(**changes: Any) -> dict[str, Any]:
    return {"gate": "reset", "value": 1, "tokens": [3], **changes}


def intervened(client: httpx.Client, *interventions: dict[str, Any], **body: Any) -> dict[str, Any]:
    report: dict[str, Any] = explain(client, text=TEXT, interventions=interventions, **body)[
        "intervened"
    ]
    return report


def test_intervened_is_null_without_interventions(client: httpx.Client) -> None:
    assert explain(client, text=TEXT)["intervened"] is None


def test_the_intervened_run_is_added_to_the_plain_one(client: httpx.Client) -> None:
    explanation = explain(client, text=TEXT, interventions=[intervention()], units="top:3")
    plain = explain(client, text=TEXT, units="top:3")
    run = explanation.pop("intervened")
    assert plain.pop("intervened") is None
    assert explanation == plain
    assert [token["text"] for token in run["tokens"]] == [t["text"] for t in plain["tokens"]]
    assert run["units"]["ids"] == plain["units"]["ids"]


def test_the_intervened_run_is_that_of_the_predictor(
    client: httpx.Client, predictor: Predictor
) -> None:
    expected = predictor.explain(
        TEXT, interventions=[Intervention("reset", 1.0, tokens=[3], units=[0, 9])]
    )
    run = intervened(client, intervention(units=[0, 9]))
    assert run["decomposition"]["logit"] == expected.decomposition.logit
    running = [token["running_probability"] for token in run["tokens"]]
    assert running == expected.running_probability.tolist()


def test_logit_change_is_intervened_minus_plain(client: httpx.Client) -> None:
    explanation = explain(client, text=TEXT, interventions=[intervention()])
    logits = (
        explanation["intervened"]["decomposition"]["logit"],
        explanation["decomposition"]["logit"],
    )
    assert explanation["intervened"]["logit_change"] == pytest.approx(
        logits[0] - logits[1], abs=1e-12
    )


def test_the_gate_has_the_value_of_the_intervention(client: httpx.Client) -> None:
    tokens = intervened(client, intervention(value=0.25, tokens="2-4"))["tokens"]
    constant = [token["reset"]["min"] == token["reset"]["max"] == 0.25 for token in tokens]
    assert [position for position, is_constant in enumerate(constant) if is_constant] == [2, 3, 4]


@pytest.mark.parametrize("gate", ["reset", "update"])
def test_average_is_the_mean_of_each_unit(
    client: httpx.Client, predictor: Predictor, gate: str
) -> None:
    gates = predictor.artifact.gates
    average = {"reset": gates.mean_reset, "update": gates.mean_update}[gate]
    units = intervened(client, intervention(gate=gate, value="average"), units="all")["units"]
    np.testing.assert_allclose(units[gate][3], average, atol=5.1e-5)


def test_tokens_before_the_intervention_do_not_change(client: httpx.Client) -> None:
    explanation = explain(
        client, text=TEXT, interventions=[intervention(gate="update", value=0, tokens=[5])]
    )
    plain, run = explanation["tokens"], explanation["intervened"]["tokens"]
    running = [[token["running_probability"] for token in tokens] for tokens in (plain, run)]
    assert running[0][:5] == pytest.approx(running[1][:5], abs=1e-5)
    assert running[0][5] != pytest.approx(running[1][5], abs=1e-3)


def test_if_all_update_gates_are_closed_the_logit_is_the_bias(client: httpx.Client) -> None:
    run = intervened(client, CLOSED)
    assert run["decomposition"]["logit"] == pytest.approx(run["decomposition"]["bias"])


def test_the_value_is_in_the_stated_convention(client: httpx.Client) -> None:
    in_pytorch = intervened(client, intervention(gate="update", value=0.75))
    in_chung2014 = intervened(
        client, intervention(gate="update", value=0.25), convention="chung2014"
    )
    assert in_chung2014["decomposition"] == in_pytorch["decomposition"]
    assert in_chung2014["tokens"][3]["update"]["mean"] == pytest.approx(0.25)


def test_a_reset_gate_is_the_same_in_both_conventions(client: httpx.Client) -> None:
    in_pytorch, in_chung2014 = (
        intervened(client, intervention(value=0.75), convention=convention)
        for convention in ("pytorch", "chung2014")
    )
    assert in_chung2014["decomposition"] == in_pytorch["decomposition"]


def test_the_later_of_overlapping_interventions_applies(client: httpx.Client) -> None:
    tokens = intervened(
        client, intervention(tokens="all", value=1), intervention(tokens=[2], value=0)
    )["tokens"]
    assert [token["reset"]["mean"] for token in tokens] == [1, 1, 0, *[1] * (TOKENS - 3)]


@pytest.mark.parametrize(
    ("changes", "pointer", "reason"),
    [
        (
            {"tokens": [TOKENS]},
            "#/interventions/1",
            "Token 10 does not exist: they are numbered 0 to 9",
        ),
        ({"tokens": "5-3"}, "#/interventions/1", "The range of tokens 5-3 is empty"),
        ({"tokens": "5-10"}, "#/interventions/1", "Token 10 does not exist"),
        ({"units": [512]}, "#/interventions/1", "Unit 512 does not exist"),
        ({"tokens": "some"}, "#/interventions/1/tokens", "a range such as `54-60`"),
        ({"tokens": 5}, "#/interventions/1/tokens", "a range such as `54-60`"),
        ({"tokens": []}, "#/interventions/1/tokens", "The list is empty"),
        ({"tokens": [-1]}, "#/interventions/1/tokens/0", "greater than or equal to 0"),
        ({"value": 1.5}, "#/interventions/1/value", "less than or equal to 1"),
        ({"value": "mean"}, "#/interventions/1/value", "'average'"),
        ({"value": True}, "#/interventions/1/value", "a number from 0 to 1, or `average`"),
        ({"gate": "forget"}, "#/interventions/1/gate", "'reset' or 'update'"),
        ({"unit": [0]}, "#/interventions/1/unit", "Unknown field"),
    ],
)
def test_an_invalid_intervention_is_refused_with_the_location(
    client: httpx.Client, changes: dict[str, Any], pointer: str, reason: str
) -> None:
    body = {"text": TEXT, "interventions": [intervention(), intervention(**changes)]}
    error = only_error(client.post("/explain", json=body))
    assert error["pointer"] == pointer
    assert reason in error["detail"]


def test_too_many_interventions_are_refused_with_the_limit(client: httpx.Client) -> None:
    limit = client.get("/info").json()["limits"]["max_interventions"]
    body = {"text": TEXT, "interventions": [intervention()] * (limit + 1)}
    error = only_error(client.post("/explain", json=body))
    assert error["pointer"] == "#/interventions"
    assert f"at most {limit}" in error["detail"]


def test_the_units_of_both_runs_count_towards_the_limit(
    client_of: Callable[..., httpx.Client],
) -> None:
    client = client_of(max_unit_values=TOKENS * 4)
    assert explain(client, text=TEXT, units="0")["units"]["ids"] == [0]
    body = {"text": TEXT, "units": "0", "interventions": [intervention()]}
    detail = only_error(client.post("/explain", json=body))["detail"]
    assert "1 units of 10 tokens in 4 arrays of both runs are 80 numbers" in detail
    assert "the limit is 40" in detail


def job_of(predictor: Predictor, **body: Any) -> Job[Any]:
    """Request an explanation, and return the job that was queued for it."""
    app = create_app(Settings(), predictor=predictor)
    model_host: ModelHost = app.state.model_host
    run, jobs = model_host.queue.run, list[Job[Any]]()

    async def recording(job: Job[Any], **options: Any) -> Any:
        jobs.append(job)
        return await run(job, **options)

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            return await http.post("/explain", json=body)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_host.queue, "run", recording)
        assert asyncio.run(send()).status_code == 200
    model_host.queue.close()
    return jobs[0]


def test_an_intervention_counts_as_the_passes_it_takes(predictor: Predictor) -> None:
    plain = job_of(predictor, text=TEXT, attribution=False)
    with_intervention = job_of(
        predictor, text=TEXT, attribution=False, interventions=[intervention()]
    )
    assert with_intervention.tokens == plain.tokens * (1 + INTERVENTION_PASSES)


def test_each_gate_effect_counts_as_a_run_over_half_of_the_text_for_every_token(
    predictor: Predictor,
) -> None:
    plain = job_of(predictor, text=TEXT, attribution=False)
    with_effects = job_of(predictor, text=TEXT, attribution=False, gate_effects=True)
    runs_in_batches = GATE_EFFECT_RUNS * plain.tokens**2 / 2
    assert with_effects.tokens == plain.tokens + round(runs_in_batches / 3)
    assert with_effects.heavy
    assert not plain.heavy


def test_faithfulness_counts_attribution_once_leave_one_out_and_every_ranking(
    predictor: Predictor,
) -> None:
    plain = job_of(predictor, text=TEXT, attribution=False)
    measured = job_of(predictor, text=TEXT, attribution=False, faithfulness=True)
    shortened = (ACCOUNT_PASSES + 1 + 6 * 12) * plain.tokens + plain.tokens**2 / 2
    assert measured.tokens == pytest.approx(plain.tokens + shortened / 3, abs=1)
    both = job_of(predictor, text=TEXT, faithfulness=True, attribution=True)
    assert both.tokens == measured.tokens


def test_a_job_with_interventions_is_heavy(predictor: Predictor) -> None:
    assert job_of(predictor, text=TEXT, attribution=False, interventions=[intervention()]).heavy
    assert not job_of(predictor, text=TEXT, attribution=False).heavy


def test_an_account_counts_as_its_passes_in_batches(predictor: Predictor) -> None:
    plain = job_of(predictor, text=TEXT, attribution=False)
    with_account = job_of(predictor, text=TEXT)
    assert with_account.tokens == plain.tokens + round(ACCOUNT_PASSES * plain.tokens / 3)
    assert with_account.heavy


def test_gate_effects_are_null_unless_requested(client: httpx.Client) -> None:
    assert {token["gate_effects"] for token in explain(client, text=TEXT)["tokens"]} == {None}


@pytest.mark.parametrize(
    ("effect", "change"),
    [
        ("reset_at_1", intervention()),
        ("reset_at_average", intervention(value="average")),
        ("update_at_1", intervention(gate="update", value=1)),
    ],
)
@pytest.mark.parametrize("position", [0, 3, 8])
def test_a_gate_effect_is_the_logit_change_of_the_intervention(
    exact_client: httpx.Client, effect: str, change: dict[str, Any], position: int
) -> None:
    tokens = explain(exact_client, text=TEXT, gate_effects=True)["tokens"]
    logit_change = intervened(exact_client, {**change, "tokens": [position]})["logit_change"]
    assert tokens[position]["gate_effects"][effect] == pytest.approx(logit_change, abs=1e-4)


def test_gate_effects_can_be_requested_by_url(client: httpx.Client) -> None:
    by_url = client.get("/explain", params={"text": TEXT, "gate_effects": "true"})
    assert by_url.json() == explain(client, text=TEXT, gate_effects=True)


def test_with_gate_effects_reset_also_marks_gates_whose_opening_changes_the_label(
    client: httpx.Client,
) -> None:
    text = f"{BORING} Still, I liked it."
    explanation = explain(client, text=text, gate_effects=True)
    logit = explanation["decomposition"]["logit"]
    for position, token in enumerate(explanation["tokens"][1:], start=1):
        low = unusual_band_at(explanation, position)["recalled_share_below"]
        opened = [token["gate_effects"][name] for name in ("reset_at_1", "reset_at_average")]
        changes = any((logit + gained > 0) != (logit > 0) for gained in opened)
        assert ("reset" in token["flags"]) == (changes or token["recalled_share"] < low)


def test_gate_effects_of_a_long_text_are_refused_with_the_limit(
    client_of: Callable[..., httpx.Client],
) -> None:
    client = client_of(max_gate_effect_tokens=TOKENS - 1)
    by_body = only_error(client.post("/explain", json={"text": TEXT, "gate_effects": True}))
    by_url = only_error(client.get("/explain", params={"text": TEXT, "gate_effects": "1"}))
    assert by_body["pointer"] == "#/gate_effects"
    assert by_url["parameter"] == "gate_effects"
    assert "has 10 tokens; the limit of `gate_effects` is 9" in by_body["detail"]
