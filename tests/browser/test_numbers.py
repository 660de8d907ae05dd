"""Every number of a review on the page equals that of the API."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.numbers import number, percent, scientific, signed
from tests.browser.reader import Reader
from tests.browser.reviews import BORING


def explain(reader: Reader, **body: Any) -> dict[str, Any]:
    response = reader.page.request.post(f"{reader.origin}/explain", data={"text": BORING, **body})
    explanation: dict[str, Any] = response.json()
    return explanation


def test_the_prediction_shows_the_api_s_numbers(boring: Reader) -> None:
    explanation = explain(boring)
    page = boring.page
    expect(page.locator("#prediction-label")).to_have_text(explanation["label"].capitalize())
    expect(page.locator("#prediction-score")).to_contain_text(percent(explanation["score"]))
    positive = number(explanation["probabilities"]["positive"])
    expect(page.locator("#gauge-value")).to_have_text(f"P(positive) = {positive}")
    expect(page.locator("#prediction-meta")).to_contain_text(f"{len(explanation['tokens'])} tokens")
    expect(page.locator("#prediction-meta")).to_contain_text(percent(explanation["coverage"]))


def test_the_decomposition_shows_the_api_s_numbers(boring: Reader) -> None:
    boring.unfold("accounting")
    explanation = explain(boring)
    totals = [token["decomposition"]["total"] for token in explanation["tokens"]]
    expect(boring.page.locator("#decomposition td")).to_have_text(
        [
            signed(explanation["decomposition"]["bias"]),
            signed(sum(total for total in totals if total > 0)),
            signed(sum(total for total in totals if total < 0)),
            signed(explanation["decomposition"]["logit"]),
            scientific(explanation["decomposition"]["residual"]),
        ]
    )


def test_the_top_words_are_those_of_the_api_without_punctuation(boring: Reader) -> None:
    words = [token for token in explain(boring)["tokens"] if token["text"] not in {",", "."}]
    largest = sorted(words, key=lambda token: -abs(token["attribution"]))[:8]
    expect(boring.page.locator(".entry-word")).to_have_text([token["text"] for token in largest])
    expect(boring.page.locator(".entry-value")).to_have_text(
        [signed(token["attribution"]) for token in largest]
    )


def test_the_top_clauses_are_those_of_the_api(boring: Reader) -> None:
    clauses = sorted(explain(boring)["clauses"], key=lambda clause: -abs(clause["attribution"]))
    expect(boring.page.locator("#top-clauses tbody :is(th, td)")).to_have_text(
        [
            text
            for clause in clauses[:4]
            for text in (clause["text"], signed(clause["attribution"]), number(clause["without"]))
        ]
    )


def test_the_accounts_have_every_clause_of_the_api(boring: Reader) -> None:
    boring.unfold("accounting")
    expect(boring.page.locator("#clauses tbody td")).to_have_text(
        [
            text
            for clause in explain(boring)["clauses"]
            for text in (signed(clause["attribution"]), number(clause["without"]))
        ]
    )


def test_a_text_too_long_for_an_account_at_once_gets_it_afterwards(reader: Reader) -> None:
    reader.read("A fine film. " * 251)
    expect(reader.page.locator("#top-words-heading")).to_have_text("Words that did most")
    expect(reader.page.locator("#token-highlight")).to_have_attribute("aria-busy", "false")


@pytest.mark.parametrize("convention", ["pytorch", "chung2014"])
def test_the_details_of_every_token_show_the_api_s_numbers(boring: Reader, convention: str) -> None:
    if convention == "chung2014":
        boring.choose("Chung 2014")
    tokens = explain(boring, convention=convention)["tokens"]
    boring.page.locator(".token").first.click()
    for token in tokens:
        details = boring.page.locator("#detail dd:not(.note, .picture)").all_inner_texts()
        decomposition = token["decomposition"]
        assert [text for text in details if text] == [
            number(token["running_probability"]),
            signed(token["attribution"]),
            number(token["without"]),
            *(signed(decomposition[part]) for part in ("total", "new_word", "recalled_context")),
            *(percent(token[f"{name}_share"]) for name in ("recalled", "released", "kept")),
            f"mean {number(token['reset']['mean'])}",
            f"mean {number(token['update']['mean'])}",
        ]
        if token is not tokens[-1]:
            boring.page.get_by_role("button", name="Next token").click()


@pytest.mark.parametrize("colouring", ["Attribution", "Δ update at 1"])
def test_the_table_has_every_number_of_the_api(reader: Reader, colouring: str) -> None:
    reader.read(BORING)
    reader.colour_by(colouring)
    reader.unfold("numbers")
    has_effects = colouring != "Attribution"
    tokens = explain(reader, gate_effects=has_effects)["tokens"]
    rows = reader.page.locator("#table tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    assert len(rows) == len(tokens)
    for place, (row, token) in enumerate(zip(rows, tokens, strict=True)):
        gates = [
            token[gate][name] for gate in ("reset", "update") for name in ("mean", "min", "max")
        ]
        effects = token["gate_effects"].values() if has_effects else ()
        assert row == [
            *(str(place + 1), token["text"], "yes" if token["known"] else "no"),
            number(token["running_probability"]),
            *(signed(token["decomposition"][n]) for n in ("total", "new_word", "recalled_context")),
            *(percent(token[f"{name}_share"]) for name in ("recalled", "kept", "released")),
            ", ".join(token["flags"]),
            *map(number, gates),
            *map(signed, [token["attribution"], *effects]),
        ]


def test_every_token_has_its_attribution_in_its_accessible_name(boring: Reader) -> None:
    boring.colour_by("Attribution")
    tokens = explain(boring, attribution=True)["tokens"]
    names = boring.page.locator(".token").evaluate_all("all => all.map(one => one.ariaLabel)")
    for name, token in zip(names, tokens, strict=True):
        assert f"attribution {signed(token['attribution'])}" in name


def test_a_cell_of_the_heat_map_shows_the_api_s_numbers(boring: Reader) -> None:
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
