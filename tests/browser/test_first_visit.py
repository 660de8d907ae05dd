"""From a text to its prediction: what a reader does on a first visit."""

import re

from playwright.sync_api import expect

from tests.browser.reader import Reader
from tests.browser.reviews import BORING, LAYOUT, LONG


def test_a_submitted_review_gets_a_prediction(reader: Reader) -> None:
    reader.submit(BORING)
    expect(reader.page.locator("#prediction-label")).to_have_text("Negative")


def test_the_prediction_is_announced(reader: Reader) -> None:
    reader.read(BORING)
    prediction = reader.page.locator("#prediction-label").inner_text()
    expect(reader.page.get_by_role("status")).to_contain_text(prediction)


def test_every_token_is_an_option_of_the_list(reader: Reader) -> None:
    reader.read("I love this movie so much")
    words = ["I", "love", "this", "movie", "so", "much"]
    expect(reader.page.locator("#token-highlight").get_by_role("option")).to_have_text(words)


def test_the_text_is_shown_unchanged(reader: Reader) -> None:
    reader.read(LAYOUT)
    assert reader.page.locator("#token-highlight").text_content() == LAYOUT


def test_every_chart_is_drawn(boring: Reader) -> None:
    lines = boring.page.locator("#charts .figure").filter(has=boring.page.locator(".line"))
    expect(lines).to_have_count(4)


def test_the_heat_map_is_drawn(boring: Reader) -> None:
    expect(boring.page.locator("#heat .cells")).to_be_attached()


def test_a_click_on_an_example_reads_it(reader: Reader) -> None:
    example = reader.page.locator(".example").first
    text = example.get_attribute("title")
    example.click()
    reader.wait_for_figures()
    assert reader.page.locator("#token-highlight").text_content() == text


def test_control_enter_reads_the_review(reader: Reader) -> None:
    box = reader.page.get_by_label("Film review")
    box.fill("A fine film.")
    box.press("Control+Enter")
    expect(reader.page.locator("#token-highlight").get_by_role("option")).to_have_count(4)


def test_the_decomposition_adds_up(boring: Reader) -> None:
    boring.unfold("accounting")
    cells = boring.page.locator("#decomposition td").all_inner_texts()
    bias, positive, negative, logit, _ = (float(text.replace("−", "-")) for text in cells)
    assert abs(bias + positive + negative - logit) <= 0.002


def test_a_blank_text_is_refused_with_a_reason(reader: Reader) -> None:
    reader.submit("   ")
    expect(reader.page.get_by_role("alert").first).to_contain_text("The text is empty or blank")


def test_a_refusal_keeps_the_earlier_result(reader: Reader) -> None:
    reader.read(BORING)
    reader.submit("   ")
    expect(reader.page.locator("#problem")).to_be_visible()
    expect(reader.page.locator("#token-highlight")).to_have_text(BORING)


def test_a_refused_text_cannot_be_tried_again(reader: Reader) -> None:
    reader.submit("   ")
    expect(reader.page.locator("#problem")).to_be_visible()
    expect(reader.page.locator("#retry")).to_be_hidden()


def test_a_refusal_names_no_field_of_the_api(reader: Reader) -> None:
    reader.submit("   ")
    expect(reader.page.locator("#problem")).not_to_contain_text("text:")


def test_without_a_response_the_same_review_can_be_tried_again(reader: Reader) -> None:
    reader.wait_for_figures()
    reader.page.route("**/explain", lambda route: route.abort())
    reader.submit("A fine film.")
    retry = reader.page.get_by_role("button", name="Try again")
    expect(retry).to_be_visible()
    reader.page.unroute_all()
    reader.errors.clear()
    retry.click()
    expect(reader.page.locator("#token-highlight")).to_have_text("A fine film.")
    expect(retry).to_be_hidden()


