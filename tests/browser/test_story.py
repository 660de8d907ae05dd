"""The story of a review: an account, a line under the words, and a gate held by a slider."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.reader import Reader, check
from tests.browser.reviews import LONG, TURNING

SLIDER = "#hold-value"


def probability(page: Page) -> float:
    """Return P(positive) at the stop that is shown."""
    return float(page.locator("#held-probability").inner_text())


def wait_for_sweep(reader: Reader) -> None:
    """Wait until the stops of the slider are there."""
    expect(reader.page.locator("#hold-result")).to_be_visible()
    expect(reader.page.locator("#story-hold")).not_to_have_attribute("aria-busy", "true")


def hold(reader: Reader, text: str) -> None:
    """Read a review and wait for the stops of its slider."""
    reader.read(text)
    wait_for_sweep(reader)


def test_the_page_opens_with_a_review_explained(reader: Reader) -> None:
    expect(reader.page.locator("#token-highlight")).to_have_text(TURNING)
    expect(reader.page.get_by_label("Film review")).to_have_value(TURNING)


def test_the_address_stays_empty_until_something_is_chosen(reader: Reader) -> None:
    wait_for_sweep(reader)
    reader.wait_for_figures()
    assert reader.page.url == f"{reader.origin}/"


def test_the_account_names_the_turning_word(reader: Reader) -> None:
    expect(reader.page.locator("#story-lead")).to_contain_text("“But”")


def test_without_a_turn_no_gate_is_offered_to_be_opened(reader: Reader) -> None:
    hold(reader, "A fine film.")
    expect(reader.page.locator("#story-invitation")).to_be_empty()


def test_an_undecided_text_gets_no_verdict_from_the_story(reader: Reader) -> None:
    hold(reader, "zxqv wrlk bnnt")
    expect(reader.page.locator("#held-label")).to_have_text("Can’t tell")


def test_the_open_gate_turns_the_verdict(reader: Reader) -> None:
    wait_for_sweep(reader)
    before = probability(reader.page)
    reader.page.locator("#story-invitation").get_by_role("button").click()
    expect(reader.page.locator("#held-label")).to_have_text("Positive")
    assert before < 0.5 < probability(reader.page)


def test_the_slider_moves_by_keyboard_through_thirteen_stops(reader: Reader) -> None:
    wait_for_sweep(reader)
    slider = reader.page.locator(SLIDER)
    slider.press("Home")
    spoken = [slider.get_attribute("aria-valuetext")]
    for _ in range(12):
        slider.press("ArrowRight")
        spoken.append(slider.get_attribute("aria-valuetext"))
    assert len(set(spoken)) == 13


def test_moving_the_slider_sends_no_request(reader: Reader) -> None:
    wait_for_sweep(reader)
    reader.wait_for_figures()
    reader.requests.clear()
    reader.page.locator(SLIDER).press("End")
    reader.page.locator(SLIDER).press("Home")
    assert reader.requests == []


def test_the_line_is_redrawn_when_the_slider_moves(reader: Reader) -> None:
    wait_for_sweep(reader)
    line = reader.page.locator("#story-sheet path.line")
    before = line.get_attribute("d")
    reader.page.locator(SLIDER).press("End")
    assert line.get_attribute("d") != before
    assert reader.page.locator("#story-sheet path.was").get_attribute("d") == before


def test_the_small_line_beside_the_slider_moves_with_it(reader: Reader) -> None:
    wait_for_sweep(reader)
    line = reader.page.locator("#held-line path.line")
    before = line.get_attribute("d")
    reader.page.locator(SLIDER).press("End")
    assert line.get_attribute("d") != before
    assert reader.page.locator("#held-line path.was").get_attribute("d") == before


def test_the_numbers_are_those_of_the_api(reader: Reader) -> None:
    wait_for_sweep(reader)
    reader.page.locator(SLIDER).press("Home")
    request = {"text": TURNING, "gate": "reset", "first": 18, "last": 24, "values": [0]}
    response = reader.page.request.post(f"{reader.origin}/explain/sweep", data=request)
    expected = json.loads(response.text())["stops"][0]["probability_positive"]
    assert abs(probability(reader.page) - expected) <= 0.005


def test_a_list_changes_the_words_over_which_the_gate_is_held(reader: Reader) -> None:
    wait_for_sweep(reader)
    reader.page.locator("#range-first").select_option("23")
    expect(reader.page).to_have_url(re.compile("words=23-24"))


def test_a_beginning_behind_the_end_moves_the_end(reader: Reader) -> None:
    wait_for_sweep(reader)
    reader.page.locator("#range-last").select_option("3")
    expect(reader.page.locator("#range-first")).to_have_value("3")


def test_dragging_over_words_changes_them_too(reader: Reader) -> None:
    wait_for_sweep(reader)
    words = reader.page.locator("#story-sheet .token")
    words.first.scroll_into_view_if_needed()
    start, end = words.nth(1).bounding_box(), words.nth(3).bounding_box()
    assert start is not None
    assert end is not None
    mouse = reader.page.mouse
    mouse.move(start["x"] + start["width"] / 2, start["y"] + 5)
    mouse.down()
    mouse.move(end["x"] + end["width"] / 2, end["y"] + 5, steps=4)
    mouse.up()
    expect(reader.page).to_have_url(re.compile("words=1-3"))


def test_the_update_gate_can_be_held_instead(reader: Reader) -> None:
    wait_for_sweep(reader)
    check(reader.page.locator("#held-gate").get_by_label("Update"))
    wait_for_sweep(reader)
    reader.page.locator(SLIDER).press("End")
    assert probability(reader.page) > 0.5


def test_the_other_convention_keeps_what_is_held(reader: Reader) -> None:
    reader.page.get_by_role("link", name="Close the update gate").click()
    expect(reader.page.locator("#held-value")).to_contain_text("at 1")
    wait_for_sweep(reader)
    before = probability(reader.page)
    reader.choose("Chung 2014")
    wait_for_sweep(reader)
    expect(reader.page.locator("#held-value")).to_contain_text("at 0")
    assert probability(reader.page) == before


def test_a_link_restores_gate_words_and_value(reader: Reader) -> None:
    wait_for_sweep(reader)
    check(reader.page.locator("#held-gate").get_by_label("Update"))
    wait_for_sweep(reader)
    reader.page.locator("#range-first").select_option("23")
    wait_for_sweep(reader)
    reader.page.locator(SLIDER).press("End")
    expect(reader.page).to_have_url(re.compile("at=1"))
    before = probability(reader.page)
    reader.page.reload()
    wait_for_sweep(reader)
    expect(reader.page.locator("#range-first")).to_have_value("23")
    assert probability(reader.page) == before


def test_a_link_with_an_unknown_value_shows_the_review_as_it_was(reader: Reader) -> None:
    reader.open("/?text=A%20fine%20film.&at=2&words=9-3&held=input")
    wait_for_sweep(reader)
    expect(reader.page.locator("#held-value")).to_have_text("as it was")


def test_a_step_is_a_link_that_opens_alone(reader: Reader) -> None:
    step = reader.page.get_by_role("link", name="Open the reset gate")
    path = step.get_attribute("href") or ""
    reader.open(path)
    wait_for_sweep(reader)
    expect(reader.page.locator("#held-value")).to_contain_text("open")
    expect(step).to_have_attribute("aria-current", "true")


def test_a_step_is_followed_without_loading_the_page(reader: Reader) -> None:
    wait_for_sweep(reader)
    reader.page.evaluate("globalThis.stayed = true")
    reader.page.get_by_role("link", name="Hear the praise").click()
    expect(reader.page.locator("#token-highlight")).not_to_contain_text("boring")
    assert reader.page.evaluate("globalThis.stayed")


def test_back_returns_from_a_step(reader: Reader) -> None:
    wait_for_sweep(reader)
    reader.page.get_by_role("link", name="A plot in the praise’s place").click()
    expect(reader.page.locator("#token-highlight")).to_contain_text("lawyer")
    reader.page.go_back()
    expect(reader.page.locator("#token-highlight")).to_have_text(TURNING)


def test_every_step_states_what_its_figures_bear_out(reader: Reader) -> None:
    for index in range(6):
        reader.page.locator("#story-steps li").nth(index).get_by_role("link").first.click()
        expect(reader.page.locator("#story-steps li").nth(index).locator(".note")).to_be_visible()


@pytest.mark.slow
def test_a_text_too_long_for_a_sweep_gets_a_reason_and_keeps_its_account(reader: Reader) -> None:
    reader.submit("A fine film. " * 1300)
    expect(reader.page.locator("#story-problem")).to_contain_text("5,000")
    expect(reader.page.locator("#story-lead")).to_be_visible()
    expect(reader.page.locator(SLIDER)).to_be_disabled()
    reader.wait_for_figures()


def test_on_a_phone_the_lists_and_the_slider_fit(phone: Reader) -> None:
    wait_for_sweep(phone)
    for selector in (SLIDER, "#range-first", "#range-last", "#held-gate"):
        box = phone.page.locator(selector).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]


def test_at_320_pixels_the_page_does_not_scroll_sideways(phone: Reader) -> None:
    phone.page.set_viewport_size({"width": 320, "height": 740})
    phone.read(LONG)
    width = phone.page.evaluate("document.documentElement.scrollWidth")
    phone.page.set_viewport_size(PHONE)
    assert width == 320


def test_in_forced_colours_the_line_has_the_colour_of_text(reader: Reader) -> None:
    wait_for_sweep(reader)
    reader.page.emulate_media(forced_colors="active")
    stroke = reader.page.locator("#story-sheet path.line").evaluate(
        "node => getComputedStyle(node).stroke"
    )
    colour = reader.page.locator("#story-lead").evaluate("node => getComputedStyle(node).color")
    reader.page.emulate_media(forced_colors="none")
    assert stroke == colour
