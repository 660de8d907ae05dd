"""The review is read and edited in the same place, in two modes."""

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.conftest import DESKTOP
from tests.browser.reader import Reader
from tests.browser.reviews import BORING, LAYOUT, LONG, MARKUP

# As high as its text, the box has as many lines as the tokens, if both break in the same places.
HEIGHT_OF_TEXT = """box => {
  const height = box.style.height;
  box.style.height = "0";
  const needed = box.scrollHeight;
  box.style.height = height;
  return needed;
}"""


def box(reader: Reader) -> Locator:
    """Return the box that edits the review."""
    return reader.page.get_by_role("textbox", name="Film review")


def tokens(reader: Reader) -> Locator:
    """Return the options of the list of tokens."""
    return reader.page.locator("#token-highlight").get_by_role("option")


def expect_mode(reader: Reader, mode: str) -> None:
    """Wait until the review is in a mode: `reading` or `editing`."""
    expect(reader.page.locator("#review")).to_have_attribute("data-mode", mode)


def test_the_button_leads_to_the_end_of_the_text(reader: Reader) -> None:
    reader.read("A fine film")
    reader.page.get_by_role("button", name="Edit").click()
    reader.page.keyboard.type(" indeed")
    expect(box(reader)).to_have_value("A fine film indeed")


def test_the_same_button_reads_what_was_written(reader: Reader) -> None:
    reader.read("A fine film")
    box(reader).fill("A dull film")
    reader.page.get_by_role("button", name="Read the review").click()
    expect(reader.page.locator("#token-highlight")).to_have_text("A dull film")
    expect(reader.page.get_by_role("button", name="Edit")).to_be_visible()
    expect(reader.page.locator(".token:focus")).to_have_count(1)


def test_a_review_that_arrives_takes_no_focus_from_the_box(reader: Reader) -> None:
    reader.open()
    box(reader).focus()
    reader.wait_for_figures()
    expect(box(reader)).to_be_focused()
    expect_mode(reader, "editing")


def test_typing_on_a_token_writes_behind_it(reader: Reader) -> None:
    reader.read("A fine film")
    reader.page.locator(".token", has_text="fine").focus()
    reader.page.keyboard.type("r")
    expect(box(reader)).to_have_value("A finer film")
    expect(box(reader)).to_be_focused()


def test_a_deletion_on_a_token_deletes_its_last_letter(reader: Reader) -> None:
    reader.read("A 😀 finer film")
    reader.page.locator(".token", has_text="finer").focus()
    reader.page.keyboard.press("Backspace")
    expect(box(reader)).to_have_value("A 😀 fine film")


def test_a_double_click_on_a_token_leads_behind_it(reader: Reader) -> None:
    reader.read("A fine film")
    reader.page.locator(".token", has_text="fine").dblclick()
    reader.page.keyboard.type("st")
    expect(box(reader)).to_have_value("A finest film")


def test_a_text_of_one_s_own_replaces_the_one_that_is_there(reader: Reader) -> None:
    reader.read("A fine film")
    reader.page.get_by_role("button", name="Write your own").click()
    reader.page.keyboard.type("Dull.")
    expect(box(reader)).to_have_value("Dull.")


def test_the_text_is_edited_in_the_place_where_it_is_read(reader: Reader) -> None:
    reader.read(BORING)
    before = reader.page.locator("#token-highlight").bounding_box()
    reader.page.get_by_role("button", name="Edit").click()
    after = box(reader).bounding_box()
    assert before is not None
    assert after is not None
    assert (after["x"], after["y"], after["width"]) == (before["x"], before["y"], before["width"])


@pytest.mark.parametrize("text", [LAYOUT, MARKUP, LONG], ids=["layout", "markup", "long"])
def test_the_box_breaks_lines_where_the_tokens_do(reader: Reader, text: str) -> None:
    reader.read(text)
    reader.page.get_by_role("button", name="Edit").click()
    for width in (360, 700, 1000, 1280):
        reader.page.set_viewport_size({"width": width, "height": 900})
        lines = reader.page.locator("#token-highlight").evaluate("box => box.offsetHeight")
        assert box(reader).evaluate(HEIGHT_OF_TEXT) == lines
    reader.page.set_viewport_size(DESKTOP)


def test_the_colours_stay_until_the_text_is_changed(reader: Reader) -> None:
    reader.read(BORING)
    reader.page.get_by_role("button", name="Edit").click()
    expect(reader.page.locator("#token-highlight")).to_have_css("opacity", "1")
    reader.page.keyboard.type("!")
    expect(reader.page.locator("#token-highlight")).to_have_css("opacity", "0")


def test_colours_return_when_the_change_is_taken_back(reader: Reader) -> None:
    reader.read(BORING)
    reader.page.get_by_role("button", name="Edit").click()
    reader.page.keyboard.type("!")
    expect(reader.page.locator("#unread")).to_be_visible()
    reader.page.keyboard.press("Control+z")
    expect(reader.page.locator("#unread")).to_be_hidden()
    expect(reader.page.locator("#token-highlight")).to_have_css("opacity", "1")


