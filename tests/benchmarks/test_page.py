"""The page, timed in a browser."""

import pytest

from benchmarks.chromium import chromium, find_chromium
from benchmarks.page import time_reviews, weigh_first_load
from benchmarks.serving import serve
from benchmarks.tables import page_tables
from gatewise.models.artifact.location import locate_model


@pytest.mark.slow
@pytest.mark.skipif(find_chromium() is None, reason="needs Chromium")
def test_every_time_of_the_page_is_measured() -> None:
    with serve(locate_model("imdb-gru-96")) as server, chromium() as browser:
        weight = weigh_first_load(browser, server.url)
        reviews = time_reviews(browser, server.url, {3: "A fine film"}, rounds=1)
    times = reviews["3"]
    assert 0 < times["click_to_answer"] < times["click_to_verdict"] <= times["click_to_all"]
    assert 0 < times["frame"] <= times["frame_slowest"]
    assert weight["kilobytes"] > 100
    assert page_tables({"first_load": weight, "reviews": reviews})
