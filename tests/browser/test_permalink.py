"""A link restores the review and the way in which it is displayed."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.reader import Reader, check
from tests.browser.reviews import BORING, LONG, TURNING

pytestmark = pytest.mark.slow


def link_of(reader: Reader, *parameters: str) -> dict[str, str]:
    """Wait until the address has these parameters; return all of its parameters but the text."""
    for name in parameters:
        expect(reader.page).to_have_url(re.compile(rf"[?&]{name}="))
    query = {name: values[0] for name, values in parse_qs(urlsplit(reader.page.url).query).items()}
    query.pop("text")
    return query


def test_a_link_has_no_parameter_for_a_default(reader: Reader) -> None:
    reader.read(BORING)
    assert link_of(reader) == {}


def test_the_address_follows_the_display(reader: Reader) -> None:
    reader.read(BORING)
    reader.page.locator(".token", has_text="lawyer").click()
    reader.colour_by("Running prediction")
    reader.choose("Chung 2014")
    check(reader.page.locator("#gate").get_by_label("Update"))
    reader.unfold("gate-panel")
    check(reader.page.locator("#intervention").get_by_label("Update: write nothing"))
    check(reader.page.locator("#scope").get_by_label("This and all after"))
    assert link_of(reader, "scope", "gate", "token") == {
        "convention": "chung2014",
        "token": "5",
        "colour": "running",
        "gate": "update",
        "open": "gates",
        "intervention": "update-closed",
        "scope": "after",
    }


def test_a_link_restores_the_display(reader: Reader) -> None:
    reader.read(BORING)
    reader.page.locator(".token", has_text="lawyer").click()
    reader.choose("Chung 2014")
    reader.colour_by("Δ update at 1")
    reader.unfold("gate-panel")
    check(reader.page.locator("#intervention").get_by_label("Update: write nothing"))
    reader.unfold("step-panel")
    reader.page.locator("#step-units").fill("0,9")
    reader.page.locator("#step-units").blur()
    change = reader.page.locator(".logit-change")
    expect(reader.page.locator("#intervened-summary")).to_contain_text("update gate")
    before = change.inner_text()
    link_of(reader, "worked", "intervention", "token")
    link = reader.page.url
    reader.open()
    reader.page.goto(link)
    reader.wait_for_figures()
    expect(change).to_have_text(before)
    expect(reader.page.locator('.token[aria-selected="true"]')).to_have_text("lawyer")
    expect(reader.page.get_by_role("radio", name="Chung 2014")).to_be_checked()
    expect(reader.page.locator("#colouring")).to_have_value("update_at_1")
    expect(reader.page.locator("#step-table caption")).to_have_text(["Unit 0", "Unit 9"])
    assert reader.page.url == link


def test_a_link_restores_the_range_in_view(reader: Reader) -> None:
    reader.read(LONG)
    reader.choose("Close-up")
    view = link_of(reader, "view")["view"]
    reader.page.reload()
    reader.wait_for_figures()
    expect(reader.page.get_by_label("Close-up")).to_be_checked()
    assert link_of(reader, "view")["view"] == view


def test_a_link_restores_that_no_token_is_pinned(reader: Reader) -> None:
    reader.read(BORING)
    reader.page.keyboard.press("Escape")
    assert link_of(reader, "token") == {"token": "none"}
    reader.page.reload()
    reader.wait_for_figures()
    expect(reader.page.locator('.token[aria-selected="true"]')).to_have_count(0)


def test_a_link_with_invalid_parameters_still_opens(reader: Reader) -> None:
    reader.open(
        "/?text=A%20fine%20film.&token=99&view=x-y&colour=red&intervention=1&open=all&worked=0"
    )
    reader.wait_for_figures()
    expect(reader.page.locator('.token[aria-selected="true"]')).to_have_count(1)
    expect(reader.page.locator("#colouring")).to_have_value("attribution")


def test_a_link_from_before_version_1_still_opens(reader: Reader) -> None:
    reader.open(
        "/?text=A%20fine%20film.&convention=course&colour=credit&open=gates&hold=update-closed"
    )
    reader.wait_for_figures()
    expect(reader.page.get_by_role("radio", name="Chung 2014")).to_be_checked()
    expect(reader.page.locator("#colouring")).to_have_value("attribution")
    expect(reader.page.get_by_role("radio", name="Update: write nothing")).to_be_checked()


def test_a_link_that_got_no_response_keeps_its_display_when_tried_again(reader: Reader) -> None:
    reader.page.route("**/explain", lambda route: route.abort())
    reader.open("/?text=A%20fine%20film.&token=1&at=1")
    retry = reader.page.get_by_role("button", name="Try again")
    expect(retry).to_be_visible()
    reader.page.unroute_all()
    reader.errors.clear()
    retry.click()
    reader.wait_for_figures()
    expect(reader.page.locator('.token[aria-selected="true"]')).to_have_text("fine")
    expect(reader.page.locator("#held-value")).to_contain_text("open")


def test_the_copied_link_is_that_of_what_is_shown(reader: Reader) -> None:
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reader.read("A fine film.")
    reader.page.get_by_role("button", name="Copy link").click()
    expect(reader.page.locator("#copied")).not_to_be_empty()
    copied = reader.page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{reader.origin}/?text=A+fine+film."


def test_the_review_that_the_page_opens_with_can_be_copied_as_a_link(reader: Reader) -> None:
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reader.wait_for_figures()
    reader.page.get_by_role("button", name="Copy link").click()
    expect(reader.page.locator("#copied")).not_to_be_empty()
    copied = reader.page.evaluate("navigator.clipboard.readText()")
    assert parse_qs(urlsplit(copied).query)["text"] == [TURNING]


def test_a_link_of_a_long_review_has_it_in_the_fragment_and_restores_it(reader: Reader) -> None:
    text = " ".join([BORING] * 24)
    reader.read(text)
    reader.page.wait_for_url("**/#packed=*")
    link = reader.page.url
    reader.page.goto("about:blank")
    reader.page.goto(link)
    reader.wait_for_figures()
    expect(reader.page.locator("#token-highlight")).to_have_text(text)
