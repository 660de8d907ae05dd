"""A link restores the review, and how it was looked at."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from tests.browser.reader import Reader
from tests.browser.reviews import BORING, LONG


def link_of(reader: Reader, *parameters: str) -> dict[str, str]:
    """Wait until the address names these parameters; answer them all but the text."""
    for name in parameters:
        expect(reader.page).to_have_url(re.compile(rf"[?&]{name}="))
    query = {name: values[0] for name, values in parse_qs(urlsplit(reader.page.url).query).items()}
    query.pop("text")
    return query


def test_what_is_at_its_default_is_left_out(reader: Reader) -> None:
    reader.read(BORING)
    assert link_of(reader) == {}


def test_the_address_follows_the_look(reader: Reader) -> None:
    reader.read(BORING)
    reader.page.locator(".token", has_text="lawyer").click()
    reader.colour_by("Running verdict")
    reader.choose("Course")
    reader.page.locator("#gate").get_by_label("Update").check(force=True)
    reader.unfold("gate-panel")
    reader.page.locator("#hold").get_by_label("Update closed").check(force=True)
    reader.page.locator("#scope").get_by_label("This and all after").check(force=True)
    assert link_of(reader, "scope", "gate", "token") == {
        "convention": "course",
        "token": "5",
        "colour": "running",
        "gate": "update",
        "open": "gates",
        "hold": "update-closed",
        "scope": "after",
    }


def test_a_link_restores_the_look(reader: Reader) -> None:
    reader.read(BORING)
    reader.page.locator(".token", has_text="lawyer").click()
    reader.choose("Course")
    reader.colour_by("Δ update closed")
    reader.unfold("gate-panel")
    reader.page.locator("#hold").get_by_label("Update closed").check(force=True)
    reader.unfold("step-panel")
    reader.page.locator("#step-units").fill("0,9")
    reader.page.locator("#step-units").blur()
    change = reader.page.locator(".held-change")
    expect(reader.page.locator("#held-answer")).to_contain_text("update gate")
    before = change.inner_text()
    link_of(reader, "worked", "hold", "token")
    link = reader.page.url
    reader.open()
    reader.page.goto(link)
    reader.wait_for_figures()
    expect(change).to_have_text(before)
    expect(reader.page.locator('.token[aria-selected="true"]')).to_have_text("lawyer")
    expect(reader.page.get_by_role("radio", name="Course")).to_be_checked()
    expect(reader.page.locator("#colouring")).to_have_value("update_closed")
    expect(reader.page.locator("#step-table caption")).to_have_text(["Unit 0", "Unit 9"])
    assert reader.page.url == link


def test_a_link_restores_the_part_in_view(reader: Reader) -> None:
    reader.read(LONG)
    reader.choose("Close-up")
    view = link_of(reader, "view")["view"]
    reader.page.reload()
    reader.wait_for_figures()
    expect(reader.page.get_by_label("Close-up")).to_be_checked()
    assert link_of(reader, "view")["view"] == view


def test_no_pinned_token_is_restored_as_none(reader: Reader) -> None:
    reader.read(BORING)
    reader.page.keyboard.press("Escape")
    assert link_of(reader, "token") == {"token": "none"}
    reader.page.reload()
    reader.wait_for_figures()
    expect(reader.page.locator('.token[aria-selected="true"]')).to_have_count(0)


def test_a_link_with_nonsense_in_it_still_opens(reader: Reader) -> None:
    reader.open("/?text=A%20fine%20film.&token=99&view=x-y&colour=red&hold=1&open=all&worked=0")
    reader.wait_for_figures()
    expect(reader.page.locator('.token[aria-selected="true"]')).to_have_count(1)
    expect(reader.page.locator("#colouring")).to_have_value("total")
