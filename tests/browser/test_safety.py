"""A review stays text, whatever it contains, and the page sends requests to its own server only."""

from playwright.sync_api import expect

from tests.browser.reader import Reader
from tests.browser.reviews import BORING, MARKUP


def test_markup_in_a_review_is_shown_as_text(reader: Reader) -> None:
    reader.read(MARKUP)
    assert reader.page.locator("#token-highlight").text_content() == MARKUP


def test_markup_in_a_review_creates_no_element(reader: Reader) -> None:
    reader.read(MARKUP)
    created = reader.page.locator("main :is(script, b:not(.range b, .example b), img, iframe)")
    expect(created).to_have_count(0)


def test_markup_in_a_review_never_runs(reader: Reader) -> None:
    reader.read(MARKUP)
    for token in reader.page.locator(".token").all()[:8]:
        token.hover()
    reader.page.get_by_text("All numbers as a table").click()
    assert reader.dialogs == []


def test_markup_in_a_link_is_shown_as_text(reader: Reader) -> None:
    reader.open("/?text=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E%20film")
    reader.wait_for_figures()
    assert (
        reader.page.locator("#token-highlight").text_content()
        == "<img src=x onerror=alert(1)> film"
    )
    assert reader.dialogs == []


def test_words_under_a_chart_are_plain_text(reader: Reader) -> None:
    reader.read("A < b & c > d film")
    words = reader.page.locator("#heat .token-tick").all_text_contents()
    assert words == ["A", "<", "b", "&", "c", ">", "d", "film"]


def test_an_entity_in_a_review_is_not_decoded(reader: Reader) -> None:
    reader.read("Fish &lt; chips")
    assert reader.page.locator("#token-highlight").text_content() == "Fish &lt; chips"


def test_no_request_goes_to_another_server(reader: Reader) -> None:
    reader.read(BORING)
    foreign = [
        url
        for url in reader.requests
        if not url.startswith((reader.origin + "/", "data:", "blob:"))
    ]
    assert foreign == []


def test_the_page_has_a_policy_against_foreign_scripts(reader: Reader) -> None:
    response = reader.page.request.get(reader.origin)
    assert "default-src 'self'" in response.headers["content-security-policy"]


def test_reading_a_review_writes_no_error_to_the_console(reader: Reader) -> None:
    reader.read(BORING)
    reader.colour_by("Running prediction")
    reader.choose("Chung 2014")
    reader.choose("All 512 units")
    assert reader.errors == []
