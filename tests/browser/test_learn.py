"""The page /learn: sliders, and what it asks the served network."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from docs.tools.page_figures import PAGE_FIGURES, page_figures
from tests.browser.reader import Reader


@pytest.fixture
def learner(desktop: Reader) -> Iterator[Reader]:
    """Show the page. After the test, no error may have occurred in it."""
    desktop.begin()
    desktop.open("/learn")
    yield desktop
    assert desktop.errors == []


def set_slider(reader: Reader, name: str, value: str) -> None:
    reader.page.locator(f"#{name}").fill(value)


def test_a_pre_activation_of_zero_opens_a_gate_half(learner: Reader) -> None:
    set_slider(learner, "gate-total", "0")
    expect(learner.page.locator("#gate-result")).to_contain_text("= 0.500")


def test_an_update_gate_of_one_keeps_the_state(learner: Reader) -> None:
    set_slider(learner, "update-gate", "1")
    expect(learner.page.locator("#update-result")).to_contain_text("100 %")


def test_a_button_sets_the_slider_that_it_names(learner: Reader) -> None:
    learner.page.locator("#reset").get_by_role("button", name="0: shut").click()
    expect(learner.page.locator("#reset-gate-value")).to_have_text("0.00")


def test_both_conventions_give_the_same_state(learner: Reader) -> None:
    set_slider(learner, "conventions-gate", "0.3")
    results = [
        learner.page.locator(f"#conventions-{name}").inner_text().rpartition("=")[2]
        for name in ("pytorch", "chung")
    ]
    assert results[0] == results[1]


def test_a_step_by_hand_agrees_with_the_network(learner: Reader) -> None:
    learner.page.locator("#step").scroll_into_view_if_needed()
    expect(learner.page.locator("#step-result")).to_contain_text("agree")
    expect(learner.page.locator("#step .differs")).to_have_count(0)


def test_another_unit_is_worked_out_anew(learner: Reader) -> None:
    learner.page.locator("#step").scroll_into_view_if_needed()
    expect(learner.page.locator("#step-unit")).to_be_enabled()
    set_slider(learner, "step-unit", "3")
    expect(learner.page.locator("#step-lines .note")).to_contain_text("unit 3 of")


def test_two_orders_of_the_same_words_get_different_verdicts(learner: Reader) -> None:
    learner.page.locator("#order").scroll_into_view_if_needed()
    expect(learner.page.locator("#order-result")).to_contain_text("positive to the first")
    expect(learner.page.locator("#order-runs svg").first).to_be_visible()


def hold(reader: Reader, value: str) -> None:
    reader.page.locator("#need").scroll_into_view_if_needed()
    expect(reader.page.locator("#need-drawing svg path")).to_have_count(1)
    set_slider(reader, "need-value", value)


def test_dragging_the_reset_gates_open_turns_the_verdict(learner: Reader) -> None:
    hold(learner, "10")
    expect(learner.page.locator("#need-result")).to_contain_text("turns to positive")
    expect(learner.page.locator("#need-drawing svg path")).to_have_count(2)


def test_the_run_as_it_was_comes_back(learner: Reader) -> None:
    hold(learner, "10")
    learner.page.get_by_role("button", name="As they were").click()
    expect(learner.page.locator("#need-result")).to_contain_text("negative")
    expect(learner.page.locator("#need-drawing svg path")).to_have_count(1)


def test_the_update_gates_can_be_held_instead(learner: Reader) -> None:
    hold(learner, "5")
    learner.page.locator("#need-gate").select_option("update")
    expect(learner.page.locator("#need-drawing svg path")).to_have_count(1)
    set_slider(learner, "need-value", "10")
    expect(learner.page.locator("#need-result")).to_contain_text("update gates at 1.0")


def test_the_figures_of_the_lab_are_shown_as_numbers(learner: Reader) -> None:
    learner.page.locator("#need").scroll_into_view_if_needed()
    expect(learner.page.locator("#need-measured")).to_contain_text("Measured on")
    expect(learner.page.locator("#need-measured")).not_to_contain_text("NaN")


def test_a_failed_request_is_stated_and_can_be_repeated(learner: Reader) -> None:
    learner.page.route("**/explain/step", lambda route: route.abort())
    learner.page.locator("#step").scroll_into_view_if_needed()
    again = learner.page.locator("#step").get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    learner.page.unroute("**/explain/step")
    learner.errors.clear()  # the browser reports the aborted request
    again.click()
    expect(learner.page.locator("#step-result")).to_contain_text("agree")


def test_nothing_is_requested_from_another_host(learner: Reader) -> None:
    learner.page.locator("#need").scroll_into_view_if_needed()
    expect(learner.page.locator("#need-result")).not_to_be_empty()
    assert all(request.startswith(learner.origin) for request in learner.requests)


def test_the_page_fits_a_narrow_phone(phone: Reader) -> None:
    before = phone.page.viewport_size
    assert before
    phone.page.set_viewport_size({"width": 320, "height": 640})
    try:
        phone.open("/learn")
        assert phone.page.evaluate("document.documentElement.scrollWidth") == 320
    finally:
        phone.page.set_viewport_size(before)


def test_the_figures_of_the_page_are_those_of_the_lab() -> None:
    assert json.loads(Path(PAGE_FIGURES).read_text(encoding="utf-8")) == page_figures()
