"""The report of a run as one HTML page without scripts, which can be opened and sent as a file."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from gatewise.service.bulk.statistics import FEWEST, STRONGEST, Counts, Statistics

TOP_WORDS = 20
_MOST_GROUPS = 50
_GROUP_WORDS = 5
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #1a1a1a; background: #fff }
h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100% } td, th { padding: .2rem .6rem; text-align: right }
td:first-child, th:first-child { text-align: left } tr + tr { border-top: 1px solid #ddd }
td.bar { width: 40%; padding: .2rem 0 } svg { display: block; width: 100%; height: 1.1rem }
.positive { fill: #0072b2 } .negative { fill: #d55e00 } .interval { stroke: #1a1a1a }
.note { color: #555 }
"""


def report_page(statistics: Statistics, inputs: Sequence[str], *, by: str | None) -> str:
    """Return the report of a run.

    Args:
        statistics: The counts of all rows.
        inputs: Names of the input files.
        by: Name of the column whose values divide the rows, if any.
    """
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8"><title>Scores</title>',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<style>{_STYLE}</style></head><body>",
            *_body(statistics, inputs, by),
            "</body></html>\n",
        ]
    )


def _body(statistics: Statistics, inputs: Sequence[str], by: str | None) -> Iterator[str]:
    total = statistics.total
    more = f" and {len(inputs) - 3:,} more files" if len(inputs) > 3 else ""  # noqa: PLR2004
    yield f"<h1>Scores of {escape(', '.join(inputs[:3]))}{more}</h1>"
    yield f"<p>{escape(share_sentence(total))}</p>"
    yield "<table><tr><th></th><th>rows</th><th>share</th></tr>"
    for name in ("positive", "negative", "undecided", "errors"):
        count = getattr(total, name)
        share = count / total.rows if total.rows else 0
        yield f"<tr><td>{name}</td><td>{count:,}</td><td>{share:.1%}</td></tr>"
    yield "</table>"
    yield "<h2>Words with the largest contributions</h2>"
    yield (
        '<p class="note">The contribution of each word to the log-odds of positive, summed over '
        f"all texts. Each part of the input keeps its {STRONGEST:,} strongest words; sums and "
        "numbers of texts count only the parts that kept the word.</p>"
    )
    yield from _word_table(total.strongest(TOP_WORDS))
    if by is not None:
        yield f"<h2>By {escape(by)}</h2>"
        yield (
            '<p class="note">Share of positive texts with its 95 % interval. Each part keeps fewer '
            f"words of each group: {STRONGEST:,} divided by its number of groups, at least "
            f"{FEWEST}.</p>"
        )
        yield from _group_table(statistics.groups)


def share_sentence(counts: Counts) -> str:
    """Return how many rows are positive, in words."""
    found = counts.share_positive
    if found is None:
        return f"None of {counts.rows:,} rows has a decided text."
    share, low, high = found
    return (
        f"{share:.1%} of {counts.positive + counts.negative:,} decided texts are positive "
        f"(95 % interval {low:.1%} to {high:.1%})."
    )


def largest_groups(groups: Mapping[str, Counts]) -> list[tuple[str, Counts]]:
    """Return the groups of most rows, the largest first."""
    ranked = sorted(groups.items(), key=lambda entry: (-entry[1].rows, entry[0]))
    return ranked[:_MOST_GROUPS]


def words_of_group(counts: Counts) -> str:
    """Return the words with the largest contributions in a group."""
    return ", ".join(f"{word} {total:+.1f}" for word, _, total in counts.strongest(_GROUP_WORDS))


def _word_table(words: Sequence[tuple[str, int, float]]) -> Iterator[str]:
    largest = max((abs(total) for _, _, total in words), default=0) or 1
    yield "<table><tr><th>word</th><th></th><th>contribution</th><th>texts</th></tr>"
    for word, texts, total in words:
        width = 50 * abs(total) / largest
        start = 50 if total > 0 else 50 - width
        kind = "positive" if total > 0 else "negative"
        yield (
            f'<tr><td>{escape(word)}</td><td class="bar"><svg viewBox="0 0 100 10" '
            f'preserveAspectRatio="none"><rect class="{kind}" x="{start:.2f}" y="1" '
            f'width="{width:.2f}" height="8"/></svg></td><td>{total:+.1f}</td>'
            f"<td>{texts:,}</td></tr>"
        )
    yield "</table>"


def _group_table(groups: Mapping[str, Counts]) -> Iterator[str]:
    yield "<table><tr><th></th><th></th><th>positive</th><th>rows</th><th>words</th></tr>"
    for name, counts in largest_groups(groups):
        found = counts.share_positive
        bar, share = "", ""
        if found is not None:
            middle, low, high = (100 * value for value in found)
            share = f"{middle:.1f} %"
            bar = (
                '<svg viewBox="0 0 100 10" preserveAspectRatio="none"><rect class="positive" x="0" '
                f'y="2" width="{middle:.2f}" height="6"/><line class="interval" x1="{low:.2f}" '
                f'x2="{high:.2f}" y1="5" y2="5"/></svg>'
            )
        yield (
            f'<tr><td>{escape(name or "(none)")}</td><td class="bar">{bar}</td><td>{share}</td>'
            f"<td>{counts.rows:,}</td><td>{escape(words_of_group(counts))}</td></tr>"
        )
    yield "</table>"
    if len(groups) > _MOST_GROUPS:
        yield f'<p class="note">The largest {_MOST_GROUPS} of {len(groups):,} groups.</p>'
