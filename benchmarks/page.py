"""Times of the page in a browser, and the weight of its first load.

    .venv/bin/python -m benchmarks.page --json docs/figures/page.json

A headless Chromium reads reviews of several lengths, in turns, from a service on the same machine.
Each time begins with the click on "Read the review" and ends with the frame in which its verdict,
or everything including the charts and the stops of the slider, was painted. Then the slider is
dragged from one end to the other. In the same round, the requests of `/predict` and `/explain` are
timed without a browser.
"""

import json
import statistics
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, Request

from benchmarks.chromium import chromium
from benchmarks.report import HTTP_PACKAGES, Report, benchmark_parser, command_line, model_title
from benchmarks.reviews import review_of_length
from benchmarks.serving import serve, served_model
from benchmarks.tables import page_tables
from gatewise.models.predictor import Predictor

LENGTHS = (60, 230, 1_000, 5_000)
_ROUNDS = 7
_STEPS = 24  # of a drag
_MILLISECONDS = 120_000.0
_PROBE = Path(__file__).with_name("page_probe.js")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    parser = benchmark_parser("benchmarks.page", __doc__)
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help="rounds after the first one")
    options = parser.parse_args(arguments)
    model = served_model(options.model)
    predictor = Predictor.load(model)
    texts = {length: review_of_length(predictor, length) for length in LENGTHS}
    with serve(model) as server, chromium() as browser:
        figures = {
            "browser": f"Chromium {browser.version}",
            "rounds": options.rounds,
            "first_load": weigh_first_load(browser, server.url),
            "reviews": time_reviews(browser, server.url, texts, rounds=options.rounds),
        }
    title = model_title(predictor.artifact)
    command = command_line(parser, arguments)
    Report(command, [title], figures, page_tables(figures), HTTP_PACKAGES).publish(options.json)


def weigh_first_load(browser: Browser, url: str) -> dict[str, Any]:
    """Open the page with an empty cache.

    Returns:
        Number of requests until the network is idle, and kilobytes of all responses as they were
        sent, headers included: of the page's files and of the API's answers.
    """
    requests: list[Request] = []

    def keep(request: Request) -> None:
        requests.append(request)

    with browser.new_context() as context:
        page = context.new_page()
        page.on("requestfinished", keep)
        page.goto(url, wait_until="networkidle")
        page.wait_for_selector("#hold-result", state="visible")
        page.wait_for_load_state("networkidle")
        sizes: dict[str, int] = defaultdict(int)
        for request in requests:
            kind = "answers" if request.resource_type == "fetch" else "files"
            size = request.sizes()
            sizes[kind] += size["responseBodySize"] + size["responseHeadersSize"]
    return {
        "requests": len(requests),
        "kilobytes": round(sum(sizes.values()) / 1e3),
        **{f"kilobytes_{kind}": round(size / 1e3) for kind, size in sorted(sizes.items())},
    }


def time_reviews(
    browser: Browser, url: str, texts: dict[int, str], *, rounds: int
) -> dict[str, dict[str, float]]:
    """Read every text once in each round, of which the first does not count.

    Args:
        browser: The browser.
        url: Of the service.
        texts: The reviews by their number of tokens.
        rounds: Number of rounds that count.

    Returns:
        By number of tokens, the median of every time in milliseconds; `frame_slowest` is the median
        of the slowest frame of each drag.
    """
    times: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with (
        browser.new_context(viewport={"width": 1280, "height": 900}) as context,
        httpx.Client(base_url=url, timeout=_MILLISECONDS / 1e3) as client,
    ):
        page = context.new_page()
        page.set_default_timeout(_MILLISECONDS)
        page.add_init_script(path=_PROBE)
        for round_ in range(1 + rounds):
            for length, text in texts.items():
                measured = {**time_requests(client, text), **time_review(page, url, text)}
                for name, value in measured.items() if round_ else ():
                    times[str(length)][name].append(value)
    return {
        length: {name: round(statistics.median(values), 1) for name, values in named.items()}
        for length, named in times.items()
    }


def time_requests(client: httpx.Client, text: str) -> dict[str, float]:
    """Time a prediction and the explanation that the page requests, without a browser."""
    bodies = {"predict": {"text": text}, "explain": {"text": text, "units": "top"}}
    return {
        name: client.post(f"/{name}", json=body).raise_for_status().elapsed.total_seconds() * 1e3
        for name, body in bodies.items()
    }


def time_review(page: Page, url: str, text: str) -> dict[str, float]:
    """Load the page, read a review and drag the slider."""
    page.goto(url)
    page.wait_for_selector("#hold-result", state="visible")
    page.evaluate("probe.drawn()")
    page.get_by_label("Film review").fill(text)
    button = page.get_by_role("button", name="Read the review")
    button.scroll_into_view_if_needed()
    page.evaluate("() => { window.timed = probe.timeClick(); }")
    button.click()
    times: dict[str, float] = page.evaluate("window.timed")
    frames = drag(page)
    return {
        **times,
        "frame": statistics.median(frames),
        "frame_slowest": max(frames),
    }


def drag(page: Page) -> list[float]:
    """Drag the slider over its whole length; return the time of each move until it was painted."""
    slider = page.locator("#hold-value")
    slider.scroll_into_view_if_needed()
    slider.press("Home")
    page.evaluate("probe.timeSlider()")
    box = slider.bounding_box()
    if box is None:
        raise RuntimeError("The slider is not shown.")
    left, middle = box["x"] + 8, box["y"] + box["height"] / 2
    page.mouse.move(left, middle)
    page.mouse.down()
    for step in range(1, _STEPS + 1):
        page.mouse.move(left + step / _STEPS * (box["width"] - 16), middle)
        page.evaluate("probe.painted()")
    page.mouse.up()
    frames: list[float] = json.loads(page.evaluate("JSON.stringify(probe.frames)"))
    if not frames:
        raise RuntimeError("Dragging did not move the slider.")
    return frames


if __name__ == "__main__":
    main()
