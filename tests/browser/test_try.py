"""The page `try/` of the documentation computes in the browser what the package computes."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.reviews import review_of_length
from docs.tools.figures import ROOT
from docs.tools.try_page import MODEL, build, can_be_built
from gatewise.models.predictor import Predictor
from tests.browser.conftest import RESPONSE_MILLISECONDS

TOLERANCE = 1e-4
LENGTHS = (1, 2, 30, 230, 1000)
LOAD_MILLISECONDS = 120_000
TRACED = ("reset_gate", "update_gate", "candidate", "hidden")
# Runs a text by the modules of the page, and returns all numbers.
RUN = """async (text) => {
  const module = (name) => import(new URL(`js/${name}.js`, location.href).href);
  const { Reader } = await module("reading/reader");
  const { Network } = await module("network");
  const data = await (await fetch("reading.json")).json();
  window.network ??= await Network.load(new URL("./", location.href));
  const { ids } = new Reader(data).encode(text);
  const trace = await window.network.run(ids);
  const lists = Object.entries(trace).map(([name, value]) =>
    [name, typeof value === "number" ? value : Array.from(value)]);
  return { ids, ...Object.fromEntries(lists) };
}"""
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    """The model of the page."""
    return Predictor.load(MODEL, precision="float32")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Build the page as the site has it, and serve it by a server of static files."""
    if not can_be_built():
        pytest.skip("The npm packages are not installed: run `npm ci`.")
    folder = tmp_path_factory.mktemp("site") / "try"
    shutil.copytree(ROOT / "docs" / "try", folder)
    build(folder)
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    with subprocess.Popen(
        command, cwd=folder.parent, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        port = re.search(r"port (\d+)", server.stdout.readline())
        assert port
        yield f"http://127.0.0.1:{port[1]}/try/index.html"
        server.terminate()


@pytest.fixture(scope="module")
def requests() -> list[str]:
    """Addresses that the page requests."""
    return []


@pytest.fixture(scope="module")
def errors() -> list[str]:
    """Errors that occur in the page."""
    return []


@pytest.fixture(scope="module")
def page(browser: Browser, address: str, requests: list[str], errors: list[str]) -> Iterator[Page]:
    """The page, once it has read its example."""
    with browser.new_context() as context:
        opened = context.new_page()
        opened.on("request", lambda request: requests.append(request.url))
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.on(
            "console", lambda said: errors.append(said.text) if said.type == "error" else None
        )
        opened.goto(address)
        expect(opened.locator("#verdict")).to_be_visible(timeout=LOAD_MILLISECONDS)
        yield opened


def send(page: Page, text: str) -> None:
    """Send a text to the page, and wait until it was read."""
    page.locator("#text").fill(text)
    page.locator("#read").click()
    expect(page.locator("#read")).to_be_enabled(timeout=RESPONSE_MILLISECONDS)


@pytest.mark.parametrize("length", LENGTHS)
def test_all_numbers_are_those_of_the_predictor(
    page: Page, predictor: Predictor, length: int
) -> None:
    text = review_of_length(predictor, length)
    explained = predictor.explain(text)
    found: dict[str, Any] = page.evaluate(RUN, text)
    assert found["ids"] == explained.encoding.ids.tolist()
    assert found["logit"] == pytest.approx(explained.prediction.logit, abs=TOLERANCE)
    running = explained.running_probability
    assert np.abs(np.array(found["running"]) - running).max() < TOLERANCE
    for name in TRACED:
        values = np.array(found[name]).reshape(len(explained.trace), -1)
        assert np.abs(values - getattr(explained.trace, name)).max() < TOLERANCE


@pytest.mark.parametrize("length", [30, 230])
def test_the_page_shows_the_verdict_and_a_line_under_every_word(
    page: Page, predictor: Predictor, length: int
) -> None:
    text = review_of_length(predictor, length)
    explained = predictor.explain(text)
    send(page, text)
    positive = explained.prediction.probabilities["positive"]
    expect(page.locator("#verdict")).to_have_text(explained.prediction.label)
    expect(page.locator("#probability")).to_contain_text(f"{positive:.3f}")
    labels = page.locator("#words button").evaluate_all(
        "all => all.map((button) => Number(button.ariaLabel.split(' ').at(-1)))"
    )
    assert labels == pytest.approx(explained.running_probability.tolist(), abs=6e-4)
    assert page.locator("#words svg .running").count() == len(explained.encoding)


def test_a_selected_word_shows_its_gates(page: Page, predictor: Predictor) -> None:
    text = "I expected to hate this film, but the ending is wonderful."
    trace = predictor.explain(text).trace
    send(page, text)
    page.locator("#words button").first.focus()
    page.keyboard.press("ArrowRight")
    rows = page.locator("#gate-rows tr")
    for row, gate in ((0, trace.reset_gate), (1, trace.update_gate)):
        cells = list(map(float, rows.nth(row).locator("td").all_text_contents()[:4]))
        expected = [gate[1].mean(), *np.quantile(gate[1], [0.1, 0.5, 0.9])]
        assert cells == pytest.approx(expected, abs=6e-4)
    assert page.locator("#unit-rows tr").count() == predictor.hidden_size


def test_a_text_that_the_page_does_not_read_is_refused_with_its_place(page: Page) -> None:
    send(page, "A great film 👍")
    expect(page.locator("#problem")).to_be_visible()
    expect(page.locator("#result")).to_be_hidden()
    selected = "[document.querySelector('#text').selectionStart]"
    assert page.evaluate(selected) == [len("A great film ")]


def test_a_text_without_words_of_the_vocabulary_is_left_undecided(
    page: Page, predictor: Predictor
) -> None:
    text = "Zyzzyva qwx vvrt."
    assert predictor.predict([text])[0].undecided
    send(page, text)
    expect(page.locator("#verdict")).not_to_have_text(re.compile("positive|negative"))
    expect(page.locator("#warning")).to_be_visible()


def test_the_page_loads_nothing_from_elsewhere_and_has_no_error(
    page: Page, address: str, requests: list[str], errors: list[str]
) -> None:
    send(page, "A wonderful film.")
    origin = address.removesuffix("try/index.html")
    assert [url for url in requests if not url.startswith((origin, "data:", "blob:"))] == []
    assert errors == []


def test_without_the_npm_package_the_page_is_not_built(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("docs.tools.try_page.NODE_PACKAGE", tmp_path)
    assert not can_be_built()
