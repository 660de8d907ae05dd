# ruff: noqa: PLR2004 — each number is a condition on a figure
"""What the prose of the page asserts about stories and their verdicts, C9, as conditions."""

from collections.abc import Iterable
from typing import Any

from gatewise.training.lab.report.sentences.statement import Statement
from gatewise.training.lab.report.stories import flips_by_origin

_CLAIM = "C9"
_512, _256, _96 = "imdb-gru-512", "imdb-gru-256", "imdb-gru-96"
_ENDINGS = ("boring", "wonderful")
_PLACEBO = "reset of other texts"

STORY_STATEMENTS = (
    Statement(
        _CLAIM,
        "In every shipped model the reset gates hold back a part of the plot at the verdict",
        lambda c: all(row["slope_minus_plain"]["reset at 1"].above_zero for row in _of_endings(c)),
    ),
    Statement(
        _CLAIM,
        "how many predictions depend on this differs between the models and kinds of text",
        lambda c: (
            (
                c["models"][_512]["flips_undone"]["reset at 1"].high
                < c["models"][_96]["flips_undone"]["reset at 1"].low
            )
            and _templates_opened_less(c, _512)
        ),
    ),
    Statement(
        _CLAIM,
        "This is more than the placebo undoes in every model",
        lambda c: all(m["undone_beyond_placebo"]["reset at 1"].above_zero for m in _models(c)),
    ),
    Statement(
        _CLAIM,
        "With reset gates at their mean the stories show no more flips undone than with the "
        "placebo: the differences include 0",
        lambda c: all(
            m["undone_beyond_placebo"]["reset at average"].includes_zero for m in _models(c)
        ),
    ),
    Statement(
        _CLAIM,
        "In the second set more are undone in two models",
        lambda c: all(
            _mean_beyond_placebo(c, model, ending).above_zero
            for model in (_256, _96)
            for ending in _ENDINGS
        ),
    ),
    Statement(
        _CLAIM,
        "In imdb-gru-512 these differences include 0 as well",
        lambda c: all(_mean_beyond_placebo(c, _512, ending).includes_zero for ending in _ENDINGS),
    ),
    Statement(
        _CLAIM,
        "The stories pool two kinds of plot, and in imdb-gru-512 these differ",
        lambda c: _templates_opened_less(c, _512),
    ),
    Statement(
        _CLAIM,
        "This is more than their placebo undoes in imdb-gru-512",
        lambda c: all(
            c["models"][model]["undone_beyond_placebo"]["update at average"].above_zero
            for model in (_512, _96)
        ),
    ),
    Statement(
        _CLAIM,
        "in imdb-gru-256 the difference includes 0",
        lambda c: c["models"][_256]["undone_beyond_placebo"]["update at average"].includes_zero,
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
        "With open reset gates they pass nearly all of it or more",
        lambda c: all(m["endings"]["boring"]["slope"]["reset at 1"].low > 0.9 for m in _models(c)),
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
        'With the placebo the slope of "boring" changes by less than a tenth of itself',
        lambda c: all(abs(_change_by_placebo(c, m, "boring")) < 0.1 for m in c["models"]),
    ),
    Statement(
        _CLAIM,
        'For "wonderful" this holds in imdb-gru-512 only',
        lambda c: abs(_change_by_placebo(c, _512, "wonderful")) < 0.1,
    ),
    Statement(
        _CLAIM,
        "In imdb-gru-256 and imdb-gru-96 it falls by more than a tenth of itself",
        lambda c: all(
            _change_by_placebo(c, model, "wonderful") < -0.1
            and c["models"][model]["endings"]["wonderful"]["slope_minus_plain"][_PLACEBO].below_zero
            for model in (_256, _96)
        ),
    ),
    Statement(
        _CLAIM,
        "fewer in imdb-gru-512 and imdb-gru-96, and about as many in imdb-gru-256",
        lambda c: (
            all(_more_by_boring(c, model) > 0.1 for model in (_512, _96))
            and abs(_more_by_boring(c, _256)) < 0.02
        ),
    ),
    Statement(
        _CLAIM,
        "With both endings, shut reset gates let less of the plot through than the model's own, "
        "and open ones more.",
        lambda c: all(
            row["slope_minus_plain"]["reset at 0"].below_zero
            and row["slope_minus_plain"]["reset at 1"].above_zero
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
        lambda c: (
            abs(
                c["flip_rate_of_lab_nets"]["without reset"].mean
                - c["flip_rate_of_lab_nets"]["GRU"].mean
            )
            < 0.05
        ),
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


def _templates_opened_less(values: Any, model: str) -> bool:
    """Return whether open reset gates undo less than half the share of flips of real plots."""
    template, real = (flips_by_origin(values)[model][origin] for origin in ("template", "real"))
    return 2 * template["reset at 1"] * real["flips"] < real["reset at 1"] * template["flips"]


def _mean_beyond_placebo(values: Any, model: str, ending: str) -> Any:
    """Return how many more flips mean reset gates undo than their placebo."""
    return values["models"][model]["endings"][ending]["undone_beyond_placebo"]["reset at average"]


def _change_by_placebo(values: Any, model: str, ending: str) -> float:
    """Return the change of the slope by the placebo, as a share of the slope."""
    row = values["models"][model]["endings"][ending]
    return float(row["slope_minus_plain"][_PLACEBO].mean / row["slope"]["none"].mean)


def _more_by_boring(values: Any, model: str) -> float:
    """Return how many more of the plots that it contradicts "boring" reverses than "wonderful"."""
    endings = values["models"][model]["endings"]
    return float(endings["boring"]["flip_rate"].mean - endings["wonderful"]["flip_rate"].mean)