def test_an_edit_can_be_undone_after_it_was_read(reader: Reader) -> None:
    reader.read("A fine film")
    reader.page.get_by_role("button", name="Edit").click()
    reader.page.keyboard.type(" indeed")
    reader.page.keyboard.press("Control+Enter")
    expect(tokens(reader)).to_have_count(4)
    reader.page.get_by_role("button", name="Edit").click()
    reader.page.keyboard.press("Control+z")
    expect(box(reader)).not_to_have_value("A fine film indeed")


def test_what_is_pasted_is_plain_text(reader: Reader) -> None:
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reader.read("A fine film")
    reader.page.evaluate(
        """navigator.clipboard.write([new ClipboardItem({
          "text/html": new Blob(["<b>bold</b>"], { type: "text/html" }),
          "text/plain": new Blob([" bold"], { type: "text/plain" }),
        })])"""
    )
    reader.page.get_by_role("button", name="Edit").click()
    reader.page.keyboard.press("Control+v")
    expect(box(reader)).to_have_value("A fine film bold")


def paste(reader: Reader, text: str) -> None:
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reader.page.evaluate("text => navigator.clipboard.writeText(text)", text)
    reader.page.keyboard.press("Control+v")


def test_a_text_pasted_in_the_place_of_the_review_is_read(reader: Reader) -> None:
    reader.page.get_by_role("button", name="Write your own").click()
    paste(reader, "A fine film")
    expect(tokens(reader)).to_have_count(3)
    expect_mode(reader, "reading")


def test_a_text_pasted_anywhere_is_read(reader: Reader) -> None:
    expect(tokens(reader)).not_to_have_count(0)
    reader.page.locator("h1").click()
    paste(reader, "A fine film")
    expect(tokens(reader)).to_have_count(3)


def test_escape_returns_to_the_tokens_of_an_unchanged_text(reader: Reader) -> None:
    reader.read(BORING)
    reader.page.get_by_role("button", name="Edit").click()
    reader.page.keyboard.press("Escape")
    expect_mode(reader, "reading")
    expect(reader.page.locator(".token:focus")).to_have_count(1)
    expect(reader.page.locator('.token[aria-selected="true"]')).to_have_count(1)


def test_escape_loses_no_edit(reader: Reader) -> None:
    reader.read("A fine film")
    reader.page.get_by_role("button", name="Edit").click()
    reader.page.keyboard.type("!")
    reader.page.keyboard.press("Escape")
    expect(box(reader)).to_have_value("A fine film!")
    expect(reader.page.get_by_role("button", name="Read the review")).to_be_focused()


def test_the_focus_goes_to_the_tokens_when_the_edit_was_read(reader: Reader) -> None:
    reader.read("A fine film")
    reader.page.get_by_role("button", name="Edit").click()
    reader.page.keyboard.type("!")
    reader.page.keyboard.press("Control+Enter")
    expect(reader.page.locator(".token:focus")).to_have_count(1)
    expect_mode(reader, "reading")


def test_leaving_the_form_ends_editing_of_an_unchanged_text(reader: Reader) -> None:
    reader.read(BORING)
    reader.page.get_by_role("button", name="Edit").click()
    reader.page.locator("#hold-value").focus()
    expect_mode(reader, "reading")


def test_what_is_written_while_a_text_is_read_is_kept(reader: Reader) -> None:
    reader.read("A fine film")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    reader.page.route("**/explain", hold)
    box(reader).fill("A dull film")
    box(reader).press("Control+Enter")
    box(reader).press_sequentially("s")
    for route in held:
        route.continue_()
    reader.page.unroute_all()
    expect(reader.page.locator("#token-highlight")).to_have_text("A dull film")
    expect(box(reader)).to_have_value("A dull films")
    expect(reader.page.locator("#unread")).to_be_visible()


def test_while_editing_the_tokens_cannot_be_reached(reader: Reader) -> None:
    reader.read(BORING)
    reader.page.get_by_role("button", name="Edit").click()
    reader.page.locator(".token").first.evaluate("token => token.focus()")
    expect(box(reader)).to_be_focused()


def test_the_page_has_one_box_with_the_review(reader: Reader) -> None:
    reader.read(BORING)
    expect(reader.page.get_by_text(BORING, exact=True)).to_have_count(1)


def test_a_long_text_grows_the_box_and_scrolls_in_it(reader: Reader) -> None:
    reader.read("A fine film")
    box(reader).fill(" ".join([LONG] * 4))
    review = reader.page.locator("#review")
    assert review.evaluate("box => box.scrollHeight > box.clientHeight")
    assert box(reader).evaluate("box => box.scrollHeight <= box.clientHeight")


def test_in_forced_colours_no_letter_is_seen_twice(reader: Reader) -> None:
    reader.read(BORING)
    reader.page.emulate_media(forced_colors="active")
    reader.page.get_by_role("button", name="Edit").click()
    expect(reader.page.locator("#token-highlight")).to_have_css("opacity", "0")
    reader.page.emulate_media(forced_colors="none")
