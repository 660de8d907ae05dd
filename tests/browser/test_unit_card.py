"""The dialog about one unit: opened from the heat map, from a worked step or by a link."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.numbers import number, signed
from tests.browser.reader import Reader

pytestmark = pytest.mark.slow


def unit(reader: Reader, number_: int, convention: str = "pytorch") -> dict[str, Any]:
    address = f"{reader.origin}/units/{number_}?convention={convention}"
    profile: dict[str, Any] = reader.page.request.get(address).json()
    return profile


def close(reader: Reader) -> None:
    reader.page.get_by_role("button", name="Close").click()
    expect(reader.page.locator("#unit-card")).to_be_hidden()


def test_a_cell_of_the_heat_map_opens_its_unit(boring: Reader) -> None:
    boring.page.locator("#heat").focus()
    boring.page.keyboard.press("ArrowDown")
    button = boring.page.locator("#heat-unit")
    named = str(button.get_attribute("data-unit"))
    button.click()
    expect(boring.page.get_by_role("dialog")).to_be_visible()
    expect(boring.page.locator("#unit-heading")).to_have_text(f"Unit {named}")
    close(boring)


def test_a_worked_step_opens_a_unit_with_the_api_s_numbers(boring: Reader) -> None:
    boring.unfold("step-panel")
    button = boring.page.locator("#step-table caption button").first
    named = int(str(button.get_attribute("data-unit")))
    button.click()
    profile = unit(boring, named)
    facts = boring.page.locator(".unit-facts dd")
    expect(facts).to_have_text(
        [
            f"half is gone after {number(profile['half_life'], 1)} tokens",
            f"{number(profile['mean_reset'])} on average",
            f"{number(profile['mean_update'])} on average",
            re.compile(re.escape(signed(profile["head_weight"]))),
        ]
    )
    places = [
        (place, signed(place["value"]) if kind == "contributes" else number(place["value"], 5))
        for kind in ("contributes", "writes", "keeps", "resets")
        for place in profile["places"][kind]
    ]
    expect(boring.page.locator(".occurrence-value")).to_have_text([text for _, text in places])
    texts = boring.page.locator(".occurrence-words").all_text_contents()
    assert texts == [place["before"] + place["word"] + place["after"] for place, _ in places]
    close(boring)


def test_the_unit_is_shown_in_the_convention_of_the_page(boring: Reader) -> None:
    boring.choose("Chung 2014")
    boring.unfold("step-panel")
    button = boring.page.locator("#step-table caption button").first
    named = int(str(button.get_attribute("data-unit")))
    button.click()
    mean = number(unit(boring, named, "chung2014")["mean_update"])
    expect(boring.page.locator(".unit-facts")).to_contain_text(f"Update gate u{mean} on average")
    expect(boring.page.locator(".unit-places")).to_contain_text("Writes: u highest")
    close(boring)


def test_a_link_restores_the_unit_and_escape_only_closes_the_dialog(reader: Reader) -> None:
    reader.open("/?text=A%20fine%20film.&unit=37")
    expect(reader.page.locator("#unit-heading")).to_have_text("Unit 37")
    expect(reader.page.locator(".unit-facts")).to_be_visible()
    reader.page.keyboard.press("Escape")
    expect(reader.page.locator("#unit-card")).to_be_hidden()
    expect(reader.page.locator('.token[aria-selected="true"]')).to_have_count(1)
    expect(reader.page).not_to_have_url(re.compile("unit="))


def test_a_unit_that_does_not_exist_is_reported(reader: Reader) -> None:
    reader.open("/?text=A%20fine%20film.&unit=9999")
    expect(reader.page.locator("#unit-problem")).to_contain_text("Unit 9999 does not exist")
