"""Edit and compare: both texts aligned, the numbers of the API, and a link that restores it."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.numbers import number, signed
from tests.browser.reader import Reader
from tests.browser.reviews import BORING, MARKUP

pytestmark = pytest.mark.slow


EDITED = BORING.replace("really boring", "never boring").replace("young ", "")


def diff(reader: Reader, **body: Any) -> dict[str, Any]:
    request = {"text": BORING, "other": EDITED, **body}
    response = reader.page.request.post(f"{reader.origin}/explain/diff", data=request)
    found: dict[str, Any] = response.json()
    return found


def compare(reader: Reader, other: str = EDITED) -> None:
    reader.unfold("compare-panel")
    reader.page.locator("#other").fill(other)
    reader.page.get_by_role("button", name="Compare").click()
    expect(reader.page.locator("#compare-panel")).to_have_attribute("aria-busy", "false")


def test_it_begins_with_the_review_and_sends_no_request(reader: Reader) -> None:
    reader.read(BORING)
    reader.unfold("compare-panel")
    expect(reader.page.locator("#other")).to_have_value(BORING)
    assert [url for url in reader.requests if url.endswith("/diff")] == []


def test_the_change_of_the_prediction_is_that_of_the_api(boring: Reader) -> None:
    compare(boring)
    comparison = diff(boring)
    change, summary = comparison["change"], boring.page.locator("#compare-summary")
    expect(summary).to_contain_text(f"Δ logit {signed(change['logit'])}")
    parts = {"edited": 0.0, "same": 0.0}
    for row in comparison["rows"]:
        parts["same" if row["kind"] == "same" else "edited"] += row["attribution"]
    expect(summary).to_contain_text(f"account for {signed(parts['edited'])}")
    expect(summary).to_contain_text(f"for {signed(parts['same'])}.")
    expect(boring.page.locator("#compare-table tbody td")).to_have_text(
        [
            text
            for run in (comparison["text"], comparison["other"])
            for text in (
                signed(run["decomposition"]["logit"]),
                number(run["probabilities"]["positive"]),
                run["label"],
            )
        ]
    )


def test_the_summary_leads_with_the_new_probability(boring: Reader) -> None:
    compare(boring)
    new, old = (number(diff(boring)[run]["probabilities"]["positive"]) for run in ("other", "text"))
    summary = boring.page.locator("#compare-summary")
    expect(summary).to_have_text(re.compile(rf"^P\(positive\) {new} instead of {old}"))


def test_an_empty_box_is_stated_and_hides_the_earlier_comparison(boring: Reader) -> None:
    compare(boring)
    compare(boring, "  ")
    expect(boring.page.locator("#compare-problem")).to_contain_text("empty")
    expect(boring.page.locator("#compare-result")).to_be_hidden()


def test_the_tokens_are_shown_in_pairs(boring: Reader) -> None:
    compare(boring)
    rows = diff(boring)["rows"]
    pairs = boring.page.locator("#aligned .pair")
    expect(pairs).to_have_count(len(rows))
    kinds = pairs.evaluate_all("pairs => pairs.map(pair => pair.dataset.kind)")
    assert kinds == [row["kind"] for row in rows]
    changed = boring.page.locator('.pair[data-kind="changed"] .paired')
    expect(changed).to_have_text(["really", "never"])
    expect(boring.page.locator('.pair[data-kind="removed"] .paired')).to_have_text(["young"])


def test_the_largest_changes_are_those_of_the_api(boring: Reader) -> None:
    compare(boring)
    comparison = diff(boring)
    largest = sorted(comparison["rows"], key=lambda row: -abs(row["attribution"]))[:8]
    expected = []
    for row in largest:
        tokens = [
            None if row[place] is None else comparison[run]["tokens"][row[place]]
            for run, place in (("text", "token"), ("other", "other_token"))
        ]
        expected += [token["text"] if token else "–" for token in tokens]
        expected += [signed(token["attribution"]) if token else "–" for token in tokens]
        expected.append(signed(row["attribution"]))
        expected += [
            signed(row[gate]["mean"]) if row[gate] else "–" for gate in ("reset", "update")
        ]
    expect(boring.page.locator("#compare-changes tbody :is(th, td)")).to_have_text(expected)


def test_a_click_on_a_pair_prints_its_gates(boring: Reader) -> None:
    compare(boring)
    comparison = diff(boring)
    row = next(row for row in comparison["rows"] if row["kind"] == "changed")
    before = comparison["text"]["tokens"][row["token"]]
    after = comparison["other"]["tokens"][row["other_token"]]
    boring.page.locator('.pair[data-kind="changed"]').click()
    readout = boring.page.locator("#aligned-readout")
    expect(readout).to_contain_text("“really” → “never”")
    for gate, name in (("reset", "reset r"), ("update", "update z")):
        means = f"{number(before[gate]['mean'])} → {number(after[gate]['mean'])}"
        distance = number(row[gate]["distance"])
        expect(readout).to_contain_text(f"{name} {means}, a unit differs by {distance} on average")


def test_the_convention_is_that_of_the_page(boring: Reader) -> None:
    compare(boring)
    boring.choose("Chung 2014")
    expect(boring.page.locator("#compare-changes thead")).to_contain_text("Δ update u mean")
    expect(boring.page.locator("#compare-panel")).to_have_attribute("aria-busy", "false")
    row = max(
        diff(boring, convention="chung2014")["rows"],
        key=lambda row: abs(row["attribution"]),
    )
    cell = boring.page.locator("#compare-changes tbody tr").first.locator("td").last
    expect(cell).to_have_text(signed(row["update"]["mean"]))


def test_a_link_restores_the_comparison(reader: Reader) -> None:
    reader.read(BORING)
    compare(reader)
    summary = reader.page.locator("#compare-summary").inner_text()
    expect(reader.page).to_have_url(re.compile(r"[?&]other="))
    link = reader.page.url
    reader.open()
    reader.page.goto(link)
    reader.wait_for_figures()
    expect(reader.page.locator("#other")).to_have_value(EDITED)
    expect(reader.page.locator("#compare-summary")).to_have_text(summary)


def test_another_review_resets_the_comparison(reader: Reader) -> None:
    reader.read(BORING)
    compare(reader)
    reader.read("A fine film.")
    expect(reader.page.locator("#other")).to_have_value("A fine film.")
    expect(reader.page.locator("#compare-result")).to_be_hidden()


def test_a_refused_edit_is_reported_in_place(boring: Reader) -> None:
    compare(boring, "\u200b")  # which only the service knows to be blank
    expect(boring.page.locator("#compare-problem")).to_contain_text("at least one word")
    compare(boring)
    expect(boring.page.locator("#compare-problem")).to_be_hidden()


def test_markup_in_an_edit_stays_text(reader: Reader) -> None:
    reader.read(BORING)
    compare(reader, MARKUP)
    expect(reader.page.locator("#compare-result :is(script, img, b:not(p > b))")).to_have_count(0)
    assert reader.dialogs == []
