"""Counts of rows, their intervals, and the report."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from scipy.stats import binomtest

from gatewise.service.bulk.report import report_page
from gatewise.service.bulk.statistics import (
    MOST_GROUPS,
    OTHERS,
    Counts,
    Statistics,
    summed,
    wilson_interval,
)
from tests.service.bulk.files import run


@pytest.mark.parametrize(("successes", "trials"), [(0, 1), (3, 7), (500, 1000), (12, 12)])
def test_the_interval_is_that_of_scipy(successes: int, trials: int) -> None:
    expected = binomtest(successes, trials).proportion_ci(method="wilson")
    assert wilson_interval(successes, trials) == pytest.approx((expected.low, expected.high))


def test_counts_of_a_run_add_up(tmp_path: Path, reviews: Path, model: Path) -> None:
    scored = run(reviews, tmp_path / "out", model, summary=True, by="product", part_rows=70)
    total, groups = scored.outcome.statistics.total, scored.outcome.statistics.groups
    labels = [row["label"] for row in scored.rows if row["undecided"] is False]
    assert (total.positive, total.negative) == (labels.count("positive"), labels.count("negative"))
    assert total.rows == 300 == total.positive + total.negative + total.undecided + total.errors
    assert {name: counts.rows for name, counts in groups.items()} == dict.fromkeys(
        ["p0", "p1", "p2"], 100
    )
    for word, (texts, contribution) in total.words.items():
        assert texts == sum(counts.words[word][0] for counts in groups.values())
        assert contribution == pytest.approx(
            sum(counts.words[word][1] for counts in groups.values())
        )


def test_statistics_survive_their_file() -> None:
    counts = Counts(rows=4, positive=2, negative=1, errors=1, words={"good": (2, 1.5)})
    statistics = Statistics(counts, {"a": counts}, [("x.csv, line 2", "The text is missing.")])
    assert Statistics.from_json(statistics.to_json()) == statistics


def test_only_the_strongest_words_of_a_part_are_stored() -> None:
    words = {f"word{number}": (1, (-1) ** number * float(number)) for number in range(3000)}
    stored = Statistics(Counts(words=words)).to_json()["total"]["words"]
    assert set(stored) == {f"word{number}" for number in range(2000, 3000)}


def test_groups_beyond_a_limit_are_counted_together() -> None:
    parts = [
        Statistics(groups={f"group {number}": Counts(rows=1)}) for number in range(MOST_GROUPS + 5)
    ]
    groups = summed(parts).groups
    assert len(groups) == MOST_GROUPS + 1
    assert groups[OTHERS].rows == 5


class Tags(HTMLParser):
    """Collects what a page loads, and checks that its elements are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.open.append(tag)
        self.loads += [str(value) for name, value in attrs if name in {"src", "href"}]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_report_loads_nothing_and_escapes_what_it_shows() -> None:
    counts = Counts(rows=9, positive=5, negative=3, words={"<script>": (4, 2.5), "bad": (3, -1.25)})
    page = report_page(Statistics(counts, {"<b>": counts}), ["<i>.csv"], by="<u>")
    tags = Tags()
    tags.feed(page)
    assert (tags.open, tags.loads) == ([], [])
    assert not re.search("<(script|b|i|u)>", page)
    assert "62.5% of 8 decided texts are positive (95 % interval 30.6% to 86.3%)." in page


def test_a_report_without_rows_is_a_page() -> None:
    assert "None of 0 rows has a decided text." in report_page(Statistics(), [], by="product")


def test_the_report_is_written_beside_the_results(
    tmp_path: Path, reviews: Path, model: Path
) -> None:
    scored = run(reviews, tmp_path / "out", model, summary=True, by="product")
    assert scored.outcome.report == tmp_path / "out" / "_summary.html"
    page = scored.outcome.report.read_text(encoding="utf-8")
    assert "reviews.csv" in page
    assert all(f"<td>p{number}</td>" in page for number in range(3))
