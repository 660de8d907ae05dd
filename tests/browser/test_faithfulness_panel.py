"""The panel of faithfulness shows the figures of the API beside those of random rankings."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.numbers import signed
from tests.browser.reader import Reader
from tests.browser.reviews import BORING

pytestmark = pytest.mark.slow


FIGURES = ("comprehensiveness", "sufficiency", "agreement")


def test_it_sends_no_request_until_it_is_opened(reader: Reader) -> None:
    reader.read(BORING)
    assert len([url for url in reader.requests if url.endswith("/explain")]) == 1
    reader.unfold("faithfulness-panel")
    assert len([url for url in reader.requests if url.endswith("/explain")]) == 2


def test_every_figure_is_that_of_the_api(boring: Reader) -> None:
    boring.unfold("faithfulness-panel")
    faithfulness = boring.page.request.post(
        f"{boring.origin}/explain", data={"text": BORING, "faithfulness": True}
    ).json()["faithfulness"]
    rankings = [faithfulness[name] for name in ("decomposition", "attribution", "random")]
    expect(boring.page.locator("#faithfulness-table tbody td")).to_have_text(
        [signed(ranking[figure]) for ranking in rankings for figure in FIGURES]
    )
    expect(boring.page.locator("#faithfulness-summary")).to_contain_text(
        f"better than random rankings in {_better(faithfulness, 'decomposition')} of 3 figures, "
        f"attribution in {_better(faithfulness, 'attribution')}."
    )


def _better(faithfulness: dict[str, Any], name: str) -> int:
    ours, random = faithfulness[name], faithfulness["random"]
    return (
        (ours["comprehensiveness"] > random["comprehensiveness"])
        + (ours["sufficiency"] < random["sufficiency"])
        + (ours["agreement"] > random["agreement"])
    )


def test_a_review_over_the_limit_is_reported_in_place(reader: Reader) -> None:
    reader.read("word " * 1001)
    reader.unfold("faithfulness-panel")
    expect(reader.page.locator("#faithfulness-problem")).to_contain_text(
        "the limit of `faithfulness` is 1,000"
    )
