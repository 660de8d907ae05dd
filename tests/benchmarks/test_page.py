"""The page, timed in a browser."""

from pathlib import Path

import pytest

from benchmarks.chromium import chromium, find_chromium
from benchmarks.page import time_reviews, weigh_first_load
from benchmarks.serving import serve
from benchmarks.tables import page_tables
from gatewise.models.artifact.artifact import save_artifact
from tests.models.artifacts import TEXTS, small_artifact


@pytest.mark.slow
@pytest.mark.skipif(find_chromium() is None, reason="needs Chromium")
def test_every_time_of_the_page_is_measured(tmp_path: Path) -> None:
    save_artifact(small_artifact(), tmp_path / "model")
    with serve(tmp_path / "model") as server, chromium() as browser:
        weight = weigh_first_load(browser, server.url)
        reviews = time_reviews(browser, server.url, {13: TEXTS[1]}, rounds=1)
    times = reviews["13"]
    assert 0 < times["click_to_answer"] < times["click_to_verdict"] <= times["click_to_all"]
    assert 0 < times["frame"] <= times["frame_slowest"]
    assert weight["kilobytes"] > 100
    assert page_tables({"first_load": weight, "reviews": reviews})
