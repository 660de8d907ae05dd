"""A real server and a headless Chromium, both started once for this folder.

Both are stopped at the end of the folder: Playwright keeps an event loop in the main thread, and no
later test could start its own there.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import httpx
import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from benchmarks.chromium import ADVICE, chromium, find_chromium
from tests.browser.reader import Reader
from tests.browser.reviews import BORING

START_SECONDS = 180
# The first one is that of all tests which name none.
MODELS = ("imdb-gru-512", "imdb-gru-256")
# Small, so that a review of ordinary length can exceed them.
MAX_UNIT_VALUES = 200_000
MAX_GATE_EFFECT_TOKENS = 100
RESPONSE_MILLISECONDS = 20_000
DESKTOP = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=360, height=740)
# Smooth scrolling would move an element between the moment it is located and the click.
NO_MOTION: Literal["reduce"] = "reduce"


@pytest.fixture(scope="package")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the service on a free port, yield its origin, and stop it at the end."""
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
                "GATEWISE_MODELS": ",".join(MODELS),
                "GATEWISE_MAX_UNIT_VALUES": str(MAX_UNIT_VALUES),
                "GATEWISE_MAX_GATE_EFFECT_TOKENS": str(MAX_GATE_EFFECT_TOKENS),
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
    """Start a headless Chromium."""
    if find_chromium() is None:
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up(ADVICE)
    expect.set_options(timeout=RESPONSE_MILLISECONDS)
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="package")
def desktop(browser: Browser, origin: str) -> Iterator[Reader]:
    """Open one tab for all desktop tests. A new tab takes longer than most of the tests."""
    with browser.new_context(
        viewport=DESKTOP, color_scheme="light", reduced_motion=NO_MOTION
    ) as context:
        yield Reader(context.new_page(), origin)


@pytest.fixture(scope="package")
def settled(browser: Browser, origin: str) -> Iterator[Reader]:
    """Open another desktop tab, which keeps its review from test to test."""
    with browser.new_context(
        viewport=DESKTOP, color_scheme="light", reduced_motion=NO_MOTION
    ) as context:
        reader = Reader(context.new_page(), origin)
        reader.begin()
        yield reader


@pytest.fixture(scope="package")
def handset(browser: Browser, origin: str) -> Iterator[Reader]:
    """Open one tab on a phone."""
    with browser.new_context(
        viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion=NO_MOTION
    ) as context:
        yield Reader(context.new_page(), origin)


@pytest.fixture
def reader(desktop: Reader) -> Iterator[Reader]:
    """Show the page as it opens. After the test, no error may have occurred in it."""
    desktop.begin()
    yield desktop
    assert desktop.errors == []


@pytest.fixture
def boring(settled: Reader) -> Iterator[Reader]:
    """Show the explanation of the boring review. After the test, no error may have occurred."""
    settled.return_to(BORING)
    yield settled
    assert settled.errors == []


@pytest.fixture
def phone(handset: Reader) -> Iterator[Reader]:
    """Show the page as it opens on a phone. After the test, no error may have occurred in it."""
    handset.begin()
    yield handset
    assert handset.errors == []


@pytest.fixture
def dark(reader: Reader) -> Iterator[Reader]:
    """Show the page as it opens in the dark colour scheme."""
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
    pytest.fail(f"The service did not become ready:\n{log.read_text()}")
