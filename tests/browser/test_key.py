"""A service that asks for keys: the page asks the reader for one, once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, expect

from tests.browser.reader import Reader
from tests.browser.reviews import BORING
from tests.service.process import running


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The origin of a service with one key."""
    folder: Path = tmp_path_factory.mktemp("guarded")
    keys = folder / "keys"
    keys.write_text("open-sesame")
    with running(folder, api_keys_file=keys) as service:
        yield service.url


def test_the_page_asks_for_a_key_until_it_is_good_and_then_never_again(
    browser: Browser, guarded: str
) -> None:
    answers = iter(["wrong", "open-sesame"])
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept(next(answers))

    with browser.new_context() as context:
        page = context.new_page()
        page.on("dialog", answer)
        page.goto(guarded, wait_until="commit")
        expect(page.locator(".example").first).to_be_visible(timeout=60_000)
        reader = Reader(page, guarded)  # from here on a dialog would be dismissed
        reader.submit(BORING)
        reader.wait_for_figures()
        assert asked == ["This service asks for a key."] * 2
