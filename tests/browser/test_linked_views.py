"""The highlighted review, charts, heat map and details show the same token."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.reader import Reader
from tests.browser.reviews import BORING, LONG

pytestmark = pytest.mark.slow


FIGURES = ["#charts .figure >> nth=0", "#charts .figure >> nth=1", "#heat"]
LEFT, RIGHT = 44, 12  # margins of a figure, in pixels


def token(page: Page, name: str) -> Locator:
    return page.locator(".token", has_text=name).first


def centre(box: Locator) -> float:
    bounds = box.bounding_box()
    assert bounds is not None
    return bounds["x"] + bounds["width"] / 2


def column_centre(figure: Locator, place: int, count: int) -> float:
    bounds = figure.bounding_box()
    assert bounds is not None
    return bounds["x"] + LEFT + (place + 0.5) / count * (bounds["width"] - LEFT - RIGHT)


def point_at(page: Page, figure: Locator, place: int) -> None:
    figure.scroll_into_view_if_needed()
    bounds = figure.bounding_box()
    assert bounds is not None
    x = column_centre(figure, place, page.locator(".token").count())
    page.mouse.move(x - 3, bounds["y"] + 40)
    page.mouse.move(x, bounds["y"] + 42)


@pytest.mark.parametrize("figure", FIGURES)
def test_hovering_a_token_marks_its_column(boring: Reader, figure: str) -> None:
    words = boring.page.locator(".token").all_inner_texts()
    box = boring.page.locator(figure)
    token(boring.page, "lawyer").hover()
    expect(boring.page.locator(".detail-word")).to_have_text("lawyer")
    boring.wait_for_frame()
    mark = box.locator(".mark.active")
    assert centre(mark) == pytest.approx(
        column_centre(box, words.index("lawyer"), len(words)), abs=1
    )


@pytest.mark.parametrize("figure", FIGURES)
def test_hovering_a_figure_marks_its_token(boring: Reader, figure: str) -> None:
    words = boring.page.locator(".token").all_inner_texts()
    point_at(boring.page, boring.page.locator(figure), words.index("returns"))
    expect(boring.page.locator(".token.active")).to_have_text("returns")
    expect(boring.page.locator(".detail-word")).to_have_text("returns")


def test_leaving_the_review_returns_to_the_pinned_token(boring: Reader) -> None:
    token(boring.page, "young").click()
    token(boring.page, "lawyer").hover()
    boring.page.mouse.move(5, 5)
    expect(boring.page.locator(".detail-word")).to_have_text("young")


def test_a_click_pins_a_token(boring: Reader) -> None:
    token(boring.page, "lawyer").click()
    expect(token(boring.page, "lawyer")).to_have_attribute("aria-selected", "true")


def test_a_second_click_unpins_it(boring: Reader) -> None:
    token(boring.page, "lawyer").click()
    token(boring.page, "lawyer").click()
    expect(token(boring.page, "lawyer")).to_have_attribute("aria-selected", "false")


def test_a_click_in_a_chart_pins_its_token(boring: Reader) -> None:
    words = boring.page.locator(".token").all_inner_texts()
    point_at(boring.page, boring.page.locator(FIGURES[0]), words.index("town"))
    expect(boring.page.locator(".token.active")).to_have_text("town")
    boring.page.mouse.down()
    boring.page.mouse.up()
    expect(token(boring.page, "town")).to_have_attribute("aria-selected", "true")


def test_escape_unpins(boring: Reader) -> None:
    token(boring.page, "lawyer").click()
    boring.page.keyboard.press("Escape")
    expect(boring.page.locator('[aria-selected="true"]')).to_have_count(0)


def test_one_token_is_in_the_tab_order(boring: Reader) -> None:
    expect(boring.page.locator('.token[tabindex="0"]')).to_have_count(1)


@pytest.mark.parametrize(
    ("key", "word"),
    [("ArrowRight", "follows"), ("ArrowLeft", "The"), ("End", "."), ("Home", "The")],
)
def test_arrow_keys_move_between_tokens(boring: Reader, key: str, word: str) -> None:
    token(boring.page, "story").focus()
    boring.page.keyboard.press(key)
    expect(boring.page.locator(".token:focus")).to_have_text(word)
    expect(boring.page.locator(".detail-word")).to_have_text(word)


def test_enter_pins_the_focused_token(boring: Reader) -> None:
    token(boring.page, "story").focus()
    boring.page.keyboard.press("Enter")
    expect(token(boring.page, "story")).to_have_attribute("aria-selected", "true")


def test_the_button_in_the_details_moves_to_the_next_token(boring: Reader) -> None:
    token(boring.page, "young").click()
    boring.page.get_by_role("button", name="Next token").click()
    expect(token(boring.page, "lawyer")).to_have_attribute("aria-selected", "true")


def test_a_click_on_a_large_contribution_pins_its_token(boring: Reader) -> None:
    entry = boring.page.locator(".entry").nth(2)
    word = entry.locator(".entry-word").inner_text()
    entry.click()
    expect(boring.page.locator('.token[aria-selected="true"]')).to_have_text(word)


def test_pointing_at_a_cell_of_the_heat_map_prints_its_unit(boring: Reader) -> None:
    words = boring.page.locator(".token").all_inner_texts()
    point_at(boring.page, boring.page.locator("#heat"), words.index("town"))
    expect(boring.page.locator("#heat-readout")).to_contain_text("at “town”: reset r 0.")


def test_arrow_keys_move_between_the_units_of_the_heat_map(reader: Reader) -> None:
    reader.read(BORING)
    first = reader.page.locator("#heat .value-tick").first.text_content()
    reader.page.locator("#heat").focus()
    reader.page.keyboard.press("ArrowDown")
    expect(reader.page.locator("#heat-readout")).to_contain_text(f"Unit {first} at")


def test_the_close_up_follows_the_active_token(reader: Reader) -> None:
    reader.read(LONG)
    reader.choose("Close-up")
    reader.page.locator(".token").last.click()
    mark = reader.page.locator("#charts .mark.active").first
    expect(mark).to_be_visible()
    reader.page.wait_for_function(
        "mark => mark.getBoundingClientRect().width > 8", arg=mark.element_handle()
    )


def test_a_tap_in_a_chart_pins_its_token_until_the_next(phone: Reader) -> None:
    phone.read(BORING)
    words = phone.page.locator(".token").all_inner_texts()
    chart = phone.page.locator(FIGURES[0])
    chart.scroll_into_view_if_needed()
    bounds = chart.bounding_box()
    assert bounds is not None
    x = column_centre(chart, words.index("town"), len(words))
    phone.page.touchscreen.tap(x, bounds["y"] + 40)
    expect(token(phone.page, "town")).to_have_attribute("aria-selected", "true")


def test_another_colour_keeps_the_place_in_a_long_review(reader: Reader) -> None:
    reader.read(" ".join([LONG] * 3))
    box = reader.page.locator("#review")
    box.evaluate("box => { box.scrollTop = 200; }")
    reader.colour_by("Contribution")
    assert box.evaluate("box => box.scrollTop") == 200


def test_a_token_that_is_pinned_elsewhere_is_scrolled_into_view(reader: Reader) -> None:
    reader.read(" ".join([LONG] * 3))
    reader.page.locator(".entry").first.click()
    box = reader.page.locator("#review").bounding_box()
    pinned = reader.page.locator(".token[aria-selected=true]").bounding_box()
    assert box is not None
    assert pinned is not None
    assert box["y"] <= pinned["y"] <= box["y"] + box["height"]


def test_dragging_in_one_figure_zooms_all(reader: Reader) -> None:
    reader.read(LONG)
    chart = reader.page.locator(FIGURES[0])
    chart.scroll_into_view_if_needed()
    bounds = chart.bounding_box()
    assert bounds is not None
    reader.page.mouse.move(bounds["x"] + 200, bounds["y"] + 50)
    reader.page.mouse.down()
    reader.page.mouse.move(bounds["x"] + 260, bounds["y"] + 50, steps=4)
    reader.page.mouse.up()
    expect(reader.page.get_by_label("Close-up")).to_be_checked()
