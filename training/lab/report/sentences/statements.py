# ruff: noqa: PLR2004 — each number is a condition on a figure
"""What the prose of the page asserts, as conditions on the figures.

The page is written by hand. Its numbers are filled in, but a sentence such as "the GRU is above the
average" would remain if new figures contradicted it. Each such sentence is therefore listed here
with its condition; `report/stale_page.py` finds those that no longer hold.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from gatewise.training.lab.report.records import Supports
from gatewise.training.lab.report.sentences.opening_statements import OPENING_STATEMENTS
from gatewise.training.lab.report.sentences.reckoning_statements import RECKONING_STATEMENTS
from gatewise.training.lab.report.sentences.statement import Statement
from gatewise.training.lab.report.sentences.story_statements import STORY_STATEMENTS

# The result of each claim that the prose describes.
SUPPORTS: Mapping[str, Supports] = MappingProxyType(
    {
        "C4": "yes",
        "C6": "yes",
        "C7": "yes",
        "C8": "yes",
        "C9": "partly",
        "C10": "yes",
        "C10b": "partly",
        "C11": "yes",
        "C11b": "partly",
        "C14": "no",
        "C15": "partly",
    }
)


STATEMENTS = (
    Statement(
        "C7",
        "lowers the accuracy of the GRU",
        lambda c: c["loss_from_shuffling"]["GRU"].above_zero,
    ),
    Statement("C7", "The GRU is above the average", lambda c: c["gru_minus_average"].above_zero),
    Statement(
        "C7",
        "most of this is not word order",
        lambda c: (
            c["gru_minus_gru_trained_on_shuffled_words"].mean < c["gru_minus_average"].mean / 2
        ),
    ),
    Statement(
        "C7",
        "The order of words is worth the rest",
        lambda c: c["gru_minus_gru_trained_on_shuffled_words"].above_zero,
    ),
    Statement(
        "C8",
        "gradient of the Elman RNN vanishes",
        lambda c: all(
            _ratio(c, f"Elman RNN, {when} training").high < -3 for when in ("before", "after")
        ),
    ),
    Statement(
        "C8",
        "That of the untrained GRU vanishes as well",
        lambda c: _ratio(c, "GRU, before training").high < -3,
    ),
    Statement(
        "C8",
        "the gradient of the GRU is almost unchanged",
        lambda c: abs(_ratio(c, "GRU, after training").mean) < 0.5,
    ),
    Statement(
        "C8",
        "it hardly decreases even before training",
        lambda c: -1 < _ratio(c, "GRU, chrono, before training").mean < 0,
    ),
    Statement(
        "C8",
        "LSTM decreases by several orders of magnitude",
        lambda c: _ratio(c, "LSTM, after training").high < -2,
    ),
    Statement(
        "C8",
        "with weights four times as large the gradient explodes",
        lambda c: _ratio(c, "Elman RNN, weights × 4, before training").low > 3,
    ),
    Statement(
        "C8",
        "the scale of the initial weights decides",
        lambda c: abs(_ratio(c, "Elman RNN, weights × 2, before training").mean) < 3,
    ),
    *STORY_STATEMENTS,
    *OPENING_STATEMENTS,
    Statement(
        "C11",
        "Without the reset gate no difference from the GRU excludes 0",
        lambda c: all(
            row["without reset"].includes_zero
            for task, row in c["minus_gru"].items()
            if task not in c["solved_by_elman"]
        ),
    ),
    Statement(
        "C11",
        "solves parity at every width",
        lambda c: all(
            task in c["solved_by_elman"] for task in c["accuracy"] if task.startswith("parity")
        ),
    ),
    Statement(
        "C11",
        "The update gate is needed on reviews",
        lambda c: all(
            c[figure]["reviews"]["without update"].below_zero
            for figure in ("minus_gru", "minus_gru_over_texts")
        ),
    ),
    Statement(
        "C11",
        "neither gate was shown to be needed",
        lambda c: all(
            c["minus_gru"]["snippets"][net].includes_zero
            for net in ("without reset", "without update")
        ),
    ),
    Statement(
        "C11",
        "its update gates are lower",
        lambda c: (
            _internal(c, "without reset", "mean update gate").high
            < _internal(c, "GRU", "mean update gate").low
        ),
    ),
    Statement(
        "C11",
        "more of its candidate is recalled context",
        lambda c: (
            _internal(c, "without reset", "recalled share of the candidate").low
            > _internal(c, "GRU", "recalled share of the candidate").high
        ),
    ),
    Statement(
        "C15", "With ReLU the accuracy is lower on reviews", lambda c: c["reviews"].below_zero
    ),
    Statement("C15", "On snippets the interval includes 0", lambda c: c["snippets"].includes_zero),
    Statement(
        "C14",
        "positively correlated in every net",
        lambda c: all(
            (value.mean if value.low is None else value.low) > 0.1
            for value in c["correlation_of_half_life_and_mean_reset"].values()
        ),
    ),
    Statement(
        "C14",
        "Units with short memories have the smaller reset gates",
        lambda c: all(
            m["mean_reset_of_short_and_long_half"][0] < m["mean_reset_of_short_and_long_half"][1]
            for m in _models(c)
        ),
    ),
    Statement(
        "C14",
        "carries most of the logit",
        lambda c: all(m["logit_share_of_short_and_long_half"][1] > 0.5 for m in _models(c)),
    ),
    Statement(
        "C4",
        "changes no logit beyond rounding",
        lambda c: all(
            m[gate]["largest_change_of_logit"] < 1e-3
            for m in c.values()
            for gate in ("reset", "update")
        ),
    ),
    Statement(
        "C4",
        "of the predictions",
        lambda c: all(m["candidate"]["predictions_changed"] > 0 for m in c.values()),
    ),
    Statement(
        "C6",
        "follows the mean reset gate",
        lambda c: all(m["rank_correlation_with_mean_reset"] > 0.5 for m in c.values()),
    ),
    *RECKONING_STATEMENTS,
)


def _ratio(values: Any, net: str) -> Any:
    return values["log10_ratio_to_the_end"]["state"][net][values["farthest"]]


def _models(values: Any) -> Iterable[Any]:
    return values["models"].values()


def _internal(values: Any, net: str, name: str) -> Any:
    return values["internals_on_reviews"][net][name]
