"""A review beside another text, or beside itself in another model."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MODELS, PHONE
from tests.browser.numbers import number, signed
from tests.browser.reader import Reader, check
from tests.browser.reviews import BORING, MARKUP, TURNING

pytestmark = pytest.mark.slow

OWN, OTHER = MODELS
VERDICTS = {"positive": "Positive", "negative": "Negative"}


def explain(reader: Reader, model: str, text: str = TURNING) -> dict[str, Any]:
    """Return the explanation of the API."""
    body = {"text": text, "model": model}
    explanation: dict[str, Any] = reader.page.request.post(
        f"{reader.origin}/explain", data=body
    ).json()
    return explanation


def choose_model(reader: Reader, text: str = TURNING) -> None:
    """Show a review beside itself in the other model."""
    reader.read(text)
    reader.unfold("compare-panel")
    check(reader.page.locator("#compare-with").get_by_label("Another model"))
    expect(reader.page.locator("#sides .side")).to_have_count(2)


def test_both_models_have_their_verdict(reader: Reader) -> None:
    choose_model(reader)
    for place, model in enumerate(MODELS):
        side, expected = reader.page.locator(".side").nth(place), explain(reader, model)
        expect(side.get_by_role("heading")).to_have_text(model)
        verdict = side.locator(".side-verdict")
        expect(verdict).to_contain_text(VERDICTS[expected["label"]])
        expect(verdict).to_contain_text(number(expected["probabilities"]["positive"]))


def test_both_texts_are_coloured_on_one_scale(reader: Reader) -> None:
    choose_model(reader)
    shares = [
        [token["attribution"] for token in explain(reader, model)["tokens"]] for model in MODELS
    ]
    full = max(abs(share) for side in shares for share in side)
    for place, side in enumerate(shares):
        strengths = (
            reader.page.locator(".side")
            .nth(place)
            .locator(".paired")
            .evaluate_all(
                "tokens => tokens.map(token => Number(token.style.getPropertyValue('--strength')))"
            )
        )
        assert strengths == pytest.approx([abs(share) / full for share in side], abs=1e-6)


def test_both_texts_have_a_line_under_them(reader: Reader) -> None:
    choose_model(reader)
    lines = reader.page.locator(".side path.line").evaluate_all(
        "lines => lines.map(line => line.getAttribute('d'))"
    )
    assert len(set(lines)) == 2
    assert all(line.startswith("M") for line in lines)


def test_the_difference_is_a_sentence_with_the_numbers_of_the_api(reader: Reader) -> None:
    choose_model(reader)
    summary = reader.page.locator("#compare-summary")
    for model in MODELS:
        expect(summary).to_contain_text(model)
        expect(summary).to_contain_text(number(explain(reader, model)["probabilities"]["positive"]))


def test_a_link_restores_the_other_model(reader: Reader) -> None:
    choose_model(reader)
    expect(reader.page).to_have_url(re.compile(f"against={OTHER}"))
    summary = reader.page.locator("#compare-summary").inner_text()
    link = reader.page.url
    reader.open()
    reader.page.goto(link)
    expect(reader.page.locator("#compare-summary")).to_have_text(summary)
    expect(reader.page.locator("#against")).to_have_value(OTHER)


def test_a_link_to_a_model_that_is_not_served_says_which_are(reader: Reader) -> None:
    reader.open("/?text=A+fine+film.&open=compare&against=other")
    expect(reader.page.locator("#compare-problem")).to_contain_text(OTHER)


def test_another_review_is_compared_in_the_same_model(reader: Reader) -> None:
    choose_model(reader)
    reader.read("A fine film.")
    expect(reader.page.locator(".side").nth(1).locator(".paired")).to_have_text(
        ["A", "fine", "film", "."]
    )


def test_back_to_another_text_the_models_are_gone(reader: Reader) -> None:
    choose_model(reader)
    check(reader.page.locator("#compare-with").get_by_label("Another text"))
    expect(reader.page.locator("#compare-result")).to_be_hidden()
    expect(reader.page.locator("#other")).to_have_value(TURNING)
    expect(reader.page).not_to_have_url(re.compile("against="))


def test_two_texts_have_their_verdicts_and_lines_beside_each_other(reader: Reader) -> None:
    reader.read(TURNING)
    reader.unfold("compare-panel")
    reader.page.locator("#other").fill(BORING)
    reader.page.get_by_role("button", name="Compare").click()
    for place, text in enumerate((TURNING, BORING)):
        side, expected = reader.page.locator(".side").nth(place), explain(reader, OWN, text)
        expect(side.locator(".side-text")).to_have_text(text)
        expect(side.locator(".side-verdict")).to_contain_text(
            number(expected["probabilities"]["positive"])
        )
        assert side.locator("path.line").get_attribute("d")


def test_the_logits_of_both_models_are_in_the_table(reader: Reader) -> None:
    choose_model(reader)
    expected = [signed(explain(reader, model)["decomposition"]["logit"]) for model in MODELS]
    expect(reader.page.locator("#compare-table tbody td:nth-child(2)")).to_have_text(expected)


def test_both_readings_are_saved_as_the_api_sent_them(reader: Reader) -> None:
    choose_model(reader)
    with reader.page.expect_download() as download:
        reader.page.get_by_role("button", name="Save both").click()
    saved = json.loads(download.value.path().read_text())
    for reading, model in zip(saved, MODELS, strict=True):
        expected = explain(reader, model)
        assert reading["decomposition"] == expected["decomposition"]
        assert reading["tokens"] == expected["tokens"]


def test_markup_stays_text_on_both_sides(reader: Reader) -> None:
    choose_model(reader, MARKUP)
    texts = reader.page.locator(".side-text").all_text_contents()
    assert texts == [MARKUP, MARKUP]
    assert reader.dialogs == []


def test_on_a_phone_the_sides_are_stacked(phone: Reader) -> None:
    choose_model(phone)
    first, second = (side.bounding_box() for side in phone.page.locator(".side").all())
    assert first is not None
    assert second is not None
    assert first["x"] == second["x"]
    assert second["y"] >= first["y"] + first["height"]
    assert phone.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
