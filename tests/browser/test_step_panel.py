"""Two steps worked out side by side, with the numbers of the API."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.numbers import number
from tests.browser.reader import Reader
from tests.browser.reviews import BORING

pytestmark = pytest.mark.slow


def worked(reader: Reader, step: int, **query: str) -> dict[str, Any]:
    parameters: dict[str, str | float | bool] = {
        "text": BORING,
        "step": step,
        "units": "0,9",
        **query,
    }
    response = reader.page.request.get(f"{reader.origin}/explain/step", params=parameters)
    unit: dict[str, Any] = response.json()
    return unit


def lines(unit: dict[str, Any]) -> list[float]:
    """Return all numbers of one unit, in the order in which the page prints them."""
    gate = ("from_word", "word_bias", "from_state", "state_bias", "total", "value")
    candidate = (
        *("from_word", "word_bias", "word", "from_state", "state_bias", "state"),
        *("recalled", "total", "value"),
    )
    return [
        unit["before"],
        *(unit["reset"][name] for name in gate),
        *(unit["update"][name] for name in gate),
        *(unit["candidate"][name] for name in candidate),
        *(unit[name] for name in ("written", "kept", "after")),
    ]


def show_units(reader: Reader, units: str) -> None:
    reader.unfold("step-panel")
    box = reader.page.locator("#step-units")
    box.fill(units)
    box.press("Enter")
    box.blur()
    # Until then the page grows, and elements move away from the pointer.
    expect(reader.page.locator("#step-panel")).to_have_attribute("aria-busy", "false")


def test_two_steps_are_shown_side_by_side_with_the_api_s_numbers(boring: Reader) -> None:
    boring.page.locator(".token", has_text="really").click()
    show_units(boring, "0,9")
    table = boring.page.locator("#step-table table")
    expect(table).to_have_count(2)
    expect(table.first.locator("caption")).to_have_text("Unit 0")
    place = boring.page.locator(".token").all_inner_texts().index("really")
    steps = [worked(boring, place), worked(boring, place + 1)]
    for index in range(2):
        columns = [lines(step["units"][index]) for step in steps]
        printed = [number(value, 6) for row in zip(*columns, strict=True) for value in row]
        expect(table.nth(index).locator("tbody td")).to_have_text(printed)


def test_the_last_token_is_shown_beside_the_one_before_it(boring: Reader) -> None:
    boring.page.locator(
        ".token", has_text="really"
    ).click()  # a click on a pinned token would unpin it
    boring.page.locator(".token").last.click()
    boring.unfold("step-panel")
    words = boring.page.locator("#step-table table").first.locator(".step-word")
    expect(words).to_have_text(["boring", "."])


def test_a_review_of_one_token_has_one_step(reader: Reader) -> None:
    reader.read("Great")
    reader.unfold("step-panel")
    expect(reader.page.locator("#step-table table").first.locator(".step-word")).to_have_text(
        ["Great"]
    )


def test_units_that_do_not_exist_are_reported_in_place(boring: Reader) -> None:
    show_units(boring, "512")
    expect(boring.page.locator("#step-problem")).to_contain_text("Unit 512 does not exist")
    show_units(boring, "top:2")
    expect(boring.page.locator("#step-problem")).to_be_hidden()


def test_chung_2014_renames_the_update_gate_in_the_calculation(boring: Reader) -> None:
    boring.page.locator(".token", has_text="really").click()
    show_units(boring, "0,9")
    table = boring.page.locator("#step-table")
    expect(table).to_contain_text("zt = σ(sum)")
    boring.choose("Chung 2014")
    expect(table).to_contain_text("ut = 1 − σ(sum)")
    expect(table).not_to_contain_text("zt")
    expect(boring.page.locator("#step-equations")).to_contain_text("ht = ut ⊙ nt + (1 − ut) ⊙ ht−1")


def test_chung_2014_renames_the_update_gate_in_the_equations_of_the_page(boring: Reader) -> None:
    equations = boring.page.locator(".equations")
    expect(equations.get_by_text("ut", exact=False).first).to_be_hidden()
    boring.choose("Chung 2014")
    expect(equations.locator("[data-convention=chung2014]").first).to_be_visible()
    expect(equations.locator("[data-convention=pytorch]").first).to_be_hidden()


def test_unpinning_a_token_aborts_the_request_of_its_step(boring: Reader) -> None:
    boring.unfold("step-panel")
    panel = boring.page.locator("#step-panel")
    token = boring.page.locator(".token", has_text="really")
    boring.page.route("**/explain/step", lambda _: None)  # gets no response
    try:
        token.click()
        expect(panel).to_have_attribute("aria-busy", "true")
        token.click()
        expect(panel).to_have_attribute("aria-busy", "false")
        expect(boring.page.locator("#step-table")).to_contain_text("Pin a token")
    finally:
        boring.page.unroute("**/explain/step")
