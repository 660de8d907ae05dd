"""The switches: colours, gates, units and the convention of the update gate."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.reader import Reader, check
from tests.browser.reviews import BORING

pytestmark = pytest.mark.slow


def update_mean(reader: Reader) -> float:
    text = reader.page.locator("#charts .row-reading").nth(3).inner_text()
    return float(text.removeprefix("mean "))


@pytest.mark.parametrize(
    ("colouring", "spoken"),
    [
        ("Contribution", r"contribution [+−]?\d"),
        ("New word", r"new word [+−]?\d"),
        ("Recalled context", r"recalled context [+−]?\d"),
        ("Running prediction", r"running P\(positive\) 0\.\d"),
    ],
)
def test_a_colouring_changes_the_accessible_name_of_every_token(
    boring: Reader, colouring: str, spoken: str
) -> None:
    boring.colour_by(colouring)
    expect(
        boring.page.locator("#token-highlight").get_by_role("option").first
    ).to_have_accessible_name(re.compile(spoken))


def test_the_running_prediction_colours_a_token_by_its_side(boring: Reader) -> None:
    boring.colour_by("Running prediction")
    last = boring.page.locator(".token").last
    prediction = boring.page.locator("#prediction-label").inner_text().lower()
    expect(last).to_have_attribute("data-sign", prediction)


def test_the_strongest_attribution_has_full_colour(boring: Reader) -> None:
    strengths = boring.page.locator(".token").evaluate_all(
        "tokens => tokens.map(token => Number(token.style.getPropertyValue('--strength')))"
    )
    assert 0.5 < max(strengths) <= 1


def test_the_heat_map_switches_to_the_update_gate(boring: Reader) -> None:
    image = boring.page.locator("#heat .cells")
    before = image.get_attribute("href")
    check(boring.page.locator("#gate").get_by_label("Update"))
    expect(boring.page.locator("#heat-note")).to_contain_text("Update gate z (PyTorch)")
    expect(image).not_to_have_attribute("href", str(before))


def test_all_units_are_shown_on_request(boring: Reader) -> None:
    boring.choose("All 512 units")
    expect(boring.page.locator("#heat-note")).to_contain_text("512 units")


def test_units_chosen_during_a_request_are_those_shown_at_last(reader: Reader) -> None:
    reader.read(BORING)
    held: list[Route] = []

    def hold_two(request: Route) -> None:
        if len(held) < 2:
            held.append(request)
        else:
            request.continue_()

    reader.page.route("**/explain", hold_two)
    check(reader.page.get_by_role("radio", name="Chung 2014"))
    check(reader.page.get_by_role("radio", name="All 512 units"))
    while len(held) < 2:
        reader.page.wait_for_timeout(10)
    for request in reversed(held):  # so that the response to the older request comes last
        with reader.page.expect_response("**/explain"):
            request.continue_()
    reader.wait_for_figures()
    reader.page.unroute("**/explain")
    expect(reader.page.locator("#heat-note")).to_contain_text("512 units")
    expect(reader.page.locator("#heat .value-tick").first).to_have_text("0")


def test_chung_2014_shows_one_minus_the_update_gate(boring: Reader) -> None:
    pytorch = update_mean(boring)
    boring.choose("Chung 2014")
    expect(boring.page.locator("#charts .row-title").nth(3)).to_have_text(
        "Update gate u = 1 − z (Chung 2014)"
    )
    assert update_mean(boring) == pytest.approx(1 - pytorch, abs=0.0011)


def test_chung_2014_does_not_change_the_reset_gate(boring: Reader) -> None:
    reading = boring.page.locator("#charts .row-reading").nth(2)
    before = reading.inner_text()
    boring.choose("Chung 2014")
    expect(boring.page.locator("#charts .row-title").nth(3)).to_contain_text("Chung 2014")
    expect(reading).to_have_text(before)


@pytest.mark.parametrize(
    ("place", "pytorch", "chung2014"),
    [
        ("#charts", "1: keep the old state", "1: take the candidate"),
        ("#detail", "1: keep the old state", "1: take the candidate"),
        ("#heat-scale", "1: keep the old state", "1: take the candidate"),
    ],
)
def test_the_convention_is_stated_where_the_gate_is_shown(
    boring: Reader, place: str, pytorch: str, chung2014: str
) -> None:
    check(boring.page.locator("#gate").get_by_label("Update"))
    expect(boring.page.locator(place)).to_contain_text(pytorch)
    boring.choose("Chung 2014")
    expect(boring.page.locator(place)).to_contain_text(chung2014)
    expect(boring.page.locator(place)).not_to_contain_text(pytorch)


def test_switching_the_convention_keeps_the_pinned_token(boring: Reader) -> None:
    boring.page.locator(".token", has_text="lawyer").click()
    boring.choose("Chung 2014")
    expect(boring.page.locator("#charts .row-title").nth(3)).to_contain_text("Chung 2014")
    expect(boring.page.locator('.token[aria-selected="true"]')).to_have_text("lawyer")


def test_the_table_has_a_row_for_every_token(reader: Reader) -> None:
    reader.read("A fine film.")
    reader.page.get_by_text("All numbers as a table").click()
    expect(reader.page.locator("#table tbody th")).to_have_text(["A", "fine", "film", "."])
