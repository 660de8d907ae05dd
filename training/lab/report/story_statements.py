# ruff: noqa: PLR2004 — each number is a condition on a figure
"""What the prose of the page asserts about stories and their verdicts, C9, as conditions."""

from collections.abc import Iterable
from typing import Any

from gatewise.training.lab.report.statement import Statement, overlap

_CLAIM = "C9"
_512, _256, _96 = "imdb-gru-512", "imdb-gru-256", "imdb-gru-96"
_ENDINGS = ("boring", "wonderful")

STORY_STATEMENTS = (
    Statement(
        _CLAIM,
        "In every shipped model the reset gates hold back a part of the plot at the verdict",
        lambda c: all(row["slope_minus_plain"]["reset at 1"].above_zero for row in _of_endings(c)),
    ),
    Statement(
        _CLAIM,
        "how many predictions depend on this differs between the models",
        lambda c: (
            c["models"][_512]["flips_undone"]["reset at 1"].high
            < c["models"][_96]["flips_undone"]["reset at 1"].low
        ),
    ),
    Statement(
        _CLAIM,
        "This is more than the placebo undoes in every model",
        lambda c: all(m["undone_beyond_placebo"]["reset at 1"].above_zero for m in _models(c)),
    ),
    Statement(
        _CLAIM,
        "With reset gates at their mean no more flips are undone than with the placebo: the "
        "differences include 0",
        lambda c: all(
            m["undone_beyond_placebo"]["reset at average"].includes_zero for m in _models(c)
        ),
    ),
    Statement(
        _CLAIM,
        "Update gates of other texts undo more than reset gates of other texts in every model",
        lambda c: all(
            m["flips_undone"]["update of other texts"].mean
            > 1.5 * m["flips_undone"]["reset of other texts"].mean
            for m in _models(c)
        ),
    ),
    Statement(
        _CLAIM,
        "With open reset gates they pass all of it or more",
        lambda c: all(m["endings"]["boring"]["slope"]["reset at 1"].high >= 1 for m in _models(c)),
    ),
    Statement(
        _CLAIM,
        "With shut ones they pass less",
        lambda c: all(
            m["endings"]["boring"]["slope_minus_plain"]["reset at 0"].below_zero for m in _models(c)
        ),
    ),
    Statement(
        _CLAIM,
        "The placebo leaves the slope about as it is",
        lambda c: all(
            abs(m["endings"]["boring"]["slope_minus_plain"]["reset of other texts"].mean) < 0.1
            for m in _models(c)
        ),
    ),
    Statement(
        _CLAIM,
        "the intervals of the two overlap in every model",
        lambda c: all(
            overlap(*(m["endings"][ending]["flip_rate"] for ending in _ENDINGS)) for m in _models(c)
        ),
    ),
    Statement(
        _CLAIM,
        "The order of the slopes is the same with both endings",
        lambda c: all(
            row["slope"]["reset at 0"].mean
            < row["slope"]["none"].mean
            < row["slope"]["reset at 1"].mean
            for row in _of_endings(c)
        ),
    ),
    Statement(
        _CLAIM,
        'open reset gates undo all flips to "wonderful" and about half of those to "boring"',
        lambda c: _opened(c, _512, "wonderful") == 1 and 0.4 < _opened(c, _512, "boring") < 0.6,
    ),
    Statement(
        _CLAIM,
        "in the other two models they undo most of both",
        lambda c: all(
            _opened(c, model, ending) > 0.75 for model in (_256, _96) for ending in _ENDINGS
        ),
    ),
    Statement(
        _CLAIM,
        "Nets that are trained without reset gates flip about as often",
        lambda c: overlap(*(c["flip_rate_of_lab_nets"][n] for n in ("without reset", "GRU"))),
    ),
    Statement(
        _CLAIM,
        "the mean reset gate hardly differs between plot and verdict",
        lambda c: all(
            abs(m["mean_reset_in_plot_and_verdict"][0] - m["mean_reset_in_plot_and_verdict"][1])
            < 0.05
            for m in _models(c)
        ),
    ),
    Statement(
        _CLAIM,
        "rarely flips the prediction",
        lambda c: all(
            m["by_plot"]["real"]["flips"] < 0.2 * m["by_plot"]["real"]["contradictions"]
            for m in _models(c)
        ),
    ),
)


def _models(values: Any) -> Iterable[Any]:
    return values["models"].values()


def _of_endings(values: Any) -> Iterable[Any]:
    """Return the figures of every model for every ending."""
    return [model["endings"][ending] for model in _models(values) for ending in _ENDINGS]


def _opened(values: Any, model: str, ending: str) -> float:
    """Return the share of flips that open reset gates undo."""
    return float(values["models"][model]["endings"][ending]["flips_undone"]["reset at 1"].mean)
