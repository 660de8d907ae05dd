"""Take the pictures of the page that the documentation shows: `python -m docs.tools.pictures`.

It serves the default release, opens the page in a headless Chromium and writes `docs/page.png` and
`docs/unit.png`. `docs/figures/pictures.json` has the model they show and their digests.
"""

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

from playwright.sync_api import Browser, expect, sync_playwright

from docs.tools.figures import FIGURES, ROOT, release
from gatewise.service.api.examples import EXAMPLES

PICTURES = FIGURES / "pictures.json"
# By file: the parameters of the link, and the height of the window.
VIEWS: dict[str, tuple[dict[str, str], int]] = {
    "page.png": ({}, 2030),
    "unit.png": ({"unit": "421"}, 900),
}
_WIDTH = 1280
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_START_SECONDS = 120


def main() -> None:
    """Take all pictures and record them."""
    found = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    with serving() as origin, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for name, (parameters, height) in VIEWS.items():
            take(browser, origin, name, parameters, height)
        browser.close()
    measured = {
        "command": "python -m docs.tools.pictures",
        "models": [release().title],
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
    }
    content = {"measured": measured, "figures": {name: digest(name) for name in VIEWS}}
    PICTURES.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def digest(name: str) -> str:
    """Compute the digest of a picture."""
    return sha256((ROOT / "docs" / name).read_bytes()).hexdigest()


@contextmanager
def serving() -> Iterator[str]:
    """Serve the default release on a free port, and yield its origin once it is ready.

    Raises:
        RuntimeError: The service did not become ready.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    origin = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "gatewise", "serve", "--port", str(port)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not ready(origin):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("The service did not become ready.")
            time.sleep(0.2)
        yield origin
    finally:
        process.terminate()
        process.wait()


def ready(origin: str) -> bool:
    """Return whether the service can respond to requests."""
    try:
        with urlopen(f"{origin}/ready") as response:  # noqa: S310
            return bool(response.status == 200)  # noqa: PLR2004
    except URLError:
        return False


def take(browser: Browser, origin: str, name: str, parameters: dict[str, str], height: int) -> None:
    """Open a link to the first example, wait until all of it is drawn, and save the picture."""
    with browser.new_context(
        viewport={"width": _WIDTH, "height": height}, color_scheme="light", reduced_motion="reduce"
    ) as context:
        page = context.new_page()
        page.goto(f"{origin}/?{urlencode({'text': EXAMPLES[0].text, **parameters})}")
        expect(page.locator("#charts .plot").first).to_be_attached(timeout=20_000)
        expect(page.locator("#heat")).to_have_attribute("aria-busy", "false")
        expect(page.locator("#progress")).to_be_hidden()
        if "unit" in parameters:
            expect(page.locator("#unit-card")).to_be_visible()
        page.evaluate("document.activeElement?.blur()")
        page.screenshot(path=ROOT / "docs" / name)


if __name__ == "__main__":
    main()
