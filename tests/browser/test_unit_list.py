"""The list of units: searched, sorted, shown page by page, and a way to the card of each."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.numbers import number, signed
from tests.browser.reader import Reader

pytestmark = pytest.mark.slow

ROWS = "#unit-table tbody tr"


def listed(reader: Reader, **query: Any) -> dict[str, Any]:
    """Return the list of the API."""
    order: dict[str, Any] = {"sort": "largest_contribution", "descending": "true", "limit": 50}
    response = reader.page.request.get(f"{reader.origin}/units", params=order | query)
    found: dict[str, Any] = response.json()
    return found


def numbers(reader: Reader) -> list[str]:
    """Return the numbers of the units that are shown."""
    return reader.page.locator(f"{ROWS} th").all_inner_texts()


@pytest.fixture
def units(reader: Reader) -> Reader:
    """Show the list of units as it opens."""
    reader.open("/?text=A+fine+film.&open=units")
    expect(reader.page.locator(ROWS)).to_have_count(50)
    return reader


def wait(reader: Reader) -> None:
    """Wait until the list that was asked for is there."""
    expect(reader.page.locator("#unit-list")).to_have_attribute("aria-busy", "false")


def test_while_it_is_closed_no_request_is_sent(reader: Reader) -> None:
    reader.read("A fine film.")
    assert [url for url in reader.requests if "/units" in url] == []


def test_it_opens_with_the_units_that_move_the_prediction_most(units: Reader) -> None:
    expected = listed(units)["units"]
    assert numbers(units) == [str(unit["unit"]) for unit in expected]
    cells = units.page.locator(ROWS).first.locator("td").all_inner_texts()
    first = expected[0]
    assert cells[1] == signed(first["largest_contribution"])
    assert cells[2:4] == [number(first["mean_reset"]), number(first["mean_update"])]
    assert cells[4] == f"{number(first['half_life'], 1)} tokens"
    assert cells[8] == signed(first["head_weight"])


def test_a_heading_sorts_and_a_second_click_turns_the_order_over(units: Reader) -> None:
    for direction, query in (("ascending", "false"), ("descending", "true")):
        units.page.get_by_role("button", name="Mean reset r").click()
        heading = units.page.locator("#unit-table th[aria-sort]", has_text="Mean reset r")
        expect(heading).to_have_attribute("aria-sort", direction)
        wait(units)
        expected = listed(units, sort="mean_reset", descending=query)["units"]
        assert numbers(units) == [str(unit["unit"]) for unit in expected]
        expect(units.page.get_by_role("button", name="Mean reset r")).to_be_focused()


def test_a_word_finds_its_units(units: Reader) -> None:
    units.page.locator("#unit-search").fill("bor")
    expected = listed(units, word="bor")
    expect(units.page.locator("#unit-count")).to_contain_text(f"{expected['total']} units")
    assert numbers(units) == [str(unit["unit"]) for unit in expected["units"]]
    for row in units.page.locator(ROWS).all():
        assert re.search(r"\bbor", row.inner_text(), re.IGNORECASE)


def test_a_word_of_no_unit_is_stated(units: Reader) -> None:
    units.page.locator("#unit-search").fill("zxqvwrlk")
    expect(units.page.locator("#unit-count")).to_contain_text("zxqvwrlk")
    expect(units.page.locator("#unit-scroll")).to_be_hidden()


def test_more_units_follow_the_first(units: Reader) -> None:
    units.page.get_by_role("button", name="Show more").click()
    expect(units.page.locator(ROWS)).to_have_count(100)
    assert numbers(units) == [str(unit["unit"]) for unit in listed(units, limit=100)["units"]]
    expect(units.page.locator(ROWS).nth(50).get_by_role("button")).to_be_focused()


def test_a_row_opens_the_card_of_its_unit(units: Reader) -> None:
    first = numbers(units)[0]
    units.page.locator(ROWS).first.locator("td").first.click()
    expect(units.page.locator("#unit-heading")).to_have_text(f"Unit {first}")


def test_a_context_in_the_card_opens_as_a_review(units: Reader) -> None:
    units.page.locator(ROWS).first.get_by_role("button").click()
    context = units.page.locator("a.occurrence-words").first
    words = context.inner_text().strip()
    units.page.evaluate("globalThis.stayed = true")
    context.click()
    expect(units.page.locator("#token-highlight")).to_have_text(words)
    expect(units.page.locator("#unit-card")).to_be_hidden()
    assert units.page.evaluate("globalThis.stayed")


def test_the_other_convention_is_that_of_the_list_too(units: Reader) -> None:
    units.choose("Chung 2014")
    wait(units)
    expect(units.page.locator("#unit-table thead")).to_contain_text("Mean update u")
    first = listed(units, convention="chung2014")["units"][0]
    cell = units.page.locator(ROWS).first.locator("td").nth(3)
    expect(cell).to_have_text(number(first["mean_update"]))


def test_without_a_response_the_reason_is_in_the_place_of_the_list(reader: Reader) -> None:
    reader.wait_for_figures()
    reader.page.route("**/units?*", lambda route: route.abort())
    reader.page.locator("#unit-list").evaluate("details => { details.open = true; }")
    expect(reader.page.locator("#unit-list-problem")).to_be_visible()
    reader.page.unroute_all()
    reader.errors.clear()
