"""A service that requires API keys: the page prompts the reader for one, once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, expect

from tests.browser.reader import Reader
from tests.browser.reviews import BORING
from tests.service.process import running


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a service with one key and yield its origin."""
    folder: Path = tmp_path_factory.mktemp("guarded")
    keys = folder / "keys"
    keys.write_text("open-sesame")
    with running(folder, api_keys_file=keys) as service:
        yield service.url


def test_the_page_prompts_for_a_key_until_one_is_accepted_and_not_again(
    browser: Browser, guarded: str
) -> None:
    answers = iter(["wrong", "open-sesame"])
    prompts: list[str] = []

    def answer(dialog: Dialog) -> None:
        prompts.append(dialog.message)
        dialog.accept(next(answers))

    with browser.new_context() as context:
        page = context.new_page()
        page.on("dialog", answer)
        page.goto(guarded, wait_until="commit")
        expect(page.locator(".example").first).to_be_visible(timeout=60_000)
        reader = Reader(page, guarded)  # from here on a dialog would be dismissed
        reader.submit(BORING)
        reader.wait_for_figures()
        assert prompts == ["This service requires an API key."] * 2
