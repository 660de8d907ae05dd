"""The panel of interventions shows the numbers of the API."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.numbers import number, signed
from tests.browser.reader import Reader, check
from tests.browser.reviews import BORING, LONG


def explain(reader: Reader, **body: Any) -> dict[str, Any]:
    response = reader.page.request.post(f"{reader.origin}/explain", data={"text": BORING, **body})
    explanation: dict[str, Any] = response.json()
    return explanation


def pinned(reader: Reader) -> int:
    place = reader.page.locator('.token[aria-selected="true"]').get_attribute("data-token")
    return int(str(place))


def test_it_is_closed_and_sends_no_request_until_it_is_opened(reader: Reader) -> None:
    reader.read(BORING)
    expect(reader.page.locator("#gate-panel")).not_to_have_attribute("open", "")
    sent = [url for url in reader.requests if url.endswith("/explain")]
    assert len(sent) == 1, "the explanation, with the units of the heat map"


@pytest.mark.parametrize(
    ("label", "gate", "value"),
    [
        ("Reset at 1", "reset", 1),
        ("Reset at its average", "reset", "average"),
        ("Update: write nothing", "update", 1),
    ],
)
def test_holding_a_gate_shows_the_change_of_the_logit(
    boring: Reader, label: str, gate: str, value: float | str
) -> None:
    boring.unfold("gate-panel")
    check(boring.page.locator("#intervention").get_by_label(label, exact=True))
    token = pinned(boring)
    intervened = explain(boring, interventions=[{"gate": gate, "value": value, "tokens": [token]}])[
        "intervened"
    ]
    summary = boring.page.locator("#intervened-summary")
    expect(summary).to_contain_text(f"the {gate} gate set")
    expect(summary).to_contain_text(f"Δ logit {signed(intervened['logit_change'])}")
    expect(summary).to_contain_text(str(intervened["label"]))


def test_both_runs_are_shown_with_the_api_s_numbers(boring: Reader) -> None:
    boring.unfold("gate-panel")
    check(boring.page.locator("#scope").get_by_label("All tokens"))
    explanation = explain(boring, interventions=[{"gate": "reset", "value": 1, "tokens": "all"}])
    expected = [
        text
        for run in (explanation, explanation["intervened"])
        for text in (
            signed(run["decomposition"]["logit"]),
            number(run["probabilities"]["positive"]),
            run["label"],
        )
    ]
    expect(boring.page.locator("#intervened-table tbody td")).to_have_text(expected)


def test_the_running_predictions_of_both_runs_are_drawn(boring: Reader) -> None:
    boring.unfold("gate-panel")
    expect(boring.page.locator("#intervened-chart .line")).to_have_count(3)


def test_it_follows_the_pinned_token(boring: Reader) -> None:
    boring.unfold("gate-panel")
    boring.page.locator(".token", has_text="lawyer").first.click()
    expect(boring.page.locator("#intervened-summary")).to_contain_text("at “lawyer”")


def test_without_a_pinned_token_it_explains_what_to_do(boring: Reader) -> None:
    boring.unfold("gate-panel")
    boring.page.keyboard.press("Escape")
    expect(boring.page.locator("#intervened-summary")).to_have_text("Pin a token to set its gates.")


def test_an_update_gate_that_writes_nothing_is_0_in_the_convention_of_chung_2014(
    boring: Reader,
) -> None:
    boring.unfold("gate-panel")
    check(boring.page.locator("#intervention").get_by_label("Update: write nothing"))
    expect(boring.page.locator("#intervened-meaning")).to_contain_text("z = 1")
    before = boring.page.locator(".logit-change").inner_text()
    boring.choose("Chung 2014")
    expect(boring.page.locator("#intervened-meaning")).to_have_text(
        "u = 0: the old state stays, nothing is written."
    )
    expect(boring.page.locator(".logit-change")).to_have_text(before)


@pytest.mark.parametrize(
    ("label", "effect"),
    [
        ("Δ reset at 1", "reset_at_1"),
        ("Δ reset at average", "reset_at_average"),
        ("Δ update at 1", "update_at_1"),
    ],
)
def test_every_token_has_its_gate_effect_in_its_accessible_name(
    boring: Reader, label: str, effect: str
) -> None:
    boring.colour_by(label)
    tokens = explain(boring, gate_effects=True)["tokens"]
    expect(boring.page.locator("#token-highlight")).to_have_attribute("aria-busy", "false")
    names = boring.page.locator(".token").evaluate_all("all => all.map(one => one.ariaLabel)")
    for name, token in zip(names, tokens, strict=True):
        value = token["gate_effects"][effect]
        if abs(value) > 0.001:
            assert f"{label}: logit {signed(value)}" in name


def test_refused_gate_effects_are_reported_in_place(reader: Reader) -> None:
    reader.read(LONG)
    reader.page.locator("#colouring").select_option(label="Δ reset at 1")
    expect(reader.page.locator("#highlight-problem")).to_contain_text(
        "the limit of `gate_effects` is 100"
    )
    expect(reader.page.locator("#colouring")).to_have_value("total")


def test_a_flag_is_shown_with_its_evidence(boring: Reader) -> None:
    explanation = explain(boring)
    place = next(i for i, token in enumerate(explanation["tokens"]) if "rewrite" in token["flags"])
    boring.page.locator(".token").nth(place).hover()
    share = explanation["tokens"][place]["released_share"]
    expect(boring.page.locator("#detail .flag").last).to_contain_text(
        f"The update gate let go of {share:.1%}".replace("%", " %")
    )
