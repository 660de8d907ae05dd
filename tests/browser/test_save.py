"""Saved files have what is shown: the API's responses, and a picture drawn by the page."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP
from tests.browser.reader import Reader, check
from tests.browser.reviews import BORING, MARKUP

pytestmark = pytest.mark.slow


PNG = b"\x89PNG\r\n\x1a\n"


def save(reader: Reader, form: str, directory: Path) -> Path:
    reader.page.locator("#save summary").click()
    with reader.page.expect_download() as waiting:
        reader.page.locator(f"#save [data-format={form}]").click()
    assert waiting.value.suggested_filename == f"explanation.{form}"
    path = directory / f"explanation.{form}"
    waiting.value.save_as(path)
    return path


def explain(reader: Reader, **body: Any) -> Any:
    return reader.page.request.post(
        f"{reader.origin}/explain", data={"text": BORING, **body}
    ).json()


def test_the_json_is_that_of_the_api(reader: Reader, tmp_path: Path) -> None:
    reader.begin()
    reader.read(BORING)
    assert json.loads(save(reader, "json", tmp_path).read_text()) == explain(reader)


def test_optional_fields_that_are_shown_are_saved_too(boring: Reader, tmp_path: Path) -> None:
    boring.choose("Chung 2014")
    boring.colour_by("Attribution")
    boring.unfold("gate-panel")
    check(boring.page.locator("#intervention").get_by_label("Update: write nothing"))
    check(boring.page.locator("#scope").get_by_label("All tokens"))
    saved = json.loads(save(boring, "json", tmp_path).read_text())
    intervention = {"gate": "update", "value": 0, "tokens": f"0-{len(saved['tokens']) - 1}"}
    assert saved == explain(
        boring, convention="chung2014", attribution=True, interventions=[intervention]
    )


def test_the_csv_has_one_row_per_token(boring: Reader, tmp_path: Path) -> None:
    with save(boring, "csv", tmp_path).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    tokens = explain(boring)["tokens"]
    assert [row["text"] for row in rows] == [token["text"] for token in tokens]
    assert [float(row["decomposition.total"]) for row in rows] == [
        token["decomposition"]["total"] for token in tokens
    ]


@pytest.mark.parametrize("text", [BORING, MARKUP])
def test_the_html_loads_nothing_and_runs_nothing(reader: Reader, tmp_path: Path, text: str) -> None:
    reader.read(text)
    path = save(reader, "html", tmp_path)
    reader.page.goto(path.as_uri())
    reader.requests.clear()
    assert reader.page.locator(".highlight").text_content() == text
    expect(reader.page.locator("h1")).to_be_visible()
    strongest = reader.page.locator(".highlight .s10")
    expect(strongest.first).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")
    assert (reader.dialogs, reader.requests) == ([], [])


def test_no_part_of_a_table_of_the_html_is_hidden(reader: Reader, tmp_path: Path) -> None:
    reader.read(BORING)
    path = save(reader, "html", tmp_path)
    reader.page.goto(path.as_uri())
    for media, width in (("screen", 400), ("screen", 1280), ("print", 1040)):
        reader.page.emulate_media(media="print" if media == "print" else "screen")
        reader.page.set_viewport_size({"width": width, "height": 700})
        for box in reader.page.locator(".scroll").all():
            hidden = "box => box.scrollWidth - box.clientWidth"
            assert box.evaluate(hidden) <= 0, (media, width)
        if media == "print":  # A4, landscape
            table = reader.page.locator("table.numbers").bounding_box()
            assert table is not None
            assert table["x"] + table["width"] <= width
    reader.page.emulate_media(media="screen")
    reader.page.set_viewport_size(DESKTOP)


def test_the_picture_has_the_size_of_the_review_and_the_charts(
    boring: Reader, tmp_path: Path
) -> None:
    content = save(boring, "png", tmp_path).read_bytes()
    assert content.startswith(PNG)
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    assert width == 2200
    assert height > 1500
    assert len(content) > 50_000


def test_a_review_too_long_for_a_picture_is_refused_with_a_reason(reader: Reader) -> None:
    reader.read("a\n" * 250)
    reader.page.locator("#save summary").click()
    reader.page.locator("#save [data-format=png]").click()
    expect(reader.page.locator("#save-problem")).to_contain_text("too long for one picture")


def test_escape_closes_the_menu_and_leaves_the_token_pinned(boring: Reader) -> None:
    boring.page.locator("#save summary").click()
    boring.page.keyboard.press("Escape")
    expect(boring.page.locator("#save ul")).to_be_hidden()
    expect(boring.page.locator('.token[aria-selected="true"]')).to_have_count(1)
