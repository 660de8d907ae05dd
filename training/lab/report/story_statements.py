# ruff: noqa: PLR2004 — each number is a condition on a figure
"""What the prose of the page asserts about stories and openings, C9 to C10b, as conditions."""

from collections.abc import Iterable
from typing import Any

from gatewise.training.lab.report.statement import Statement

_512, _256, _96 = "imdb-gru-512", "imdb-gru-256", "imdb-gru-96"

STORY_STATEMENTS = (
    Statement(
        "C9",
        "In imdb-gru-512 the reset gates cause most flips",
        lambda c: c["models"][_512]["flips_undone"]["reset at 1"].low > 0.5,
    ),
    Statement(
        "C9",
        "In imdb-gru-256 they cause a minority",
        lambda c: 0.1 < c["models"][_256]["flips_undone"]["reset at 1"].high < 0.5,
    ),
    Statement(
        "C9",
        "few flips are undone in either model",
        lambda c: all(m["flips_undone"]["reset at average"].mean < 0.1 for m in _models(c)),
    ),
    Statement(
        "C9",
        "With update gates at their mean, about half are",
        lambda c: all(0.4 < m["flips_undone"]["update at average"].mean < 0.6 for m in _models(c)),
    ),
    Statement(
        "C9",
        "Nets that are trained without reset gates flip about as often",
        lambda c: _overlap(*(c["flip_rate_of_lab_nets"][n] for n in ("without reset", "GRU"))),
    ),
    Statement(
        "C9",
        "these hardly differ between plot and verdict",
        lambda c: all(
            abs(m[f"mean_{gate}_in_plot_and_verdict"][0] - m[f"mean_{gate}_in_plot_and_verdict"][1])
            < 0.05
            for m in _models(c)
            for gate in ("reset", "update")
        ),
    ),
    Statement(
        "C9",
        "rarely flips the prediction",
        lambda c: all(
            m["by_plot"]["real"]["flips"] < 0.2 * m["by_plot"]["real"]["contradictions"]
            for m in _models(c)
        ),
    ),
    Statement(
        "C10",
        "the Elman RNN is at chance",
        lambda c: abs(c["accuracy_by_tokens_of_plot"]["Elman RNN"][200].mean - 0.5) < 0.02,
    ),
    Statement(
        "C10",
        "the difference is largest there",
        lambda c: (
            c["gru_minus_elman"][200].mean
            == max(value.mean for value in c["gru_minus_elman"].values())
        ),
    ),
    Statement(
        "C10",
        "The GRU thus remembers longer",
        lambda c: (
            c["gru_minus_elman"][200].above_zero
            and c["first_length_below_three_quarters"]["GRU"]
            > max(
                c["first_length_below_three_quarters"][net]
                for net in ("Elman RNN", "LSTM", "GRU, chrono")
            )
        ),
    ),
    Statement(
        "C10",
        "its update gates keep little of the opening",
        lambda c: c["kept_share"]["GRU"][25].high < 0.1,
    ),
    Statement(
        "C10",
        "A net without reset gates retains the opening about as well",
        lambda c: _overlap(
            *(c["accuracy_by_tokens_of_plot"][net][200] for net in ("without reset", "GRU"))
        ),
    ),
    Statement(
        "C10",
        "The shipped models retain it in most texts even after 800 tokens",
        lambda c: all(c["accuracy_by_tokens_of_plot"][m][800].mean > 0.75 for m in (_512, _256)),
    ),
)


def _models(values: Any) -> Iterable[Any]:
    return values["models"].values()


def _overlap(one: Any, other: Any) -> bool:
    return bool(one.low <= other.high and other.low <= one.high)
