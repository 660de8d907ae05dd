"""axe-core finds nothing to object to, in every colour scheme and on a phone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reader import Reader
from tests.browser.reviews import BORING

pytestmark = pytest.mark.slow

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"

Scheme = Literal["light", "dark", "forced", "phone"]
SCHEMES: list[Scheme] = ["light", "dark", "forced", "phone"]


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core, which `npm ci` installs."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: run `npm ci`")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(params=SCHEMES)
def anywhere(request: pytest.FixtureRequest) -> Iterator[Reader]:
    """Show the page as it opens, in each colour scheme and on a phone."""
    scheme: Scheme = request.param
    reader: Reader = request.getfixturevalue("phone" if scheme == "phone" else "reader")
    reader.page.emulate_media(
        color_scheme="dark" if scheme == "dark" else "light",
        forced_colors="active" if scheme == "forced" else "none",
    )
    yield reader
    reader.page.emulate_media(color_scheme="light", forced_colors="none")


def violations(page: Page, axe: str) -> list[str]:
    """Return what axe-core found on the page as it is: rule, element and reason."""
    page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate("axe.run().then(({ violations }) => violations)")
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def show_page(path: str) -> Callable[[Reader], None]:
    """Return a function that opens a page and waits until all of it is there."""

    def show(reader: Reader) -> None:
        reader.open(path)
        reader.page.wait_for_load_state("networkidle")

    return show


def edit_the_review(reader: Reader) -> None:
    """Show a review that was edited and not read yet."""
    reader.read(BORING)
    reader.page.get_by_role("button", name="Edit").click()
    reader.page.keyboard.type(" No.")
    expect(reader.page.locator("#unread")).to_be_visible()


def unfold_everything(reader: Reader) -> None:
    """Show a review with every panel open, beside itself."""
    reader.read(BORING)
    for panel in reader.page.locator("details").all():
        if identifier := panel.get_attribute("id"):
            reader.unfold(identifier)
    reader.page.get_by_role("button", name="Compare").click()
    expect(reader.page.locator("#compare-result")).to_be_visible()
    expect(reader.page.locator("#unit-table tbody tr").first).to_be_visible()
    reader.wait_for_figures()


def open_a_unit(reader: Reader) -> None:
    """Show the card of a unit."""
    reader.open("/?text=A%20fine%20film.&unit=37")
    expect(reader.page.locator(".unit-facts")).to_be_visible()
    reader.wait_for_figures()


def fill_the_table(reader: Reader) -> None:
    """Show the table of many reviews."""
    reader.open("/many")
    reader.page.locator("#texts").fill(f"{BORING}\nA wonderful film.\nqwe rty")
    reader.page.locator("#start").click()
    expect(reader.page.locator("#progress")).to_contain_text("read and explained")


STATES: dict[str, Callable[[Reader], None]] = {
    "page": show_page("/"),
    "learn": show_page("/learn"),
    "many": show_page("/many"),
    "edited": edit_the_review,
    "unfolded": unfold_everything,
    "unit": open_a_unit,
    "table": fill_the_table,
}


@pytest.mark.parametrize("state", STATES)
def test_there_is_no_violation(anywhere: Reader, axe: str, state: str) -> None:
    STATES[state](anywhere)
    assert violations(anywhere.page, axe) == []