def test_an_edited_text_is_marked_as_not_read_yet(reader: Reader) -> None:
    reader.read(BORING)
    reader.page.get_by_label("Film review").press("End")
    reader.page.get_by_label("Film review").press_sequentially(" No.")
    expect(reader.page.locator("#unread")).to_be_visible()


def test_a_text_that_was_read_is_not_marked(reader: Reader) -> None:
    reader.read(BORING)
    expect(reader.page.locator("#unread")).to_be_hidden()


def test_an_edit_can_be_undone(reader: Reader) -> None:
    reader.read(BORING)
    reader.page.get_by_label("Film review").fill("Something else.")
    reader.page.get_by_role("button", name="Undo the edit").click()
    expect(reader.page.get_by_label("Film review")).to_have_value(BORING)
    expect(reader.page.locator("#unread")).to_be_hidden()


def test_the_title_of_the_document_follows_the_review(reader: Reader) -> None:
    reader.read("A fine film.")
    first = reader.page.title()
    reader.read("A dull film.")
    assert "A fine film." in first
    assert "A dull film." in reader.page.title()


def test_an_undecided_text_has_a_smaller_verdict(reader: Reader) -> None:
    size = "node => parseFloat(getComputedStyle(node).fontSize)"
    reader.read(BORING)
    decided = reader.page.locator("#prediction-label").evaluate(size)
    reader.read("zxqv wrlk bnnt")
    assert reader.page.locator("#prediction-label").evaluate(size) < decided


def test_too_many_unit_values_are_reported_in_place_of_the_heat_map(reader: Reader) -> None:
    reader.read(" ".join([LONG] * 2))
    reader.choose("All 512 units")
    expect(reader.page.locator("#heat-problem")).to_contain_text("the limit is 200,000")
    expect(reader.page.locator("#prediction-label")).to_be_visible()


def test_a_text_of_unknown_words_is_shown_with_a_warning(reader: Reader) -> None:
    reader.read("Zxqv wrlk bnnt good.")
    expect(reader.page.get_by_role("list", name="Warnings")).to_contain_text(
        "knows only 25% of these words"
    )


def test_an_unknown_word_has_that_in_its_accessible_name(reader: Reader) -> None:
    reader.read("A zxqvwrlk film.")
    expect(
        reader.page.locator("#token-highlight").get_by_role("option").nth(1)
    ).to_have_accessible_name(re.compile("unknown word"))


def test_the_length_is_shown_with_the_limit(reader: Reader) -> None:
    reader.page.get_by_label("Film review").fill("Grüße 😀")
    expect(reader.page.locator("#count")).to_have_text(
        "7 characters; read whole, up to 20,000 tokens"
    )


def test_a_link_with_a_text_is_read_on_load(reader: Reader) -> None:
    reader.open("/?text=A%20fine%20film.&convention=chung2014")
    reader.wait_for_figures()
    assert reader.page.locator("#token-highlight").text_content() == "A fine film."
    expect(reader.page.get_by_role("radio", name="Chung 2014")).to_be_checked()


def test_the_address_has_the_review(reader: Reader) -> None:
    reader.read("A fine film.")
    assert reader.page.url == f"{reader.origin}/?text=A+fine+film."


def test_back_returns_to_the_previous_review(reader: Reader) -> None:
    reader.read("A fine film.")
    reader.read("A dull film.")
    reader.page.go_back()
    expect(reader.page.locator("#token-highlight")).to_have_text("A fine film.")


def test_a_long_review_is_shown_again_after_a_reload(reader: Reader) -> None:
    reader.read(" ".join([LONG] * 3))
    reader.page.wait_for_url("**/#packed=*")
    reader.page.reload()
    reader.wait_for_figures()
    assert reader.page.get_by_label("Film review").input_value() == " ".join([LONG] * 3)


def test_of_two_quick_requests_the_last_one_is_shown(reader: Reader) -> None:
    reader.submit(LONG)
    reader.read("A fine film.")
    assert reader.page.locator("#token-highlight").text_content() == "A fine film."
