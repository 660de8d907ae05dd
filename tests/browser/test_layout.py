"""Phones, the dark colour scheme, keyboards and reduced motion."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.reader import Reader
from tests.browser.reviews import BORING, LONG


def lightness(page: Page, selector: str, style: str = "backgroundColor") -> float:
    """Return the mean of red, green and blue of a computed colour, 0 to 255."""
    text = page.locator(selector).first.evaluate(f"node => getComputedStyle(node).{style}")
    channels = [float(part) for part in text.removeprefix("rgb(").removesuffix(")").split(",")]
    return sum(channels) / 3


def test_on_a_phone_the_page_does_not_scroll_sideways(phone: Reader) -> None:
    phone.read(LONG)
    assert phone.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_on_a_phone_the_page_does_not_scroll_sideways_with_every_panel_open(phone: Reader) -> None:
    phone.read(BORING)
    for panel in ("gate-panel", "faithfulness-panel", "step-panel", "compare-panel"):
        phone.unfold(panel)
    phone.page.get_by_role("button", name="Compare").click()
    expect(phone.page.locator("#compare-result")).to_be_visible()
    assert phone.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_the_figures_are_no_wider_than_a_phone(phone: Reader) -> None:
    phone.read(BORING)
    for figure in phone.page.locator(".figure .plot").all():
        assert (figure.bounding_box() or {"width": PHONE["width"]})["width"] <= PHONE["width"]


def test_on_a_phone_the_prediction_is_scrolled_into_view(phone: Reader) -> None:
    phone.read(BORING)
    expect(phone.page.locator("#prediction-label")).to_be_in_viewport()


def test_on_a_phone_a_tap_shows_the_token(phone: Reader) -> None:
    phone.read(BORING)
    phone.page.locator(".token", has_text="lawyer").tap()
    expect(phone.page.locator("#glance")).to_contain_text("lawyer")
    expect(phone.page.locator("#glance")).to_be_in_viewport()
    phone.page.locator("#charts").scroll_into_view_if_needed()
    expect(phone.page.locator("#detail summary")).to_contain_text("lawyer")
    expect(phone.page.locator("#detail summary")).to_be_in_viewport()


def test_the_page_is_dark_in_the_dark_scheme(dark: Reader) -> None:
    assert lightness(dark.page, "body") < 40


def test_the_plots_are_dark_in_the_dark_scheme(dark: Reader) -> None:
    dark.read(BORING)
    assert lightness(dark.page, "#charts .ground", "fill") < 40


def test_the_plots_follow_a_change_of_scheme(dark: Reader) -> None:
    dark.read(BORING)
    dark.page.emulate_media(color_scheme="light")
    background = dark.page.locator("#charts .ground").first
    expect(background).to_have_css("fill", "rgb(248, 250, 252)")


def test_the_first_tab_stop_skips_to_the_review_box(reader: Reader) -> None:
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.press("Enter")
    expect(reader.page.get_by_label("Film review")).to_be_focused()


def test_a_focused_token_has_an_outline(boring: Reader) -> None:
    token = boring.page.locator(".token").first
    token.focus()
    boring.page.keyboard.press("ArrowRight")
    expect(boring.page.locator(".token:focus")).to_have_css("outline-style", "solid")


def test_nothing_is_animated_with_reduced_motion(reader: Reader) -> None:
    reader.page.emulate_media(reduced_motion="reduce")
    expect(reader.page.locator("#progress")).to_have_css("animation-name", "none")


def test_on_paper_the_line_is_under_the_words_that_are_there(reader: Reader) -> None:
    reader.read(LONG)
    before = reader.page.locator("#story-sheet path.line").get_attribute("d")
    reader.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    sheet = reader.page.locator("#story-sheet")
    width = sheet.evaluate("sheet => sheet.getBoundingClientRect().width")
    ends = sheet.locator("path.half").evaluate("path => path.getBBox().width")
    printed = reader.page.locator("#story-sheet path.line").get_attribute("d")
    reader.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert ends <= width <= 680
    assert printed != before
    assert reader.page.locator("#story-sheet path.line").get_attribute("d") == before


@pytest.mark.parametrize("path", ["/", "/many"])
def test_in_forced_colours_the_main_button_has_a_border(reader: Reader, path: str) -> None:
    reader.open(path)
    reader.page.emulate_media(forced_colors="active")
    border = reader.page.locator(".primary").first.evaluate(
        """button => {
          const style = getComputedStyle(button);
          const isDrawn = parseFloat(style.borderWidth) > 0;
          return [style.borderStyle, isDrawn, style.borderColor !== style.backgroundColor];
        }"""
    )
    reader.page.emulate_media(forced_colors="none")
    assert border == ["solid", True, True]


def test_on_paper_the_whole_review_and_only_what_is_chosen_is_shown(reader: Reader) -> None:
    reader.read(LONG)
    reader.page.emulate_media(media="print")
    box = reader.page.locator("#review")
    assert box.evaluate("box => box.scrollHeight <= box.clientHeight")
    expect(reader.page.locator("#gate span").nth(0)).to_be_visible()
    expect(reader.page.locator("#gate span").nth(1)).to_be_hidden()
    expect(reader.page.get_by_role("button", name="Copy link")).to_be_hidden()
    reader.page.emulate_media(media="screen")
