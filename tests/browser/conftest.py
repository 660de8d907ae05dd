"""A real server and a headless Chromium, both started once for this folder.

Nothing here outlives the folder: Playwright keeps an event loop in the main thread, in which no
later test could start its own.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import httpx
import pytest
from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright

from tests.browser.reader import Reader
from tests.browser.reviews import BORING

START_SECONDS = 60
# Small, so that a review of ordinary length can pass them.
MAX_UNIT_VALUES = 200_000
MAX_EFFECT_TOKENS = 100
ANSWER_MILLISECONDS = 20_000
DESKTOP = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=360, height=740)
# A click is aimed at where a thing is, and smooth scrolling would have moved it by then.
STILL: Literal["reduce"] = "reduce"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="package")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the service on a free port; give its origin, and stop it at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    log = tmp_path_factory.mktemp("service") / "service.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "service", "--port", str(port)],
            stdout=output,
            stderr=output,
            env=os.environ
            | {
                "GATEWISE_MAX_UNIT_VALUES": str(MAX_UNIT_VALUES),
                "GATEWISE_MAX_EFFECT_TOKENS": str(MAX_EFFECT_TOKENS),
            },
        )
        try:
            _wait_until_ready(address, process, log)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=START_SECONDS)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium; `GATEWISE_CHROMIUM` names another one."""
    found = os.environ.get("GATEWISE_CHROMIUM") or next(
        filter(None, map(shutil.which, CHROMIUM_NAMES)), None
    )
    if found is None:
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up("No Chromium found: `apt-get install chromium`, or name one in GATEWISE_CHROMIUM.")
    expect.set_options(timeout=ANSWER_MILLISECONDS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=CHROMIUM_OPTIONS)
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def desktop(browser: Browser, origin: str) -> Iterator[Reader]:
    """One tab for all desktop tests: a new one for each would cost more than the test."""
    with browser.new_context(
        viewport=DESKTOP, color_scheme="light", reduced_motion=STILL
    ) as context:
        yield Reader(context.new_page(), origin)


@pytest.fixture(scope="package")
def settled(browser: Browser, origin: str) -> Iterator[Reader]:
    """Another desktop tab, which keeps its review from test to test."""
    with browser.new_context(
        viewport=DESKTOP, color_scheme="light", reduced_motion=STILL
    ) as context:
        visitor = Reader(context.new_page(), origin)
        visitor.begin()
        yield visitor


@pytest.fixture(scope="package")
def handset(browser: Browser, origin: str) -> Iterator[Reader]:
    """One tab of a phone."""
    with browser.new_context(
        viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion=STILL
    ) as context:
        yield Reader(context.new_page(), origin)


@pytest.fixture
def reader(desktop: Reader) -> Iterator[Reader]:
    """Stand before the empty page; after the test, it must have raised no error."""
    desktop.begin()
    yield desktop
    assert desktop.errors == []


@pytest.fixture
def boring(settled: Reader) -> Iterator[Reader]:
    """Stand before the answer to the boring review; there must have been no error at the end."""
    settled.return_to(BORING)
    yield settled
    assert settled.errors == []


@pytest.fixture
def phone(handset: Reader) -> Iterator[Reader]:
    """Hold the empty page in the hand; after the test, it must have raised no error."""
    handset.begin()
    yield handset
    assert handset.errors == []


@pytest.fixture
def night(reader: Reader) -> Iterator[Reader]:
    """Stand before the empty page in a dark room."""
    reader.page.emulate_media(color_scheme="dark")
    yield reader
    reader.page.emulate_media(color_scheme="light")


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{address}/ready").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"The service did not get ready:\n{log.read_text()}")
