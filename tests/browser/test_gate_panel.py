"""What did the gates do? The page's answer is the API's."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.numbers import number, signed
from tests.browser.reader import Reader
from tests.browser.reviews import BORING, LONG


def ask(reader: Reader, **body: Any) -> dict[str, Any]:
    answer = reader.page.request.post(f"{reader.origin}/explain", data={"text": BORING, **body})
    held: dict[str, Any] = answer.json()
    return held


def pinned(reader: Reader) -> int:
    place = reader.page.locator('.token[aria-selected="true"]').get_attribute("data-token")
    return int(str(place))


def test_it_is_closed_and_asks_nothing_until_it_is_opened(reader: Reader) -> None:
    reader.read(BORING)
    expect(reader.page.locator("#gate-panel")).not_to_have_attribute("open", "")
    asked = [url for url in reader.requests if url.endswith("/explain")]
    assert len(asked) == 1, "the explanation, with the units of the heat map"


@pytest.mark.parametrize(
    ("label", "gate", "value"),
    [
        ("Reset open", "reset", 1),
        ("Reset at its average", "reset", "average"),
        ("Update closed", "update", 1),
    ],
)
def test_holding_a_gate_shows_the_change_that_the_api_answers(
    boring: Reader, label: str, gate: str, value: float | str
) -> None:
    boring.unfold("gate-panel")
    boring.page.locator("#hold").get_by_label(label, exact=True).check(force=True)
    token = pinned(boring)
    held = ask(boring, holds=[{"gate": gate, "value": value, "tokens": [token]}])["held"]
    answer = boring.page.locator("#held-answer")
    expect(answer).to_contain_text(f"the {gate} gate held")
    expect(answer).to_contain_text(f"Δ logit {signed(held['logit_change'])}")
    expect(answer).to_contain_text(str(held["label"]))


def test_both_runs_are_shown_with_the_api_s_numbers(boring: Reader) -> None:
    boring.unfold("gate-panel")
    boring.page.locator("#scope").get_by_label("All tokens").check(force=True)
    answer = ask(boring, holds=[{"gate": "reset", "value": 1, "tokens": "all"}])
    expected = [
        text
        for run in (answer, answer["held"])
        for text in (
            signed(run["ledger"]["logit"]),
            number(run["probabilities"]["positive"]),
            run["label"],
        )
    ]
    expect(boring.page.locator("#held-table tbody td")).to_have_text(expected)


def test_both_running_verdicts_are_drawn(boring: Reader) -> None:
    boring.unfold("gate-panel")
    expect(boring.page.locator("#held-chart .trace.scatter")).to_have_count(3)


def test_it_follows_the_pinned_token(boring: Reader) -> None:
    boring.unfold("gate-panel")
    boring.page.locator(".token", has_text="lawyer").first.click()
    expect(boring.page.locator("#held-answer")).to_contain_text("at “lawyer”")


def test_without_a_pinned_token_it_says_what_to_do(boring: Reader) -> None:
    boring.unfold("gate-panel")
    boring.page.keyboard.press("Escape")
    expect(boring.page.locator("#held-answer")).to_have_text("Pin a token to ask about its gates.")


def test_in_the_course_s_convention_a_closed_update_gate_is_0(boring: Reader) -> None:
    boring.unfold("gate-panel")
    boring.page.locator("#hold").get_by_label("Update closed").check(force=True)
    expect(boring.page.locator("#held-meaning")).to_contain_text("z = 1")
    before = boring.page.locator(".held-change").inner_text()
    boring.choose("Course")
    expect(boring.page.locator("#held-meaning")).to_have_text(
        "u = 0: the old state stays, nothing is written."
    )
    expect(boring.page.locator(".held-change")).to_have_text(before)


@pytest.mark.parametrize(
    ("label", "effect"),
    [
        ("Δ reset open", "reset_opened"),
        ("Δ reset average", "reset_averaged"),
        ("Δ update closed", "update_closed"),
    ],
)
def test_the_strip_tells_every_token_s_effect_as_the_api_does(
    boring: Reader, label: str, effect: str
) -> None:
    boring.colour_by(label)
    tokens = ask(boring, effects=True)["tokens"]
    expect(boring.page.locator("#strip")).to_have_attribute("aria-busy", "false")
    spoken = boring.page.locator(".token").evaluate_all("all => all.map(one => one.ariaLabel)")
    for said, token in zip(spoken, tokens, strict=True):
        value = token["effects"][effect]
        if abs(value) > 0.001:
            assert f"{label}: logit {signed(value)}" in said


def test_effects_that_are_refused_are_refused_in_place(reader: Reader) -> None:
    reader.read(LONG)
    reader.page.locator("#colouring").select_option(label="Δ reset open")
    expect(reader.page.locator("#strip-problem")).to_contain_text("effects are answered for up to")
    expect(reader.page.locator("#colouring")).to_have_value("total")


def test_a_flag_is_shown_with_its_evidence(boring: Reader) -> None:
    answer = ask(boring)
    place = next(i for i, token in enumerate(answer["tokens"]) if "rewrite" in token["flags"])
    boring.page.locator(".token").nth(place).hover()
    share = answer["tokens"][place]["released_share"]
    expect(boring.page.locator("#detail .flag").last).to_contain_text(
        f"The update gate let go of {share:.1%}".replace("%", " %")
    )
