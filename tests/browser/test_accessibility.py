"""axe-core finds nothing to object to, in every colour scheme and on a phone."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reader import Reader
from tests.browser.reviews import BORING

pytestmark = pytest.mark.slow

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PAGES = ("/", "/learn", "/many")


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core, which `npm ci` installs."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: run `npm ci`")
    return AXE.read_text(encoding="utf-8")


def violations(page: Page, axe: str) -> list[str]:
    """Return what axe-core found on the page as it is: rule, element and reason."""
    page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate("axe.run().then(({ violations }) => violations)")
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def unfold_everything(reader: Reader) -> None:
    reader.read(BORING)
    for panel in reader.page.locator("details").all():
        if identifier := panel.get_attribute("id"):
            reader.unfold(identifier)
    reader.page.get_by_role("button", name="Compare").click()
    reader.wait_for_figures()


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_violation_in_the_light_scheme(reader: Reader, axe: str, path: str) -> None:
    reader.open(path)
    reader.page.wait_for_load_state("networkidle")
    assert violations(reader.page, axe) == []


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_violation_in_the_dark_scheme(dark: Reader, axe: str, path: str) -> None:
    dark.open(path)
    dark.page.wait_for_load_state("networkidle")
    assert violations(dark.page, axe) == []


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_violation_on_a_phone(phone: Reader, axe: str, path: str) -> None:
    phone.open(path)
    phone.page.wait_for_load_state("networkidle")
    assert violations(phone.page, axe) == []


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_violation_in_forced_colours(reader: Reader, axe: str, path: str) -> None:
    reader.page.emulate_media(forced_colors="active")
    reader.open(path)
    reader.page.wait_for_load_state("networkidle")
    assert violations(reader.page, axe) == []
    reader.page.emulate_media(forced_colors="none")


def test_an_explanation_with_every_panel_open_has_no_violation(reader: Reader, axe: str) -> None:
    unfold_everything(reader)
    assert violations(reader.page, axe) == []


def test_an_explanation_with_every_panel_open_has_no_violation_in_the_dark_scheme(
    dark: Reader, axe: str
) -> None:
    unfold_everything(dark)
    assert violations(dark.page, axe) == []


def fill_the_table(reader: Reader) -> None:
    reader.open("/many")
    reader.page.locator("#texts").fill(f"{BORING}\nA wonderful film.\nqwe rty")
    reader.page.locator("#start").click()
    expect(reader.page.locator("#progress")).to_contain_text("read and explained")


def test_a_filled_table_has_no_violation(reader: Reader, axe: str) -> None:
    fill_the_table(reader)
    assert violations(reader.page, axe) == []


def test_a_filled_table_has_no_violation_in_the_dark_scheme(dark: Reader, axe: str) -> None:
    fill_the_table(dark)
    assert violations(dark.page, axe) == []
