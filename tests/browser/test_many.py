"""The page /many: texts from a box or a file, scored, summed up, and listed in a table."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.numbers import number
from tests.browser.reader import Reader
from tests.browser.reviews import BORING

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


def test_the_words_that_did_most_are_those_of_the_api(many: Reader) -> None:
    run(many, BORING)
    tokens = many.page.request.post(f"{many.origin}/explain", data={"text": BORING}).json()[
        "tokens"
    ]
    strongest = max(
        (token for token in tokens if token["text"].isalpha()),
        key=lambda token: abs(token["attribution"]),
    )
    expect(many.page.locator("#table .words span").first).to_have_text(strongest["text"])


def test_a_sort_by_probability_is_stated_and_turned_over_by_a_second_click(many: Reader) -> None:
    run(many, table_of(TEXTS))
    head = many.page.get_by_role("columnheader", name="P(positive)")
    for order in ("ascending", "descending"):
        head.get_by_role("button").click()
        expect(head).to_have_attribute("aria-sort", order)
        values = [v for v in many.page.locator("#table .place").all_inner_texts()[1::2] if v]
        assert values == sorted(values, reverse=order == "descending")


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
    expect(many.page.locator("#too-many")).to_contain_text("1 more are left out")
    expect(many.page.locator("#start")).to_have_text("Read 1,000")


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
