"""Take the pictures of the page: `python -m docs.tools.pictures`.

It serves the default release, opens the page in a headless Chromium and writes `docs/page.png` and
`docs/unit.png`, which the documentation shows, and `service/page/preview.png`, which links to the
page show. `docs/figures/pictures.json` has the model they show and their digests.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Browser, expect

from benchmarks.chromium import chromium
from benchmarks.serving import serve, served_model
from docs.tools.figures import DEFAULT, FIGURES, ROOT, release
from gatewise.service.api.examples import EXAMPLES

PICTURES = FIGURES / "pictures.json"
_EXAMPLE = EXAMPLES[0].text


@dataclass(frozen=True)
class View:
    """A picture to be taken.

    Attributes:
        file: Where it is stored, from the root of the repository.
        width: Width of the window.
        height: Height of the window.
        parameters: Of the link that is opened; without any, the page shows its own review.
        hidden: Selectors of elements that are left out.
        colours: To how many colours the picture is reduced; None for all.
    """

    file: str
    width: int
    height: int
    parameters: dict[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    colours: int | None = None


# The preview has the size that `og:image` expects, and less than 100 kB: some sites ignore more.
PREVIEW = View(
    "service/page/preview.png",
    1200,
    630,
    hidden=("#examples", "#legend", ".story-bench"),
    colours=256,
)
VIEWS = (
    View("docs/page.png", 1280, 2030, {"text": _EXAMPLE}),
    View("docs/unit.png", 1280, 900, {"text": _EXAMPLE, "unit": "421"}),
    PREVIEW,
)


def main() -> None:
    """Take all pictures and record them."""
    with serve(served_model(DEFAULT)) as server, chromium() as browser:
        for view in VIEWS:
            take(browser, server.url, view)
    measured = {
        "command": "python -m docs.tools.pictures",
        "models": [release().title],
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
    }
    content = {"measured": measured, "figures": {view.file: digest(view) for view in VIEWS}}
    PICTURES.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def digest(view: View) -> str:
    """Compute the digest of a picture."""
    return sha256((ROOT / view.file).read_bytes()).hexdigest()


def take(browser: Browser, origin: str, view: View) -> None:
    """Open a link, wait until all of it is drawn, and save the picture."""
    with browser.new_context(
        viewport={"width": view.width, "height": view.height},
        color_scheme="light",
        reduced_motion="reduce",
    ) as context:
        page = context.new_page()
        page.goto(f"{origin}/?{urlencode(view.parameters)}")
        expect(page.locator("#charts .plot").first).to_be_attached(timeout=20_000)
        expect(page.locator("#heat")).to_have_attribute("aria-busy", "false")
        expect(page.locator("#progress")).to_be_hidden()
        expect(page.locator("#hold-result")).to_be_visible()
        if "unit" in view.parameters:
            expect(page.locator("#unit-card")).to_be_visible()
        page.evaluate("document.activeElement?.blur()")
        for selector in view.hidden:
            page.locator(selector).evaluate("element => { element.hidden = true; }")
        page.evaluate("new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 100)))")
        page.screenshot(path=ROOT / view.file)
    if view.colours:
        with Image.open(ROOT / view.file) as picture:
            reduced = picture.convert("RGB").quantize(
                view.colours, method=Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE
            )
        reduced.save(ROOT / view.file, optimize=True)


if __name__ == "__main__":
    main()
