"""Every number that the page prints of a review is the API's."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.numbers import number, percent, signed, tiny
from tests.browser.reader import Reader
from tests.browser.reviews import BORING


def explain(reader: Reader, **body: Any) -> dict[str, Any]:
    answer = reader.page.request.post(f"{reader.origin}/explain", data={"text": BORING, **body})
    explanation: dict[str, Any] = answer.json()
    return explanation


def test_the_verdict(boring: Reader) -> None:
    answer = explain(boring)
    page = boring.page
    expect(page.locator("#verdict-label")).to_have_text(answer["label"].capitalize())
    expect(page.locator("#verdict-score")).to_contain_text(percent(answer["score"]))
    positive = number(answer["probabilities"]["positive"])
    expect(page.locator("#gauge-value")).to_have_text(f"P(positive) = {positive}")
    expect(page.locator("#verdict-meta")).to_contain_text(f"{len(answer['tokens'])} tokens")
    expect(page.locator("#verdict-meta")).to_contain_text(percent(answer["coverage"]))


def test_the_ledger(boring: Reader) -> None:
    answer = explain(boring)
    totals = [token["contribution"]["total"] for token in answer["tokens"]]
    expect(boring.page.locator("#ledger td")).to_have_text(
        [
            signed(answer["ledger"]["bias"]),
            signed(sum(total for total in totals if total > 0)),
            signed(sum(total for total in totals if total < 0)),
            signed(answer["ledger"]["logit"]),
            tiny(answer["ledger"]["residual"]),
        ]
    )


def test_the_largest_entries(boring: Reader) -> None:
    tokens = explain(boring)["tokens"]
    largest = sorted(tokens, key=lambda token: -abs(token["contribution"]["total"]))[:8]
    expect(boring.page.locator(".entry-word")).to_have_text([token["text"] for token in largest])
    expect(boring.page.locator(".entry-value")).to_have_text(
        [signed(token["contribution"]["total"]) for token in largest]
    )


@pytest.mark.parametrize("convention", ["pytorch", "course"])
def test_the_details_of_every_token(boring: Reader, convention: str) -> None:
    if convention == "course":
        boring.choose("Course")
    tokens = explain(boring, convention=convention)["tokens"]
    boring.page.locator(".token").first.click()
    for token in tokens:
        details = boring.page.locator("#detail dd:not(.note, .picture)").all_inner_texts()
        contribution = token["contribution"]
        assert [text for text in details if text] == [
            number(token["running_probability"]),
            *(signed(contribution[part]) for part in ("total", "new_word", "recalled_context")),
            *(percent(token[f"{name}_share"]) for name in ("recalled", "released", "kept")),
            f"mean {number(token['reset']['mean'])}",
            f"mean {number(token['update']['mean'])}",
        ]
        if token is not tokens[-1]:
            boring.page.get_by_role("button", name="Next token").click()


@pytest.mark.parametrize("colouring", ["Credit", "Δ update closed"])
def test_the_table(reader: Reader, colouring: str) -> None:
    reader.read(BORING)
    reader.colour_by(colouring)
    reader.page.locator("#numbers").evaluate("details => { details.open = true; }")
    asked = "credit" if colouring == "Credit" else "effects"
    tokens = explain(reader, **{asked: True})["tokens"]
    rows = reader.page.locator("#table tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    assert len(rows) == len(tokens)
    for place, (row, token) in enumerate(zip(rows, tokens, strict=True)):
        gates = [
            token[gate][name] for gate in ("reset", "update") for name in ("mean", "min", "max")
        ]
        more = [token["credit"]] if asked == "credit" else [*token["effects"].values()]
        assert row == [
            *(str(place + 1), token["text"], "yes" if token["known"] else "no"),
            number(token["running_probability"]),
            *(signed(token["contribution"][n]) for n in ("total", "new_word", "recalled_context")),
            *(percent(token[f"{name}_share"]) for name in ("recalled", "kept", "released")),
            ", ".join(token["flags"]),
            *map(number, gates),
            *map(signed, more),
        ]


def test_the_credit_of_every_token_is_told_by_the_strip(boring: Reader) -> None:
    boring.colour_by("Credit")
    tokens = explain(boring, credit=True)["tokens"]
    spoken = boring.page.locator(".token").evaluate_all("all => all.map(one => one.ariaLabel)")
    for said, token in zip(spoken, tokens, strict=True):
        assert f"credit {signed(token['credit'])}" in said


def test_a_cell_of_the_heat_map(boring: Reader) -> None:
    units = explain(boring, units="top")["units"]
    boring.page.locator("#heat").focus()
    boring.page.keyboard.press("ArrowDown")
    boring.page.keyboard.press("ArrowUp")
    pinned = boring.page.locator('.token[aria-selected="true"]')
    place = int(str(pinned.get_attribute("data-token")))
    r, z, n, h = (
        number(units[name][place][0]) for name in ("reset", "update", "candidate", "hidden")
    )
    expect(boring.page.locator("#heat-readout")).to_contain_text(
        f"Unit {units['ids'][0]} at “{pinned.inner_text()}”: "
        f"reset r {r}, update z {z}, candidate {n}, new state {h}"
    )
