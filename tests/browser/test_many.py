"""The page /many: texts from a box or a file, scored, summed up, and listed in a table."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.numbers import number
from tests.browser.reader import Reader
from tests.browser.reviews import BORING, LONG, MARKUP, TURNING

pytestmark = pytest.mark.slow

TEXTS = [
    "A wonderful film, and a great cast.",
    "Dull, and far too long.",
    "   ",
    "The lead is fine. But the movie is really boring.",
]


@pytest.fixture
def many(desktop: Reader) -> Iterator[Reader]:
    """Show the page. After the test, no error may have occurred in it."""
    desktop.begin()
    desktop.open("/many")
    yield desktop
    assert desktop.errors == []


def table_of(texts: list[str]) -> str:
    """Those texts as CSV, in the second column."""
    file = io.StringIO()
    csv.writer(file).writerows([["id", "review"], *enumerate(texts)])
    return file.getvalue()


def run(reader: Reader, content: str) -> None:
    reader.page.locator("#texts").fill(content)
    reader.page.locator("#start").click()
    expect(reader.page.locator("#progress")).to_contain_text("read and explained")


def verdicts(reader: Reader) -> list[str]:
    return reader.page.locator("#table td.verdict").all_inner_texts()


def test_every_row_has_the_verdict_of_the_api(many: Reader) -> None:
    run(many, table_of(TEXTS))
    readable = [TEXTS[place] for place in (0, 1, 3)]
    response = many.page.request.post(f"{many.origin}/predict", data={"text": readable})
    expected = [prediction["probabilities"]["positive"] for prediction in response.json()]
    shown = many.page.locator("#table tbody td:nth-child(3)").all_inner_texts()
    assert shown == [number(expected[0]), number(expected[1]), "", number(expected[2])]


def test_a_text_that_is_refused_says_why_and_stops_no_other(many: Reader) -> None:
    run(many, table_of(TEXTS))
    assert verdicts(many) == ["Positive", "Negative", "Not read", "Negative"]
    expect(many.page.locator("#table tr[data-verdict=problem]")).to_contain_text("blank")


def test_texts_that_are_refused_may_be_more_than_a_response_lists(many: Reader) -> None:
    run(many, table_of(["A wonderful film.", *[" "] * 30]))
    assert verdicts(many) == ["Positive", *["Not read"] * 30]


def test_a_text_longer_than_a_request_stops_no_other(many: Reader, tmp_path: Path) -> None:
    file = tmp_path / "reviews.txt"
    file.write_text("dull " * 500_000 + "\nA wonderful film.\n")
    many.page.locator("#file").set_input_files(file)
    many.page.locator("#start").click()
    expect(many.page.locator("#progress")).to_contain_text("1 of 2 texts read and explained")
    assert verdicts(many) == ["Not read", "Positive"]


def test_the_flags_and_the_turn_of_a_row_are_those_of_the_api(many: Reader) -> None:
    run(many, TURNING)
    response = many.page.request.post(f"{many.origin}/explain", data={"text": TURNING}).json()
    flags = [flag for token in response["tokens"] for flag in token["flags"]]
    shown = many.page.locator("#table td.flags .flag").all_inner_texts()
    assert [text.split()[0] for text in shown] == [
        str(flags.count(name)) for name in ("flip", "reset", "rewrite") if name in flags
    ]
    expect(many.page.locator("#table td.turn")).to_have_text("But")


def test_the_words_that_did_most_are_those_of_the_api(many: Reader) -> None:
    run(many, BORING)
    tokens = many.page.request.post(f"{many.origin}/explain", data={"text": BORING}).json()[
        "tokens"
    ]
    strongest = max(
        (token for token in tokens if token["text"].isalpha()),
        key=lambda token: abs(token["attribution"]),
    )
    expect(many.page.locator("#table .word-text").first).to_have_text(strongest["text"])


def test_a_sort_by_probability_is_stated_and_turned_over_by_a_second_click(many: Reader) -> None:
    run(many, table_of(TEXTS))
    head = many.page.get_by_role("columnheader", name="P(positive)")
    for order in ("ascending", "descending"):
        head.get_by_role("button").click()
        expect(head).to_have_attribute("aria-sort", order)
        *values, blank = many.page.locator("#table td.probability").all_inner_texts()
        assert values == sorted(values, reverse=order == "descending")
        assert blank == ""


def test_the_table_is_filtered_by_verdict_and_by_words(many: Reader) -> None:
    run(many, table_of(TEXTS))
    many.page.locator("#verdict").select_option(label="Negative")
    assert verdicts(many) == ["Negative", "Negative"]
    many.page.locator("#filter").fill("BORING")
    expect(many.page.locator("#shown")).to_have_text("1 of 4 shown")


def test_a_row_opens_as_a_review(many: Reader) -> None:
    run(many, BORING)
    with many.page.context.expect_page() as opened:
        many.page.locator("#table a").first.click()
    expect(opened.value.locator("#token-highlight")).to_have_text(BORING)
    opened.value.close()


def test_a_saved_table_has_what_is_shown(many: Reader) -> None:
    run(many, table_of(TEXTS))
    many.page.locator("#verdict").select_option(label="Positive")
    with many.page.expect_download() as download:
        many.page.get_by_role("button", name="Save JSON Lines").click()
    [record] = map(json.loads, Path(download.value.path()).read_text().splitlines())
    assert (record["number"], record["text"]) == (1, TEXTS[0])
    assert 0.5 < record["probability_positive"] <= 1


def test_a_row_with_a_comma_too_many_is_refused_by_its_line(many: Reader) -> None:
    many.page.locator("#texts").fill("id,text\n1,Fine.\n2,Dull, and long.")
    expect(many.page.locator("#problem")).to_contain_text("Line 3 has 3 fields")
    expect(many.page.locator("#chosen")).to_be_hidden()


def test_more_texts_than_the_page_reads_are_announced(many: Reader) -> None:
    many.page.locator("#texts").fill("Fine.\n" * 1001)
    expect(many.page.locator("#too-many")).to_contain_text("the last 1 would")
    expect(many.page.locator("#start")).to_have_text("Read the first 1,000")


def test_a_file_is_read_and_the_column_can_be_chosen(many: Reader, tmp_path: Path) -> None:
    file = tmp_path / "reviews.csv"
    file.write_text("title,notes\nA wonderful and moving film about friends,Dull.\n")
    many.page.locator("#file").set_input_files(file)
    expect(many.page.locator("#chosen-count")).to_contain_text("reviews.csv: 1 text")
    many.page.locator("#column").select_option(label="notes")
    many.page.locator("#start").click()
    expect(many.page.locator("#table .excerpt")).to_have_text("Dull.")


def test_what_was_read_before_a_failure_is_kept_and_the_rest_can_be_read(many: Reader) -> None:
    many.page.route("**/explain", lambda route: route.abort())
    many.page.locator("#texts").fill("\n".join(TEXTS[:2]))
    many.page.locator("#start").click()
    expect(many.page.locator("#run-problem")).to_be_visible()
    assert verdicts(many) == ["Positive", "Negative"]
    many.page.unroute_all()
    many.errors.clear()
    many.page.get_by_role("button", name="Go on").click()
    expect(many.page.locator("#progress")).to_contain_text("2 texts read and explained")


def test_a_run_can_be_stopped(many: Reader) -> None:
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    many.page.route("**/predict", hold)
    many.page.locator("#texts").fill("\n".join(TEXTS[:2]))
    many.page.locator("#start").click()
    many.page.get_by_role("button", name="Stop").click()
    expect(many.page.get_by_role("button", name="Go on")).to_be_visible()
    many.page.unroute_all()


def test_an_explanation_that_fails_again_is_stated_in_its_row(many: Reader) -> None:
    def refuse(route: Route) -> None:
        if TEXTS[1] in (route.request.post_data or ""):
            route.abort()
        else:
            route.continue_()

    many.page.route("**/explain", refuse)
    many.page.locator("#texts").fill("\n".join(TEXTS[:2]))
    many.page.locator("#start").click()
    many.page.get_by_role("button", name="Go on").click()
    expect(many.page.locator("#progress")).to_contain_text("1 of 2 texts read and explained")
    expect(many.page.locator("#table .remark")).to_contain_text("Not explained")
    many.page.unroute_all()
    many.errors.clear()


def test_a_row_keeps_the_focus_while_the_table_changes(many: Reader) -> None:
    run(many, table_of(TEXTS))
    link = many.page.get_by_role("link", name=TEXTS[3])
    link.focus()
    many.page.get_by_role("columnheader", name="P(positive)").get_by_role("button").evaluate(
        "button => button.click()"
    )
    expect(link).to_be_focused()


def test_a_long_text_opens_as_a_review_too(many: Reader) -> None:
    text = " ".join([LONG] * 3)
    run(many, text)
    link = many.page.locator("#table a")
    expect(link).to_have_attribute("href", re.compile("^/#packed="))
    with many.page.context.expect_page() as opened:
        link.click()
    expect(opened.value.locator("#token-highlight")).to_have_text(text)
    opened.value.close()


def test_a_file_can_be_dropped_anywhere(many: Reader) -> None:
    transfer = many.page.evaluate_handle(
        """() => {
            const transfer = new DataTransfer();
            transfer.items.add(new File(["id;review\\n1;Fine, really."], "dropped.csv"));
            return transfer;
        }"""
    )
    many.page.dispatch_event("footer", "drop", {"dataTransfer": transfer})
    expect(many.page.locator("#chosen-count")).to_contain_text("dropped.csv: 1 text")
    expect(many.page.locator("#format")).to_have_value("semicolons")


def test_a_table_can_be_read_as_lines(many: Reader) -> None:
    many.page.locator("#texts").fill("id,text\n1,Fine.\n2,Dull, and long.")
    expect(many.page.locator("#problem")).to_be_visible()
    many.page.locator("#format").select_option(label="one review a line")
    expect(many.page.locator("#problem")).to_be_hidden()
    expect(many.page.locator("#start")).to_have_text("Read all 3")


def test_a_file_that_is_not_text_is_refused(many: Reader, tmp_path: Path) -> None:
    file = tmp_path / "reviews.csv"
    file.write_bytes("text\nDélicieux.\n".encode("latin-1"))
    many.page.locator("#file").set_input_files(file)
    expect(many.page.locator("#problem")).to_contain_text("UTF-8")
    expect(many.page.locator("#chosen")).to_be_hidden()


def test_function_words_are_summed_up_on_request(many: Reader) -> None:
    run(many, BORING)
    words = many.page.locator("#words .entry-word")
    assert "the" not in words.all_inner_texts()
    many.page.get_by_label("Also words such as").check()
    assert "the" in words.all_inner_texts()


def test_markup_in_a_text_is_shown_as_text(many: Reader) -> None:
    run(many, MARKUP)
    expect(many.page.locator("#table .excerpt")).to_have_text(MARKUP)
    assert many.page.locator("#table :is(script, img)").count() == 0
    assert many.dialogs == []


def test_everything_comes_from_the_service(many: Reader) -> None:
    run(many, BORING)
    assert [url for url in many.requests if not url.startswith(many.origin)] == []


def test_at_320_pixels_only_the_table_scrolls_sideways(phone: Reader) -> None:
    before = phone.page.viewport_size
    assert before
    phone.page.set_viewport_size({"width": 320, "height": 740})
    try:
        phone.open("/many")
        run(phone, table_of([*TEXTS, LONG]))
        assert phone.page.evaluate("document.documentElement.scrollWidth") == 320
        assert phone.page.locator(".table-box").evaluate("box => box.scrollWidth > box.clientWidth")
    finally:
        phone.page.set_viewport_size(before)
