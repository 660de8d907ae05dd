"""Faithfulness beside the explanation, on request: the API's figures beside random's."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.numbers import signed
from tests.browser.reader import Reader
from tests.browser.reviews import BORING

FIGURES = ("comprehensiveness", "sufficiency", "agreement")


def test_it_asks_nothing_until_it_is_opened(reader: Reader) -> None:
    reader.read(BORING)
    assert len([url for url in reader.requests if url.endswith("/explain")]) == 1
    reader.unfold("faithful-panel")
    assert len([url for url in reader.requests if url.endswith("/explain")]) == 2


def test_every_figure_is_the_api_s(boring: Reader) -> None:
    boring.unfold("faithful-panel")
    answer = boring.page.request.post(
        f"{boring.origin}/explain", data={"text": BORING, "faithfulness": True}
    ).json()["faithfulness"]
    rankings = [answer[name] for name in ("ledger", "credit", "random")]
    expect(boring.page.locator("#faithful-table tbody td")).to_have_text(
        [signed(ranking[figure]) for ranking in rankings for figure in FIGURES]
    )
    expect(boring.page.locator("#faithful-answer")).to_contain_text(
        f"better than random rankings in {_better(answer, 'ledger')} of 3 figures, "
        f"credit in {_better(answer, 'credit')}."
    )


def _better(answer: dict[str, Any], name: str) -> int:
    ours, random = answer[name], answer["random"]
    return (
        (ours["comprehensiveness"] > random["comprehensiveness"])
        + (ours["sufficiency"] < random["sufficiency"])
        + (ours["agreement"] > random["agreement"])
    )


def test_a_review_over_the_limit_is_refused_in_place(reader: Reader) -> None:
    reader.read("word " * 1001)
    reader.unfold("faithful-panel")
    expect(reader.page.locator("#faithful-problem")).to_contain_text("measured up to 1,000")
